/** What the studio is used for, in a real browser. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decode } from 'fast-png';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { denoise } from '../../src/applications/denoise.ts';
import { createRandom } from '../../src/base/random.ts';
import { builtIns } from '../../src/data/builtin/builtin.ts';
import type { ArraySource } from '../../src/data/dataset.ts';
import { encodePngGrid } from '../../src/data/formats/png.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { makeBuiltIn } from '../../src/data/made.ts';
import { bytesOf, type Picture, picturesOf } from '../../src/data/picture.ts';
import { takeRows } from '../../src/data/split.ts';
import { openPictureRestorer } from '../../src/restoration.ts';
import { openAnomalyDetector } from '../../src/uses.ts';
import { openSet, setOption, take, train, type Visit, visit } from './browser.ts';

let browser: Visit;
let folder: string;
beforeAll(async () => {
  browser = await visit();
  folder = await mkdtemp(join(tmpdir(), 'autoencoder-uses-'));
}, 60_000);
afterAll(() => browser?.close());

const PLANTED = [17, 123, 256, 389];

/** Four columns that go together, but for a few rows. */
function table(): string {
  const random = createRandom(1).fork('table');
  const lines = ['load,heat,speed,noise'];
  for (let row = 0; row < 500; row++) {
    const load = random.uniform();
    const isPlanted = PLANTED.includes(row);
    const near = (value: number): string => (value + 0.03 * random.normal()).toFixed(4);
    // A planted row has values that are usual, each for itself: only together they are not.
    lines.push(
      [
        near(load),
        near(isPlanted ? 1 - load + (load > 0.5 ? -0.4 : 0.4) : load),
        near(2 * load + 1),
        near(1 - load),
      ].join(','),
    );
  }
  return lines.join('\n');
}

/** As many units in each hidden layer, where time matters more than what is learned; the tab is at Design. */
async function narrow(page: Page, units: number): Promise<void> {
  const fields = page.getByLabel(/^Units of hidden layer/);
  await fields.first().waitFor();
  for (const field of await fields.all()) await field.fill(`${units}`);
}

async function use(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  await page
    .getByRole('region', { name: 'Uses' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('region', { name: 'Results' }).waitFor({ timeout: 120_000 });
}

test('a table that is dropped gives away its planted anomalies, and why', async () => {
  const page = await browser.tab();
  await page.goto(browser.url);
  await writeFile(join(folder, 'machine.csv'), table());
  await page.getByLabel('Files of data').setInputFiles(join(folder, 'machine.csv'));
  await page.getByRole('heading', { name: 'machine.csv' }).waitFor();
  await use(page, 'Anomalies');
  const rows = page.getByRole('region', { name: 'What is above the threshold' }).getByRole('row');
  const first = await Promise.all(
    PLANTED.map((_, at) =>
      rows
        .nth(at + 1)
        .getByRole('rowheader')
        .innerText(),
    ),
  );
  expect(first.map((text) => Number(text) - 1).sort((a, b) => a - b)).toEqual(PLANTED);
  expect(await rows.nth(1).innerText()).toMatch(/heat is .*, expected/);
  // The threshold can be moved, and what is above it follows.
  const slider = page.getByLabel('Threshold in nats');
  const before = await rows.count();
  await slider.focus();
  await page.keyboard.press('End');
  await page.getByText('Nothing is above it.').waitFor();
  expect(before).toBeGreaterThan(1);
  // What is taken along finds the same elsewhere.
  const files = unzipSync(await readFile(await take(page, 'Save anomalies.zip', join(folder, 'anomalies.zip'))));
  await page.close();
  const detector = await openAnomalyDetector(files);
  const { train: machine } = await loadData(join(folder, 'machine.csv'), { environment: dataEnvironment({}) });
  const { scores } = await detector.find(machine);
  const highest = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  expect(highest.slice(0, PLANTED.length).sort((a, b) => a - b)).toEqual(PLANTED);
}, 180_000);

test('a hundred thousand rows are a map, coloured by their error, and what a lasso holds becomes a table', async () => {
  const page = await browser.tab();
  const random = createRandom(2).fork('rows');
  const lines = Array.from({ length: 100_000 }, (_, row) => {
    const angle = 2 * Math.PI * random.uniform();
    return [Math.cos(angle), Math.sin(angle), row % 3].map((value) => value.toFixed(3)).join();
  });
  await writeFile(join(folder, 'rings.csv'), ['x,y,ring', ...lines].join('\n'));
  await page.goto(browser.url);
  await page.getByLabel('Files of data').setInputFiles(join(folder, 'rings.csv'));
  await page.getByRole('heading', { name: 'rings.csv' }).waitFor();
  await train(page, 1, () => narrow(page, 16));
  await page.getByRole('link', { name: 'Understand', exact: true }).click();
  await page.getByText('100,000 examples; across').waitFor();
  await page.getByLabel('Coloured by').selectOption('error');
  await page.getByLabel('choose with a lasso').check();
  const box = await page.getByRole('application').boundingBox();
  if (!box) throw new Error('no map');
  const corners = [0.02, 0.98].flatMap((x) => (x < 0.5 ? [0.02, 0.98] : [0.98, 0.02]).map((y) => [x, y]));
  const place = ([x, y]: readonly number[]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...place(corners[0]));
  await page.mouse.down();
  for (const corner of [...corners.slice(1), corners[0]]) await page.mouse.move(...place(corner), { steps: 12 });
  await page.mouse.up();
  await page.getByRole('heading', { name: '100,000 chosen' }).waitFor();
  expect(await page.getByLabel('Chosen examples').getByRole('row').count()).toBe(49);
  await page.close();
}, 240_000);

test('pages of one file do their jobs from the disk, without the studio', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'sensors');
  await train(page, 20, () => narrow(page, 32));
  await page.getByRole('link', { name: 'Take away', exact: true }).click();
  const taken = (button: string, name: string): Promise<string> => take(page, button, join(folder, name));
  const sliders = await taken('A page of sliders', 'decode.html');
  const detector = await taken('A page that detects', 'detect.html');
  const rebuilder = await taken('A page that rebuilds', 'rebuild.html');
  await page.close();
  expect(await readFile(sliders, 'utf8')).not.toMatch(/(src|href)=.?https?:/);

  const away = await browser.tab();
  await away.goto(`file://${sliders}`);
  const cells = away.locator('#decoded td');
  await cells.first().waitFor();
  const before = await cells.allInnerTexts();
  await away.locator('input[type=range]').first().focus();
  await away.keyboard.press('End');
  await expect.poll(() => cells.allInnerTexts()).not.toEqual(before);

  const columns = ['speed', 'flow', 'pressure', 'current', 'temperature', 'coolant', 'vibration', 'mode'];
  const usual = [1502, 19.25, 3.152, 31.26, 47.7, 23.1, 2.014, 'run'];
  const odd = [1502, 2.25, 0.352, 31.26, 20.7, 45.1, 0.31, 'run'];
  await writeFile(join(folder, 'new.csv'), [columns, usual, odd].map((cells) => cells.join(',')).join('\n'));
  await away.goto(`file://${detector}`);
  await away.locator('#file').setInputFiles(join(folder, 'new.csv'));
  await away.getByText('1 of 2 are unlike what it learned from.').waitFor();
  expect(await away.locator('#found tbody tr').first().innerText()).toMatch(/^2\b.*unlike$/);
  await away.goto(`file://${rebuilder}`);
  await away.locator('#file').setInputFiles(join(folder, 'new.csv'));
  const rebuilt = await readFile(await take(away, 'Save rebuilt.csv', join(folder, 'rebuilt.csv')), 'utf8');
  const [names, first] = rebuilt.split('\n').map((text) => text.split(','));
  expect(names).toEqual(columns);
  expect(Math.abs(Number(first[0]) - Number(usual[0]))).toBeLessThan(50);
  expect(await away.locator('#rebuilt tbody tr').count()).toBe(2);
  await away.close();
}, 180_000);

