/** The studio trains on a graphics card: one of software, the only one that is everywhere. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtIns } from '../../src/data/builtin/builtin.ts';
import { encodeSource } from '../../src/data/formats/formats.ts';
import { makeBuiltIn } from '../../src/data/made.ts';
import { setOption, type Visit, visit } from './browser.ts';

const EXAMPLES = 120;

let browser: Visit;
let digits: string;
beforeAll(async () => {
  browser = await visit({ card: 'software' });
  const set = builtIns.find(({ name }) => name === 'digits');
  if (!set) throw new Error('no digits');
  digits = join(await mkdtemp(join(tmpdir(), 'autoencoder-digits-')), 'digits.npy');
  await writeFile(digits, await encodeSource(digits, makeBuiltIn(set, { limit: EXAMPLES }).train));
}, 60_000);
afterAll(() => browser?.close());

/** A model that such a card trains in seconds, on a few digits. */
async function design(page: Page, epochs: number): Promise<void> {
  await page.goto(browser.url);
  await page.getByLabel('Files of data').setInputFiles(digits);
  await page.getByRole('region', { name: 'What was understood' }).getByRole('heading', { name: 'digits' }).waitFor();
  await page.getByRole('link', { name: 'Design', exact: true }).click();
  await setOption(page, 'epochs', `${epochs}`);
  await setOption(page, 'batch size', '27');
  await setOption(page, 'learning rate', '0.03');
  await page.getByLabel('Units of hidden layer 2').waitFor();
  await page.getByRole('button', { name: 'Take hidden layer 2 away' }).click();
  await page.getByLabel('Units of hidden layer 1').fill('16');
  const code = page.getByRole('slider', { name: 'Width of the code' });
  const width = async (): Promise<number> => Number(await code.getAttribute('aria-valuenow'));
  for (let now = await width(); now > 4; now = await width()) {
    await code.press('ArrowDown');
    await expect.poll(width).toBeLessThan(now);
  }
  await page.getByRole('link', { name: 'Train', exact: true }).click();
}

async function computeAt(page: Page, place: RegExp): Promise<void> {
  const choice = page.getByRole('radio', { name: place });
  await choice.click();
  await expect.poll(() => choice.isChecked()).toBe(true);
}

/** The held-out error when the training has ended. */
async function errorOn(page: Page): Promise<number> {
  const result = page.getByRole('region', { name: 'What came out' });
  await result.waitFor({ timeout: 120_000 });
  return Number(await result.getByRole('row').nth(1).getByRole('cell').first().innerText());
}

test('digits are learned on the card as on the processor, and its runtime is loaded only then', async () => {
  const page = await browser.tab();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await design(page, 5);
  await computeAt(page, /In this page/);
  await page.getByRole('button', { name: /^Train/ }).click();
  const expected = await errorOn(page);
  expect(asked.filter((url) => url.includes('asyncify'))).toEqual([]);
  await computeAt(page, /On the graphics card/);
  await page.getByRole('button', { name: /^Train/ }).click();
  const error = await errorOn(page);
  // Untrained it is 0.23, and the mean of all digits is 0.072 away from them.
  expect(error).toBeLessThan(0.08);
  expect(error).toBeCloseTo(expected, 4);
  expect(asked.filter((url) => url.endsWith('asyncify.wasm')).length).toBe(1);
  await page.close();
}, 180_000);

test('a card that is lost in mid-training ends it in words, and it goes on from there, on the card and then on the processor', async () => {
  const page = await browser.tab();
  await design(page, 60);
  await computeAt(page, /On the graphics card/);
  const [worker] = page.workers();
  await worker.evaluate(rememberCards);
  let done = 0;
  const lose = async (): Promise<void> => {
    // The checkpoint of an epoch is there before the next one begins.
    await expect.poll(() => epochOn(page), { timeout: 60_000 }).toBeGreaterThan(done + 2);
    await worker.evaluate(loseCard);
    await page
      .getByRole('alert')
      .getByText(/WebGPU: expected the graphics card until the end.*go on from the last checkpoint/)
      .waitFor();
    const goOn = page.getByRole('button', { name: /^Go on after epoch/ });
    const kept = Number(/epoch (\d+)/.exec(await goOn.innerText())?.[1]);
    expect(kept).toBeGreaterThan(done);
    done = kept;
  };
  const goOn = page.getByRole('button', { name: /^Go on after epoch/ });
  await page.getByRole('button', { name: /^Train/ }).click();
  await lose();
  await goOn.click();
  await lose();
  await computeAt(page, /In this page/);
  await goOn.click();
  expect(await errorOn(page)).toBeLessThan(0.08);
  const said = await page.getByText(/the best of \d+ epochs/).innerText();
  expect(Number(/best of (\d+)/.exec(said)?.[1])).toBeGreaterThan(done);
  await page.close();
}, 180_000);

/** The epoch under way, as the page says it; 0 before the first. */
async function epochOn(page: Page): Promise<number> {
  const said = page.getByText(/^Epoch \d+ of/);
  return (await said.count()) > 0 ? Number(/^Epoch (\d+)/.exec(await said.innerText())?.[1]) : 0;
}

interface Card {
  destroy(): void;
}

interface InBrowser {
  readonly GPUAdapter: { readonly prototype: { requestDevice(wanted: object): Promise<Card> } };
  card?: Card;
}

/** In the worker: the last card that was asked for can be found again. */
function rememberCards(): void {
  const place = globalThis as unknown as InBrowser;
  const { prototype } = place.GPUAdapter;
  const { requestDevice } = prototype;
  prototype.requestDevice = async function (wanted) {
    place.card = await requestDevice.call(this, wanted);
    return place.card;
  };
}

function loseCard(): void {
  (globalThis as unknown as InBrowser).card?.destroy();
}

test('no page complained', () => {
  expect(browser.complaints).toEqual([]);
});
