/**
 * The studio in a real browser on this machine: how soon it is seen, how soon it learns, whether it stays responsive and small.
 *
 *   npm run build && node bench/studio.mjs [--minutes 30] [--rounds 5]
 *
 * Every round opens a fresh browser (Debian's Chromium, or `CHROMIUM`), draws `digits`, trains for ten seconds and notes the tasks of the
 * main thread that took longer than 50 ms. Then one training goes on for so many minutes, with the memory of the page and of its processes every half
 * minute. Writes bench/results/studio.json.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { listen } from '../dist/server/listen.js';
import { studioFiles, studioPages } from '../dist/server/studio-pages.js';
import { median } from './rounds.mjs';

const { values: flags } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rounds: { type: 'string', default: '5' } },
});
const place = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(place)) throw new Error('apt-get install chromium, or name a browser in the variable CHROMIUM');
const server = await listen(studioPages(studioFiles()), { port: 0 });

/** Milliseconds of the main thread's longest task from now on are kept in the page itself. */
const WATCH = `window.longest = 0; new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({ type: 'longtask' });`;

async function opened() {
  const browser = await chromium.launch({
    executablePath: place,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { browser, page };
}

async function trained(page, epochs) {
  await page.getByRole('button', { name: /^digits/ }).click();
  await page.getByRole('heading', { name: 'digits' }).waitFor();
  await page.getByRole('link', { name: 'Design', exact: true }).click();
  const field = page.getByLabel('epochs', { exact: true }).first();
  await field.fill(`${epochs}`);
  await field.press('Enter');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  const button = page.getByRole('button', { name: 'Train', exact: true });
  await button.waitFor();
  await page.evaluate(WATCH);
  const began = performance.now();
  await button.click();
  await page.locator('progress').waitFor();
  return performance.now() - began;
}

const rounds = [];
for (let round = 0; round < Number(flags.rounds); round++) {
  const { browser, page } = await opened();
  const paint = await page.evaluate(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()",
  );
  const firstStep = await trained(page, 200);
  await page.waitForTimeout(10_000);
  const longest = await page.evaluate('window.longest');
  const words = await page.getByText(/examples a second/).innerText();
  const speed = Number(/([\d,]+)\s+examples a second/.exec(words)[1].replaceAll(',', ''));
  const native = nativeSpeed();
  rounds.push({ firstPaintMs: paint, firstStepMs: firstStep, longestTaskMs: longest, speed, nativeSpeed: native });
  console.log(`round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
  await browser.close();
}

const memory = [];
if (Number(flags.minutes) > 0) {
  const { browser, page } = await opened();
  await trained(page, 100_000);
  const client = await page.context().newCDPSession(page);
  const whole = await browser.newBrowserCDPSession();
  await client.send('Performance.enable');
  for (let half = 0; half <= 2 * Number(flags.minutes); half++) {
    const { metrics } = await client.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 2 ** 20;
    memory.push({ minute: half / 2, pageMiB: heap, processesMiB: await residentMiB(whole) });
    if (half % 10 === 0) console.log(JSON.stringify(memory.at(-1)));
    await page.waitForTimeout(30_000);
  }
  const longest = await page.evaluate('window.longest');
  memory.push({ longestTaskMs: longest });
  await browser.close();
}
await server.close();

/** Examples a second of the same training by the command, on all cores. */
function nativeSpeed() {
  const words = ['dist/cli/main.js', 'train', 'digits', '--limit', '10000', '--epochs', '10', '--out'];
  const folder = mkdtempSync(join(tmpdir(), 'autoencoder-bench-'));
  const cwd = new URL('..', import.meta.url);
  const text = execFileSync(process.execPath, [...words, join(folder, 'run'), '--json'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(folder, { recursive: true });
  return JSON.parse(text).examplesPerSecond;
}

/** Of the processes of this browser that show pages. */
async function residentMiB(client) {
  const { processInfo } = await client.send('SystemInfo.getProcessInfo');
  const own = processInfo.filter(({ type }) => type === 'renderer');
  return own.reduce((sum, { id }) => {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [0, 0];
    return sum + Number(kilobytes) / 1024;
  }, 0);
}

const of = (name) => {
  const values = rounds.map((round) => round[name]);
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
};
const file = new URL('results/studio.json', import.meta.url);
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
const result = {
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  rounds: rounds.length,
  firstPaintMs: of('firstPaintMs'),
  firstStepMs: of('firstStepMs'),
  longestTaskMs: of('longestTaskMs'),
  examplesPerSecond: of('speed'),
  nativeExamplesPerSecond: of('nativeSpeed'),
  memory: memory.length > 0 ? memory : before?.memory,
};
writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
console.log('written: bench/results/studio.json; npm run results makes docs/results.md of it');
