/** The studio trains, in a real browser. */
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtIns } from '../../src/data/builtin/builtin.ts';
import type { ArraySource } from '../../src/data/dataset.ts';
import { makeBuiltIn } from '../../src/data/made.ts';
import { takeRows } from '../../src/data/split.ts';
import { openSet, setOption, take, type Visit, visit } from './browser.ts';

const run = promisify(execFile);
const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;

let browser: Visit;
beforeAll(async () => {
  browser = await visit();
}, 60_000);
afterAll(() => browser?.close());

/** A small model that is good after seconds. */
async function design(page: Page, epochs: number): Promise<void> {
  await page.getByRole('link', { name: 'Design', exact: true }).click();
  await setOption(page, 'epochs', `${epochs}`);
  await page.getByLabel('Units of hidden layer 2').waitFor();
  await page.getByRole('button', { name: 'Take hidden layer 2 away' }).click();
  await page.getByLabel('Units of hidden layer 1').fill('256');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
}

async function computeAt(page: Page, place: RegExp): Promise<void> {
  const choice = page.getByRole('radio', { name: place });
  await choice.click();
  await expect.poll(() => choice.isChecked()).toBe(true);
}

/** The held-out error of the model and of PCA, as the page says them. */
async function errorsOn(page: Page): Promise<{ model: number; pca: number }> {
  const cells = page.getByRole('region', { name: 'What came out' }).getByRole('row');
  const numberIn = async (row: number): Promise<number> =>
    Number(await cells.nth(row).getByRole('cell').first().innerText());
  return { model: await numberIn(1), pca: await numberIn(2) };
}

test('digits are learned better than PCA does, the model is taken away, and the command finds the same codes in it', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'digits');
  await design(page, 12);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('heading', { name: 'What came out' }).waitFor({ timeout: 120_000 });
  const { model, pca } = await errorsOn(page);
  expect(pca).toBeGreaterThan(0.015);
  expect(model).toBeLessThan(0.014);

  await page.getByRole('link', { name: 'Take away', exact: true }).click();
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-taken-'));
  const taken = (button: string, name: string): Promise<string> => take(page, button, join(folder, name));
  const file = await taken('The model', 'model.safetensors');
  const codes = await taken('The codes', 'codes.csv');
  const out = join(folder, 'again.csv');
  await run(process.execPath, [command, 'encode', file, 'digits', '--limit', '10000', '--out', out]);
  const numbers = async (path: string): Promise<number[]> =>
    (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(',').map(Number));
  const [here, there] = [await numbers(codes), await numbers(out)];
  // The same model for other programs: its codes are those, too.
  const onnx = await InferenceSession.create(await readFile(await taken('The model as ONNX', 'model.onnx')));
  const digits = builtIns.find(({ name }) => name === 'digits');
  const { train } = makeBuiltIn(digits as (typeof builtIns)[number], { limit: 10_000 });
  const { values } = takeRows(train, [0, 1, 2]) as ArraySource;
  const { code } = await onnx.run({ examples: new Tensor('uint8', values as Uint8Array, [3, 1, 28, 28]) });
  for (const [at, value] of (code.data as Float32Array).entries()) expect(value).toBeCloseTo(there[at], 4);
  expect(here.length).toBe(10_000 * 32);
  expect(there.length).toBe(here.length);
  const apart = here.reduce((most, value, at) => Math.max(most, Math.abs(value - there[at])), 0);
  // Codes of digits are between −10 and 10; the two runtimes add in another order.
  expect(apart).toBeLessThan(1e-4);
  await page.close();
}, 240_000);

test('a tab that is closed in mid-training goes on where it was', async () => {
  const first = await browser.tab();
  await openSet(first, browser.url, 'digits');
  await design(first, 40);
  await first.getByRole('button', { name: 'Train', exact: true }).click();
  await first.getByText(/^Training… epoch [3-9]/).waitFor();
  // Long enough for a checkpoint: one is kept every five seconds.
  await first.waitForTimeout(6000);
  await first.close();

  const second = await browser.tab();
  await second.goto(browser.url);
  const words = await second.getByText(/A training on digits was left after/).innerText();
  const done = Number(/after (\d+) of 40/.exec(words)?.[1]);
  expect(done).toBeGreaterThan(0);
  await second.getByRole('button', { name: 'Go on with it' }).click();
  await second.getByText(/^Epoch \d+ of 40/).waitFor();
  const epoch = Number(/^Epoch (\d+)/.exec(await second.getByText(/^Epoch \d+ of 40/).innerText())?.[1]);
  expect(epoch).toBeGreaterThan(done);
  await second.getByRole('button', { name: 'Stop here' }).click();
  await second.getByRole('heading', { name: 'What came out' }).waitFor();
  // The mean of all digits is 0.07 away from them.
  expect((await errorsOn(second)).model).toBeLessThan(0.03);
  await second.close();
}, 240_000);