test('new digits are drawn, and saved', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'digits');
  await train(page, 2, async () => {
    await page.getByRole('radio', { name: /^variational/ }).check();
    await narrow(page, 64);
  });
  await use(page, 'Generate');
  expect(await page.getByRole('list', { name: 'Made up' }).getByRole('img').count()).toBe(48);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save generated.npy' }).click(),
  ]);
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(1, 6).toString()).toBe('NUMPY');
  await page.close();
}, 180_000);

test('of pictures as small as digits noise is removed, and the model taken away: a page of one file does the same', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'digits');
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  const uses = page.getByRole('region', { name: 'Uses' });
  await uses.getByRole('button', { name: /^Denoise/ }).click();
  await page.getByLabel('epochs', { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('button', { name: 'Save denoise.zip' }).waitFor({ timeout: 120_000 });
  const offline = await take(page, 'Save denoise.html', join(folder, 'denoise.html'));
  const files = unzipSync(await readFile(await take(page, 'Save denoise.zip', join(folder, 'denoise.zip'))));
  // Classes are no marks of anomalies.
  await uses.getByRole('button', { name: /^Anomalies/ }).click();
  const normal = page.getByLabel('normal', { exact: true });
  expect(await normal.inputValue()).toBe('any');
  expect(await normal.locator('option').allInnerTexts()).toEqual(['any', ...'0123456789']);
  await page.close();

  const [clean] = picturesOf(takeRows(digits(), [7]) as ArraySource) ?? [];
  const noisy = denoise.spoil(clean, { noise: 'gaussian', from: 0.1, to: 0.1 }, createRandom(3));
  await writeFile(join(folder, 'noisy.png'), encodePngGrid(asBytes(noisy)));
  const away = await browser.tab();
  await away.goto(`file://${offline}`);
  await away.locator('#file').setInputFiles([join(folder, 'noisy.png'), join(folder, 'denoise.html')]);
  await away.getByText('denoise.html: expected a picture').waitFor();
  const saved = decode(await readFile(await take(away, 'Save noisy-repaired.png', join(folder, 'repaired.png'))));
  await away.close();
  const known = await openPictureRestorer(denoise, {
    'model.safetensors': files['model.safetensors'],
    'restoration.json': files['restoration.json'],
  });
  const seen = { ...noisy, values: Float32Array.from(bytesOf(noisy.values), (byte) => byte / 255) };
  const expected = bytesOf((await known.repair(seen)).values);
  await known.dispose();
  expect([saved.width, saved.height, saved.channels]).toEqual([28, 28, 1]);
  for (const [at, value] of expected.entries()) expect(Math.abs(value - saved.data[at])).toBeLessThanOrEqual(1);
}, 240_000);

