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
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
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

/** Milliseconds of the main thread's longest task so far are kept in the page itself. */
const WATCH = `window.longest = 0; new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({ type: 'longtask', buffered: true });`;

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
  rounds.push({ firstPaintMs: paint, firstStepMs: firstStep, longestTaskMs: longest });
  console.log(`round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
  await browser.close();
}

const memory = [];
if (Number(flags.minutes) > 0) {
  const { browser, page } = await opened();
  await trained(page, 100_000);
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  for (let half = 0; half <= 2 * Number(flags.minutes); half++) {
    const { metrics } = await client.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 2 ** 20;
    memory.push({ minute: half / 2, pageMiB: heap, processesMiB: residentMiB() });
    if (half % 10 === 0) console.log(JSON.stringify(memory.at(-1)));
    await page.waitForTimeout(30_000);
  }
  const longest = await page.evaluate('window.longest');
  memory.push({ longestTaskMs: longest });
  await browser.close();
}
await server.close();

/** Of all processes of the browser, as the system says it. */
function residentMiB() {
  const lines = execFileSync('ps', ['-eo', 'rss,args'], { encoding: 'utf8' }).split('\n');
  const own = lines.filter((line) => line.includes('--type=renderer'));
  return own.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]) / 1024, 0);
}

const of = (name) => {
  const values = rounds.map((round) => round[name]);
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
};
const file = new URL('results/studio.json', import.meta.url);
const result = {
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  rounds: rounds.length,
  firstPaintMs: of('firstPaintMs'),
  firstStepMs: of('firstStepMs'),
  longestTaskMs: of('longestTaskMs'),
  memory,
};
writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
console.log('written: bench/results/studio.json; npm run results makes docs/results.md of it');