test('moving over the map changes what is decoded, by pointer and by keys', async () => {
  const page = await browser.tab();
  await page.goto(browser.url);
  await page.getByRole('button', { name: 'Open it' }).click();
  const map = page.getByRole('application');
  await map.waitFor();
  const box = await map.boundingBox();
  if (!box) throw new Error('no map');
  const decoded = page.getByRole('img', { name: 'Decoded, 1' });
  const pixels = (): Promise<string> =>
    decoded.evaluate((canvas: unknown) => (canvas as { toDataURL(): string }).toDataURL());
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.3 * box.height);
  await decoded.waitFor();
  await page.waitForTimeout(300);
  const above = await pixels();
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.75 * box.height);
  await expect.poll(pixels).not.toBe(above);
  const below = await pixels();
  await map.focus();
  for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowLeft');
  await expect.poll(pixels).not.toBe(below);
  // A window that becomes narrower does not cut the map off.
  await page.setViewportSize({ width: 420, height: 900 });
  await expect.poll(async () => (await map.locator('canvas').boundingBox())?.width).toBeLessThan(420);
  await page.close();
}, 120_000);

test('files that are no data are refused in words, and nothing is lost', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'digits');
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-bad-'));
  const give = async (name: string, content: string | Uint8Array): Promise<void> => {
    await writeFile(join(folder, name), content);
    await page.getByLabel('Files of data').setInputFiles(join(folder, name));
  };
  await give('notes.docx', 'not data');
  await page
    .getByRole('alert')
    .getByText(/notes\.docx.*another ending/)
    .waitFor();
  await give('bad.npy', new Uint8Array([1, 2, 3]));
  await page
    .getByRole('alert')
    .getByText(/bad\.npy/)
    .waitFor();
  await give('ragged.csv', 'a,b\n1,2\n3\n');
  await page
    .getByRole('alert')
    .getByText(/ragged\.csv/)
    .waitFor();
  await give('broken.png', 'no picture');
  await page
    .getByRole('alert')
    .getByText(/broken\.png/)
    .waitFor();
  await give('broken.safetensors', 'no model');
  await page.getByRole('alert').getByText(/model/).waitFor();
  // A file without any blocks of the disk that is as large as no page should read.
  const huge = await open(join(folder, 'huge.csv'), 'w');
  await huge.truncate(2 ** 30 + 1);
  await huge.close();
  await page.getByLabel('Files of data').setInputFiles(join(folder, 'huge.csv'));
  await page
    .getByRole('alert')
    .getByText(/huge\.csv.*at most 1024 MiB in a page/)
    .waitFor();
  // What was there before is there still.
  await page.getByRole('heading', { name: 'digits' }).waitFor();
  await page.close();
}, 60_000);

test('where the browser has no room to keep the training, that is said, and the training goes on', async () => {
  const page = await browser.tab();
  await page.goto(browser.url);
  const client = await page.context().newCDPSession(page);
  await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(browser.url).origin, quotaSize: 1000 });
  await openSet(page, browser.url, 'digits');
  await design(page, 2);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByText('What is learned cannot be kept in this browser').waitFor();
  await page.getByRole('heading', { name: 'What came out' }).waitFor({ timeout: 120_000 });
  await page.getByRole('link', { name: 'Take away', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'The model', exact: true }).click(),
  ]);
  expect((await readFile(await download.path())).length).toBeGreaterThan(100_000);
  await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(browser.url).origin });
  await page.close();
}, 180_000);

test('where the program that serves the page trains, and ends in the midst of it, the page goes on from what was kept', async () => {
  const native = await visit();
  const page = await native.tab();
  await openSet(page, native.urlWithKey, 'digits');
  // Nobody copies the key with the address.
  expect(page.url()).not.toContain('key');
  await design(page, 60);
  await computeAt(page, /By the program on this machine/);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  // So that some epochs have been kept, which happens every five seconds, also where the machine has much else to do.
  await page.getByText(/^Training… epoch \d\d/).waitFor();
  await page.waitForTimeout(6000);
  native.endNative();
  await page
    .getByRole('alert')
    .getByText(/start it again, or go on in the page/)
    .waitFor();
  const goOn = page.getByRole('button', { name: /^Go on after epoch/ });
  const done = Number(/epoch (\d+)/.exec(await goOn.innerText())?.[1]);
  expect(done).toBeGreaterThan(0);
  await computeAt(page, /In this page/);
  await goOn.click();
  await page.getByText(/^Epoch \d+ of 60/).waitFor();
  const epochNow = async (): Promise<number> =>
    Number(/^Epoch (\d+)/.exec(await page.getByText(/^Epoch \d+ of 60/).innerText())?.[1]);
  // At first it still says where the other one ended.
  await expect.poll(epochNow, { timeout: 60_000 }).toBeGreaterThan(done);
  await page.getByRole('button', { name: 'Stop here' }).click();
  await page.getByRole('heading', { name: 'What came out' }).waitFor();
  expect((await errorsOn(page)).model).toBeLessThan(0.03);
  await native.close();
}, 180_000);

test('without the key of the program the page offers only itself to compute in', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'digits');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: /^Train/ }).waitFor();
  expect(await page.getByText('Where it computes').count()).toBe(0);
  await page.close();
}, 60_000);

test('no page complained', () => {
  expect(browser.complaints).toEqual([]);
});
