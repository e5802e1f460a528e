/** `autoencoder index` and `autoencoder search`, by the commands, on tiny pictures. */
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { path, write, run, json } = await makeWorkplace();

const SIDE = 8;

/** A grey picture of a bar: upright at a column, or lying at a row. */
function bar(kind: 'upright' | 'lying', place: number, light: number): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) data[kind === 'lying' ? place * SIDE + i : i * SIDE + place] = light;
  return encode({ width: SIDE, height: SIDE, data, channels: 1, depth: 8 });
}

const nameOf = (place: number, light: number): string => `${place}-${light}.png`;

beforeAll(async () => {
  for (const kind of ['upright', 'lying'] as const)
    for (let place = 0; place < SIDE; place++)
      for (const light of [140, 170, 200, 230, 250])
        await write(`bars/${kind}/${nameOf(place, light)}`, bar(kind, place, light));
  await write('asked.png', bar('lying', 3, 185));
  await write('more/new.png', bar('upright', 5, 210));
  await write('wide.png', encode({ width: 9, height: 4, data: new Uint8Array(36), channels: 1, depth: 8 }));
  await json('index --fit bars --latent 6 --hidden 32 --epochs 150 --threads 1 --seed 1 --out album');
});

describe('index', () => {
  test('a damaged picture among good ones is left out and named; with --strict it is an error', async () => {
    const whole = bar('upright', 1, 140);
    await write('mixed/upright/cut.png', whole.subarray(0, whole.length - 20));
    await write('mixed/upright/empty.png', new Uint8Array());
    for (const light of [140, 170, 200, 230]) await write(`mixed/lying/${light}.png`, bar('lying', 2, light));
    const { code, stdout, stderr } = await run('index album/model mixed --json --out mixed-index');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { examples: 4 }]);
    expect(stderr).toContain('Left out: mixed/upright/cut.png: expected a picture that can be read');
    expect(stderr).toContain('Left out: mixed/upright/empty.png: expected a picture that can be read');
    const { names } = JSON.parse(await readFile(path('mixed-index', 'index.json'), 'utf8')) as { names: string[] };
    expect(names).toEqual(['lying/140.png', 'lying/170.png', 'lying/200.png', 'lying/230.png']);
    const strict = await run('index album/model mixed --strict --out strict-index');
    expect([strict.code, strict.stderr]).toEqual([3, expect.stringMatching(/error: mixed.upright.(cut|empty).png/)]);
    expect(existsSync(path('strict-index'))).toBe(false);
  });

  test('keeps codes, names and small pictures beside the model, and says how good a search is', async () => {
    const found = await json('index album/model bars --out again');
    expect(found).toMatchObject({
      index: 'again',
      model: 'album/model/model.safetensors',
      report: 'again/report.html',
      examples: 80,
      distance: 'cosine',
      queries: 8,
      among: 72,
      top: 10,
    });
    const { results, baselines } = found as Record<string, Record<string, { all: number } & number>>;
    for (const share of [results.all, baselines.pca.all, baselines.data.all]) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(await readFile(path('again', 'model', 'model.safetensors'))).toEqual(
      await readFile(path('album', 'model', 'model.safetensors')),
    );
    expect(await readFile(path('again', 'codes.npy'))).toEqual(await readFile(path('album', 'codes.npy')));
    const page = await readFile(path('again', 'report.html'), 'utf8');
    expect(page).toContain('data-chart="contact-sheet"');
    expect(page).toContain('upright');
  });

  test('its table is for people, too', async () => {
    const { stdout } = await run('index album/model bars --out told --distance euclidean');
    expect(stdout).toMatch(/this model +PCA, 6 +the data itself/);
    expect(stdout).toMatch(/lying +[\d.]+ % +[\d.]+ % +[\d.]+ %/);
  });

  test('what is added is found by its name, and gone when it is removed', async () => {
    await run('index album/model bars --out changing');
    const before = await readFile(path('changing', 'codes.npy'));
    expect(await json('index changing --add more')).toMatchObject({ added: 1, removed: 0, examples: 81 });
    expect((await readdir(path('changing'))).sort()).toEqual(
      ['codes-2.npy', 'index.json', 'model', 'pictures-2.npy', 'report.html'].sort(),
    );
    const { results } = await json('search changing more/new.png --top 1 --out first');
    expect(results).toEqual([{ query: 'new.png', found: [{ name: 'new.png', distance: 0 }] }]);
    expect(await json('index changing --remove new.png')).toMatchObject({ added: 0, removed: 1, examples: 80 });
    expect(await readFile(path('changing', 'codes.npy'))).toEqual(before);
    expect(existsSync(path('changing', 'codes-2.npy'))).toBe(false);
  });

  test('--remove several times, and a name with commas as it stands', async () => {
    for (const name of ['a,b.png', 'a.png', 'c.png']) await write(`commas/${name}`, bar('lying', 2, 200));
    await write('commas/d.png', bar('upright', 2, 200));
    await run('index album/model commas --out with-commas');
    expect(await json('index with-commas --remove a,b.png --remove a.png,c.png')).toMatchObject({
      removed: 3,
      examples: 1,
    });
  });

  test('a name is replaced in one go', async () => {
    await run('index album/model bars --out replaced');
    await run('index replaced --add more');
    expect(await json('index replaced --add more --remove new.png')).toMatchObject({ added: 1, removed: 1 });
  });
});

