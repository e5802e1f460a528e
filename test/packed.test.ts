/** The package as users get it: packed, installed into an empty folder without install scripts, its command and its library used there. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const execute = promisify(execFile);

test('packed and installed elsewhere, the command and the library work', { timeout: 300_000 }, async ({ skip }) => {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-packed-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const run = async (command: string, words: readonly string[], cwd: string): Promise<string> =>
    (await execute(command, words, { cwd, maxBuffer: 1e8 })).stdout;

  const [{ filename, files }] = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder], root),
  ) as [{ filename: string; files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'package.json',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/studio/index.html',
      'docs/format.md',
      'docs/codec.md',
    ]),
  );
  const wanted =
    /^(package\.json|README\.md|LICENSE|docs\/(format|codec)\.md|dist\/.+\.(js|d\.ts)|dist\/cli\/licences\.md|dist\/studio\/.+\.(html|css|md))$/;
  expect(paths.filter((path) => !wanted.test(path) || path.includes('.test.'))).toEqual([]);

  const home = join(folder, 'user');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{"private":true}');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  try {
    await run('npm', ['install', ...flags, join(folder, filename)], home);
  } catch (error) {
    if (/ENOTFOUND|ENOTCACHED|ECONNREFUSED|EAI_AGAIN/.test(String(error))) skip('no package registry to install from');
    throw error;
  }

  const installed = join(home, 'node_modules', 'autoencoder');
  for (const file of await readdir(installed, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = await readFile(join(file.parentPath, file.name), 'utf8');
    // A home of `/root` or `/` occurs in ordinary words; with a slash behind it, it is a path of the maker's machine.
    for (const place of [root, `${homedir()}/`].filter((name) => name.length > 3))
      expect(text.includes(place), `${file.name} holds ${place}`).toBe(false);
  }

  const command = (words: string): Promise<string> =>
    run('npx', ['--no-install', 'autoencoder', ...words.split(' ')], home);
  expect(await command('--help')).toContain('autoencoder train digits');
  const result = JSON.parse(
    await command('train digits --limit 300 --epochs 1 --hidden 16 --latent 4 --out run --json'),
  );
  expect(result).toMatchObject({ model: 'run/model.safetensors', epochs: 1 });
  expect(existsSync(join(home, 'run', 'report.html'))).toBe(true);

  const program = `
    import { autoencoder, load, loadData } from 'autoencoder';
    import { serveClient } from 'autoencoder/client';
    const data = await loadData('digits', { limit: 100 });
    const model = autoencoder({ hidden: [16], latent: 4 });
    await model.fit(data, { epochs: 1 });
    await model.save('mine.safetensors');
    const codes = await (await load('mine.safetensors')).encode(data);
    const trained = await load('run/model.safetensors');
    const client = typeof serveClient('http://127.0.0.1').model('a').encode;
    console.log(JSON.stringify({ shape: codes.shape, kind: trained.card.blueprint.kind.name, client }));`;
  await writeFile(join(home, 'program.mjs'), program);
  expect(JSON.parse(await run(process.execPath, ['program.mjs'], home))).toEqual({
    shape: [100, 4],
    kind: 'vanilla',
    client: 'function',
  });
});
