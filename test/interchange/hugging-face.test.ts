/** The folder for model hubs: weights that are the model's, a config that says what it is, a card that holds its figures. */
import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { nodeEngine } from '../../src/engine/node.ts';
import { autoencoder, exportHuggingFace, fromBytes, type TableSource } from '../../src/index.ts';
import { makeWorkplace } from '../command.ts';

vi.setConfig({ testTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();
const engine = nodeEngine({ threads: 1 });

const rows = 40;
const table: TableSource = {
  form: 'table',
  name: 'a <b>| [table](http://example.org)\n# of leaves',
  rows,
  columns: [
    { type: 'numeric', name: 'length|width', values: Float64Array.from({ length: rows }, (_, at) => at % 7) },
    { type: 'category', name: 'kind', values: Array.from({ length: rows }, (_, at) => (at % 7 < 3 ? 'ash' : 'oak')) },
  ],
};

test('the library: files by their names', async () => {
  const model = autoencoder({ kind: 'variational', hidden: [8], latent: 1, engine });
  await model.fit(table, { epochs: 2, batchSize: 8 });
  const files = await exportHuggingFace(model);
  expect(Object.keys(files)).toEqual(['model.safetensors', 'config.json', 'README.md']);
  const again = await fromBytes(files['model.safetensors'], { engine });
  expect((await again.encode(table)).values).toEqual((await model.encode(table)).values);

  const config = JSON.parse(new TextDecoder().decode(files['config.json']));
  expect(config).toMatchObject({
    model_type: 'autoencoder',
    latent: 1,
    kind: { name: 'variational' },
    network: { name: 'dense', options: { hidden: [8] } },
    scaling: { columns: [{ name: 'length|width' }, { name: 'kind', categories: ['ash', 'oak'] }] },
  });

  const readme = new TextDecoder().decode(files['README.md']);
  expect(readme).toMatch(/^---\nlibrary_name: autoencoder\n[^#]*- "variational"\n- "dense"\n---\n\n# variational/);
  const mse = model.card?.results['validation.mse'] ?? Number.NaN;
  expect(readme).toContain(`| validation.mse | ${Number(mse.toPrecision(4))} |`);
  expect(readme).toContain('| epochs | 2 |');
  // The name of the data makes no heading, no link and no cell of its own.
  expect(readme.match(/^# /gm)).toHaveLength(1);
  expect(readme).not.toMatch(/[^\\]<b>|[^\\]\[table/);
});

test('the command: writes three files, and none over another', async () => {
  await write(
    'leaves.csv',
    `length,width\n${Array.from({ length: 60 }, (_, at) => `${at % 7},${at % 5}`).join('\n')}\n`,
  );
  await run('train leaves.csv --epochs 2 --hidden 8 --latent 1 --threads 1 --out leaves');
  expect(await json('export leaves --hugging-face hub')).toEqual({
    model: 'leaves/model.safetensors',
    out: 'hub',
    files: ['hub/model.safetensors', 'hub/config.json', 'hub/README.md'],
  });
  const { file: _, ...original } = await json('info leaves');
  expect(await json('info hub')).toEqual({ ...original, file: 'hub/model.safetensors' });

  const second = await run('export leaves --hugging-face hub');
  expect(second.code).toBe(2);
  expect(second.stderr).toContain('--overwrite');
  expect((await run('export leaves --hugging-face hub --overwrite')).code).toBe(0);
  const misplaced = await run('export leaves --hugging-face hub --out elsewhere');
  expect(misplaced.code).toBe(2);
  expect((await run('export leaves --hugging-face leaves.csv')).code).toBe(3);
  expect(existsSync(path('elsewhere'))).toBe(false);
});
