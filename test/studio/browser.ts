/** A real browser on the studio: Debian's Chromium, driven by Playwright. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Listening, listen } from '../../src/server/listen.ts';
import { studioFiles } from '../../src/server/studio-pages.ts';
import { studioServer } from '../../src/server/studio-server.ts';

/** Drawing without a graphics card; a sandbox needs rights that containers do not have. */
const FLAGS = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];

/** A graphics card of software: right, and slow. */
const SOFTWARE_CARD = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];

const KEY = 'key-of-the-tests';

export interface Visit {
  readonly url: string;
  /** Where the page may leave trainings to the server. */
  readonly urlWithKey: string;
  /** Ends the processes that train for pages. */
  endNative(): void;
  /** A tab with nothing in it yet. Its errors end the test that asks for `complaints`. */
  tab(options?: { readonly width?: number; readonly height?: number }): Promise<Page>;
  /** What pages said was wrong: errors that nobody caught, and those on the console. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** A browser with an empty profile, whose private files live until `close`, and the studio on a free port. */
export async function visit(
  options: { readonly isDark?: boolean; readonly card?: 'none' | 'software' } = {},
): Promise<Visit> {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error('these tests need a browser: apt-get install chromium, or name one in the variable CHROMIUM');
  const profile = await mkdtemp(join(tmpdir(), 'autoencoder-studio-'));
  const ended = new AbortController();
  const files = studioFiles(new URL('../../dist/studio', import.meta.url));
  const program = new URL('../../dist/native/training.js', import.meta.url);
  const app = studioServer({ files, key: KEY, program, threads: 1, signal: ended.signal, log: () => {} });
  const server: Listening = await listen(app, { port: 0 });
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: options.card === 'software' ? [...FLAGS, ...SOFTWARE_CARD] : FLAGS,
    viewport: { width: 1200, height: 900 },
    colorScheme: options.isDark ? 'dark' : 'light',
    acceptDownloads: true,
  });
  const complaints: string[] = [];
  return {
    url: server.url,
    urlWithKey: `${server.url}?key=${KEY}`,
    endNative: () => ended.abort(),
    complaints,
    async tab({ width = 1200, height = 900 } = {}) {
      const page = await context.newPage();
      await page.setViewportSize({ width, height });
      page.setDefaultTimeout(60_000);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      return page;
    },
    async close() {
      await context.close();
      ended.abort();
      await server.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Opens the studio and draws so many examples of a built-in set by the address; the tab is at `view`. */
export async function openSet(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await page.getByRole('region', { name: 'What was understood' }).getByRole('heading', { name }).waitFor();
}

/** Sets an option on the Design view by the words of its field. */
export async function setOption(page: Page, field: string, value: string): Promise<void> {
  const input = page.getByLabel(field, { exact: true }).first();
  await input.fill(value);
  await input.press('Enter');
}

/** Trains for so many epochs, with what `design` chooses on the Design view; the tab is at Train, and shows what came out. */
export async function train(page: Page, epochs: number, design = async (): Promise<void> => {}): Promise<void> {
  await page.getByRole('link', { name: 'Design', exact: true }).click();
  await design();
  await setOption(page, 'epochs', `${epochs}`);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('heading', { name: 'What came out' }).waitFor({ timeout: 120_000 });
}

/** Presses a button that gives a file away, and keeps it at `path`. */
export async function take(page: Page, button: string, path: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  await download.saveAs(path);
  return path;
}