function digits(): ArraySource {
  const set = builtIns.find(({ name }) => name === 'digits');
  if (set?.form !== 'array') throw new Error('no digits');
  return makeBuiltIn(set, { limit: 10_000 }).train as ArraySource;
}

function asBytes({ name, values, channels, height, width }: Picture): ArraySource {
  return { form: 'array', name, values: bytesOf(values), shape: [1, channels, height, width] };
}

test('what is like a picture of one’s own is found, and results are saved as PNG and CSV', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'digits');
  await train(page, 1, () => page.getByLabel('Units of hidden layer 1').fill('64'));
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  await page
    .getByRole('region', { name: 'Uses' })
    .getByRole('button', { name: /^Search/ })
    .click();
  // One of the set, three times as large, in colour.
  const { values } = takeRows(digits(), [42]) as ArraySource;
  const large = Uint8Array.from({ length: 3 * 84 * 84 }, (_, at) => {
    const [row, column] = [Math.floor((at % 7056) / 84), at % 84];
    return values[28 * Math.floor(row / 3) + Math.floor(column / 3)];
  });
  const file = join(folder, 'mine.png');
  await writeFile(file, encodePngGrid({ form: 'array', name: 'mine', values: large, shape: [1, 3, 84, 84] }));
  await page.getByLabel('picture', { exact: true }).setInputFiles(file);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: /have the same label/ }).waitFor({ timeout: 60_000 });
  const captions = await page.getByRole('list', { name: 'Found' }).getByRole('listitem').allInnerTexts();
  const distances = captions.map((text) => Number(/[\d.]+$/.exec(text)?.[0]));
  expect(distances[0]).toBeLessThan(0.02);
  expect(distances[0]).toBeLessThan(distances[1]);

  const found = await readFile(await take(page, 'Save Found as PNG', join(folder, 'found.png')));
  // 12 pictures of 28 pixels, four in a row: width and height stand in the head of the file.
  expect([found.readUInt32BE(16), found.readUInt32BE(20)]).toEqual([112, 84]);
  const csv = await readFile(
    await take(page, 'Save How many of the first 10 have the same label as CSV', join(folder, 'same.csv')),
    'utf8',
  );
  expect(csv).toMatch(/^by,share\ncodes of this model,0\.\d+\n/);
  await page.close();
}, 180_000);

test('texts go on, and a table of words that are no texts is refused', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'sentences');
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  await page
    .getByRole('region', { name: 'Uses' })
    .getByRole('button', { name: /^Go on with texts/ })
    .click();
  await setOption(page, 'texts', '400');
  await setOption(page, 'epochs', '2');
  await setOption(page, 'text', 'the old bird');
  await page.getByRole('button', { name: 'Begin' }).click();
  const drawn = page.getByRole('region', { name: 'Other ways on, drawn' }).getByRole('cell');
  await drawn.first().waitFor({ timeout: 120_000 });
  for (const text of await drawn.allInnerTexts()) expect(text).toMatch(/^the old bird/);
  await openSet(page, browser.url.concat('#start'), 'sensors');
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  await page.getByRole('button', { name: /^Translate.*two columns of text/s }).waitFor();
  expect(await page.getByRole('button', { name: /^Translate/ }).isDisabled()).toBe(true);
  await page.close();
}, 180_000);

test('a model of the command is opened, and put to use on its data', async () => {
  const page = await browser.tab();
  const file = join(folder, 'run');
  const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;
  await promisify(execFile)(process.execPath, [command, 'train', 'sensors', '--epochs', '5', '--out', file]);
  await page.goto(browser.url);
  await page.getByLabel('Files of data').setInputFiles(join(file, 'model.safetensors'));
  await page.getByRole('heading', { name: 'A model is open' }).waitFor();
  await page.getByRole('button', { name: /^sensors/ }).click();
  await page.getByRole('region', { name: 'What was understood' }).waitFor();
  await use(page, 'Fill in gaps');
  await page.getByText('missing values filled in.').waitFor();
  // It goes with its data: nothing else is done with it.
  await openSet(page, browser.url.concat('#start'), 'waves');
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  await page.getByRole('button', { name: /^Fill in gaps/, disabled: true }).waitFor();
  await page.close();
}, 120_000);

test('what cannot be done is said, and why', async () => {
  const page = await browser.tab();
  await openSet(page, browser.url, 'waves');
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  const swap = page.getByRole('button', { name: /^Swap/ });
  await swap.waitFor();
  expect(await swap.isDisabled()).toBe(true);
  expect(await swap.innerText()).toContain('Pictures with two labels are needed');
  await page.close();
}, 60_000);

test('no page complained', () => {
  expect(browser.complaints).toEqual([]);
});
