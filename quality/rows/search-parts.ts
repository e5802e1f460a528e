import { autoencoder, createRandom, type Picture, type Random, type Source, searchIndex } from 'autoencoder';
import { partsAt } from '../../src/applications/picture-parts.ts';
import { natural } from '../restoring.ts';
import { engine, measureRow, mnist } from '../row.ts';

const DIGIT = 28;
const SHEET = 56;
const SHEETS = 2000;
const SHEETS_ASKED = 200;
const PHOTO = 32;
const PHOTOS_ASKED = 200;
const TOP = 10;

/** Ways to make an index, by what has a code of its own. */
const WAYS = { 'whole pictures': 1, 'parts of 1/2': 2, 'parts of 1/3': 3 };

await measureRow({
  name: 'search-parts',
  what: `${SHEETS} sheets of four MNIST digits, by codes of whole sheets alone and of parts of half a side; asked for: a digit of each of ${SHEETS_ASKED} other sheets; defaults, 15 epochs`,
  measure: 'share of the ten sheets found that have a digit of the class asked for, with parts (per cent)',
  bar: { atLeast: 60 },
  published: 'none; by chance 34',
  async run(seed, folder) {
    const sheets = await sheetShares(seed, folder);
    const photos = await photoShares(seed, folder);
    return { value: sheets['parts of 1/2'], others: { ...named('digits', sheets), ...named('photos', photos) } };
  },
});

function named(what: string, shares: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [`${what}, ${name}`, share]));
}

async function sheetShares(seed: number, folder: string): Promise<Record<string, number>> {
  const { train, test } = await mnist(folder);
  const random = createRandom(seed).fork('sheets');
  const made = sheetsOf(train, SHEETS, random);
  const asked = sheetsOf(test, SHEETS_ASKED, random);
  const model = autoencoder({ engine: engine() });
  await model.fit(made.source, { epochs: 15, seed });
  const shares: Record<string, number> = {};
  for (const [way, parts] of Object.entries(WAYS)) {
    const index = await searchIndex(model, made.source, { parts });
    const part = { x: 0, y: 0, width: DIGIT, height: DIGIT };
    const found = await index.search(asked.source, { top: TOP, part });
    const hits = found.flatMap((matches, at) =>
      matches.filter(({ name }) => made.digits[Number(name) - 1].includes(asked.digits[at][0])),
    );
    shares[way] = (100 * hits.length) / TOP / SHEETS_ASKED;
  }
  return shares;
}

function sheetsOf(digitsOf: Source | undefined, count: number, random: Random) {
  if (digitsOf?.form !== 'array' || !digitsOf.labels) throw new Error('labelled pictures were expected');
  const { values, labels } = digitsOf;
  const pixels = new Uint8Array(count * SHEET * SHEET);
  const digits = Array.from({ length: count }, (_, sheet) =>
    Array.from({ length: 4 }, (_each, at) => {
      const row = random.integer(labels.values.length);
      const corner = sheet * SHEET * SHEET + DIGIT * ((at >> 1) * SHEET + (at & 1));
      for (let y = 0; y < DIGIT; y++)
        pixels.set(
          Uint8Array.from(values.subarray((row * DIGIT + y) * DIGIT, (row * DIGIT + y + 1) * DIGIT)),
          corner + y * SHEET,
        );
      return labels.values[row];
    }),
  );
  return { digits, source: { values: pixels, shape: [count, 1, SHEET, SHEET] } };
}

/** How often the photograph that a square was cut out of is among the ten found. */
async function photoShares(seed: number, folder: string): Promise<Record<string, number>> {
  const pictures = await natural(folder, 'Train400');
  const shape = [1, PHOTO, PHOTO];
  const values = new Uint8Array(pictures.length * PHOTO * PHOTO);
  for (const [at, picture] of pictures.entries()) {
    const { width, height } = picture;
    values.set(partsAt([picture], { x: 0, y: 0, width, height }, shape).values, at * PHOTO * PHOTO);
  }
  const source = { values, shape: [pictures.length, ...shape] };
  const model = autoencoder({ engine: engine() });
  await model.fit(source, { epochs: 60, seed });
  const shares: Record<string, number> = {};
  for (const [way, parts] of Object.entries(WAYS)) {
    const index = await searchIndex(model, source, { parts });
    const random = createRandom(seed).fork('squares');
    let [first, hits] = [0, 0];
    for (let asked = 0; asked < PHOTOS_ASKED; asked++) {
      const row = random.integer(pictures.length);
      const [found] = await index.search(asExamples(pictures[row]), {
        top: TOP,
        part: squareIn(pictures[row], random),
      });
      if (found[0].name === String(row + 1)) first++;
      if (found.some(({ name }) => name === String(row + 1))) hits++;
    }
    shares[`${way}, first`] = (100 * first) / PHOTOS_ASKED;
    shares[`${way}, among ten`] = (100 * hits) / PHOTOS_ASKED;
  }
  return shares;
}

function asExamples({ values, channels, height, width }: Picture) {
  return { values: Uint8Array.from(values, (value) => Math.round(255 * value)), shape: [1, channels, height, width] };
}

/** Anywhere, of 35 to 60 % of the shorter side. */
function squareIn({ width, height }: Picture, random: Random) {
  const side = Math.round((0.35 + 0.25 * random.uniform()) * Math.min(width, height));
  return { x: random.integer(width - side + 1), y: random.integer(height - side + 1), width: side, height: side };
}