describe('search', () => {
  test('finds what is like a picture, best first, with names, labels and distances', async () => {
    const found = await json('search album asked.png --top 4 --out found');
    expect(found).toMatchObject({ index: 'album', data: 'asked.png', found: 'found/found.csv', queries: 1 });
    const lines = (await readFile(path('found', 'found.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('query,rank,name,distance,label');
    expect(lines).toHaveLength(5);
    const rows = lines.slice(1).map((line) => line.split(','));
    // Of the same bar there are five, all of another light.
    for (const [at, [query, rank, name, , label]] of rows.entries()) {
      expect([query, rank, label]).toEqual(['asked.png', String(at + 1), 'lying']);
      expect(name).toMatch(/^lying\/3-/);
    }
    const distances = rows.map(([, , , distance]) => Number(distance));
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect(await readFile(path('found', 'report.html'), 'utf8')).toContain('data-chart="contact-sheet"');
  });

  test('many at once, in another format; of the index itself, by name', async () => {
    await run('search album bars --limit 12 --top 3 --format jsonl --out many');
    const lines = (await readFile(path('many', 'found.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(36);
    expect(JSON.parse(lines[0])).toMatchObject({ rank: 1, distance: 0 });
    const { results } = await json('search album --like upright/5-200.png --top 3 --out like');
    const [{ query, found }] = results as { query: string; found: { name: string }[] }[];
    expect(query).toBe('upright/5-200.png');
    expect(found.map(({ name }) => name)).not.toContain(query);
    for (const { name } of found) expect(name).toMatch(/^upright\/5-/);
  });
});

describe('parts', () => {
  test('a part of a picture of any size is found in the pictures that have it, with its place', async () => {
    expect(await json('index album/model bars --parts 2 --out parted')).toMatchObject({ examples: 80, parts: 9 });
    // The upper right quarter is that of an upright bar at 5, the rest is unlike any of the index.
    const data = new Uint8Array(12 * 20).fill(90);
    for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) data[y * 20 + 10 + x] = x === 1 ? 200 : 0;
    await write('large.png', encode({ width: 20, height: 12, data, channels: 1, depth: 8 }));
    const { results } = await json('search parted large.png --part 10,0,4,4 --top 3 --out by-part');
    const [{ query, found }] = results as {
      query: string;
      found: { name: string; part: unknown; distance: number }[];
    }[];
    expect(query).toBe('large.png');
    expect(found.map(({ name }) => name)).toContain('upright/5-200.png');
    expect(found[0].part).toMatchObject({ width: 4, height: 4 });
    expect(found[0].distance).toBeLessThan(1e-5);
    const lines = (await readFile(path('by-part', 'found.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('query,rank,name,distance,label,part x,part y,part width,part height');
    expect(lines[1]).toMatch(/,4,4$/);
    expect((await run('search parted asked.png --top 2 --out whole')).stdout).toMatch(/whole/);
  });
});

describe('says what is wrong', () => {
  test.each([
    ['index', 2, 'expected a model and data, or --fit with data'],
    ['index album/model bars --out album', 2, 'add --overwrite'],
    ['index --add more', 2, 'the folder of an index and no other word beside it, got none'],
    ['index album bars --add more', 2, 'got album and bars'],
    ['index album --add more --epochs 3', 2, 'it says how an index is made'],
    ['index album/model bars --distance far', 2, 'expected one of cosine, euclidean'],
    ['index album --remove upright/5-201.png', 3, 'did you mean "upright/5-200.png"?'],
    ['index album --add bars', 3, 'names are not in the index yet'],
    ['index nowhere --add more', 3, 'the folder of an index, with its index.json, got none'],
    ['search album', 2, 'a picture or data, or --like with a name, and not both, got neither'],
    ['search album asked.png --like a', 2, 'got both'],
    ['index album --remove lying/1-250.png --limit 3', 2, 'no such option beside --remove'],
    ['search album --like lying/1-250.png --limit 3', 2, 'no option of data beside --like'],
    ['search album asked.png --part 1,2,3', 2, 'four whole numbers of pixels'],
    ['search album asked.png --part 5,0,4,4', 3, 'a part within its 8×8 pixels, in whole ones, got 4×4 at 5,0'],
    ['search album asked.png --part 0,0,4,4 --label a', 2, 'no option of tables beside --part'],
    ['search album --like lying/1-250.png --part 0,0,4,4', 2, 'no option of data beside --like'],
    ['index album/model bars --parts 9 --out never', 2, 'from 1, the picture alone, to 8, got 9'],
    ['index album --add more --parts 2', 2, 'it says how an index is made'],
    ['search album wide.png', 3, 'bytes of shape [1, 8, 8] per example, got bytes of shape [1, 4, 9]'],
    ['search album --like lying/9-250.png', 3, 'did you mean "lying/'],
    ['search album no.png', 3, 'or a file or folder that exists'],
  ])('%s', async (words, wanted, message) => {
    const { code, stderr, stdout } = await run(words);
    expect(stderr).toContain(message);
    expect(code).toBe(wanted);
    expect(stdout).toBe('');
  });

  test('an index that would be empty', async () => {
    await write('two/a.png', bar('lying', 1, 200));
    await write('two/b.png', bar('lying', 2, 200));
    await run('index album/model two --out two-index');
    const { code, stderr } = await run('index two-index --remove a.png,b.png');
    expect(stderr).toContain('at least one example');
    expect(code).toBe(3);
  });

  test('another model, and damaged files', async () => {
    await run('index album/model bars --out hurt');
    const text = await readFile(path('hurt', 'index.json'), 'utf8');
    const failing = async (): Promise<string> => {
      const { code, stderr } = await run('search hurt asked.png --out never');
      expect(code).toBe(4);
      return stderr;
    };
    await writeFile(path('hurt', 'index.json'), text.slice(0, 100));
    expect(await failing()).toContain('text that does not parse');
    await writeFile(path('hurt', 'index.json'), text);
    const codes = await readFile(path('hurt', 'codes.npy'));
    await writeFile(path('hurt', 'codes.npy'), codes.subarray(0, codes.length - 4));
    expect(await failing()).toContain('the index is damaged');
    await writeFile(path('hurt', 'codes.npy'), codes);
    await run('train bars --latent 6 --hidden 32 --epochs 1 --seed 2 --out other');
    await copyFile(path('other', 'model.safetensors'), path('hurt', 'model', 'model.safetensors'));
    expect(await failing()).toContain('the model that hurt/index.json was made with');
  });
});
