import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataError, FileError } from '../base/errors.ts';
import { collectBytes } from './bytes.ts';
import { fileError, openFile, writeFileAtomic } from './files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is written whole, over an old one, and nothing else is left', async () => {
  const path = join(folder, 'a.txt');
  await writeFileAtomic(path, 'old');
  await writeFileAtomic(path, new TextEncoder().encode('new'));
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('writers of one file at the same time do not mix', async () => {
  const path = join(folder, 'b.txt');
  const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000));
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a failed write names the reason and leaves no temporary file', async () => {
  await expect(writeFileAtomic(join(folder, 'none', 'a.txt'), 'x')).rejects.toThrow(
    /none\/a.txt: .*no such folder; make the folder first/,
  );
  await mkdir(join(folder, 'taken'));
  await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toThrow(FileError);
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a full disk and a missing permission are told apart', async () => {
  const failure = (code: string): Error => fileError(Object.assign(new Error(code), { code }), '/x', 'written');
  expect(failure('ENOSPC').message).toBe(
    '/x: expected a file that can be written, got a full disk; free some space, or choose another place',
  );
  expect(failure('EACCES').message).toContain('no permission');
  expect(failure('ESTRANGE')).toBeInstanceOf(FileError);
  const ours = new DataError('ours');
  expect(fileError(ours, '/x', 'read')).toBe(ours);
});

test.skipIf(process.getuid?.() === 0)('a folder without permission is refused', async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  await expect(writeFileAtomic(join(closed, 'a'), 'x')).rejects.toThrow('no permission');
});

test('packed files are unpacked, damaged ones are refused', async () => {
  const path = join(folder, 'a.gz');
  const packed = gzipSync(Buffer.alloc(10_000, 7));
  await writeFile(path, packed);
  expect(Uint8Array.from(await collectBytes(await openFile(path)))).toEqual(new Uint8Array(10_000).fill(7));
  await writeFile(path, packed.subarray(0, packed.length - 12));
  await expect(openFile(path).then(collectBytes)).rejects.toThrow(/a.gz: expected a complete gzip file/);
  await writeFile(path, 'not packed');
  await expect(openFile(path).then(collectBytes)).rejects.toThrow(DataError);
  await expect(openFile(join(folder, 'nowhere'))).rejects.toThrow('no such file; check the path');
});
