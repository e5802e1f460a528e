/** Where examples that were made go: a file, or a folder with a report beside them. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError, OptionError } from '../base/errors.ts';
import { isAnimation } from '../data/animation.ts';
import type { Source } from '../data/dataset.ts';
import { writeFileAtomic } from '../data/files.ts';
import { encodeSource, isWritten } from '../data/formats/formats.ts';
import { encodePngGrid } from '../data/formats/png.ts';
import { withLabelColumn } from '../data/label-column.ts';
import { takeRows } from '../data/split.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { checkFolder, checkOutput } from './output-file.ts';
import type { ResultFlags } from './result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE } from './run-folder.ts';

/** Beside the formats of files: a folder of pictures, with a folder for each class where there are classes. */
export const PICTURES = 'pictures';
export const exampleFormats = [PICTURES, 'csv', 'npy', 'npz', 'png', 'parquet', 'jsonl'] as const;

export interface ExamplePlace {
  /** Where the report goes, and the model where one is trained; nothing where the examples are all that is written. */
  readonly folder?: string;
  /** The file in `--out`, else a name in the folder that is completed by the format. */
  readonly file?: string;
}

interface PlaceFlags extends ResultFlags {
  readonly fit?: string;
  readonly format?: string;
}

interface PlaceWords {
  readonly command: string;
  readonly data: string;
  /** What the examples' file is called in a folder, without its ending. */
  readonly stem: string;
  /** Whether they may be shown one after the other. */
  readonly moves?: boolean;
}

/**
 * Decides before anything is computed.
 *
 * @throws OptionError for what is there already, or flags that do not go with a file; FileError for a folder that is not there.
 */
export async function placeExamples(
  { command, data, stem, moves = false }: PlaceWords,
  flags: PlaceFlags,
): Promise<ExamplePlace> {
  const { out, overwrite, fit, format } = flags;
  if (out === undefined || !(isWritten(out) || isAnimation(out))) {
    const held = [REPORT_FILE, 'model', ...exampleFormats.map((name) => nameOf(stem, name))];
    return { folder: outputFolder(data, command, held, flags) };
  }
  const other = fit === undefined ? format && '--format' : '--fit';
  if (other)
    throw new OptionError({
      where: other,
      expected:
        fit === undefined
          ? 'no format beside a file: its name says it'
          : 'a folder in --out, for the model and a report',
      got: `--out ${out}`,
      fix: fit === undefined ? 'leave --format out' : 'name a folder; --format says how examples are written',
    });
  await (moves && isAnimation(out) ? checkFolder(out) : checkOutput(out));
  if (existsSync(out) && !overwrite)
    throw new OptionError({
      where: `--out ${out}`,
      expected: 'a file that is not there yet',
      got: 'one that is',
      fix: 'choose another name, or add --overwrite',
    });
  return { file: out };
}

/** `examples.csv`; a folder of pictures has no ending. */
function nameOf(stem: string, format: string): string {
  return format === PICTURES ? stem : `${stem}.${format}`;
}

export interface WrittenExamples {
  readonly source: Source;
  /** What its file is called, without the ending. */
  readonly stem: string;
  /** Of the column of classes, in tables. */
  readonly label: string;
  readonly format: string;
}

/** Writes the examples with their labels, and says where: the file or the folder of pictures. */
export async function writeExamples(
  { folder, file }: ExamplePlace,
  { source, stem, label, format }: WrittenExamples,
): Promise<string> {
  const path = file ?? join(folder ?? '', nameOf(stem, format));
  if (file === undefined && format === PICTURES) {
    await writePictures(path, source);
    return path;
  }
  const bytes = encodeExamples(path, source, label);
  if (folder !== undefined) await makeFolder(folder);
  await writeFileAtomic(path, bytes);
  return path;
}

function encodeExamples(path: string, source: Source, label: string): Uint8Array {
  const isTable = /\.(csv|jsonl|parquet)$/i.test(path);
  return encodeSource(path, isTable ? withLabelColumn(source, label) : source);
}

/** One PNG for each, by number; in a folder for each class where there are classes. Those of an earlier time are taken away. */
async function writePictures(folder: string, source: Source): Promise<void> {
  if (source.form !== 'array')
    throw new DataError({
      where: '--format pictures',
      expected: 'examples that are pictures',
      got: 'rows of a table',
      fix: 'write --format csv',
    });
  const { labels, shape } = source;
  const classes = labels?.names.map((name) => name.replace(/[^\p{L}\p{N}_-]+/gu, '-'));
  const digits = String(shape[0]).length;
  // Pictures are checked before any is removed.
  const pictures = Array.from({ length: shape[0] }, (_, row) => ({
    folder: join(folder, (labels && classes?.[labels.values[row]]) ?? ''),
    name: `${String(row + 1).padStart(digits, '0')}.png`,
    bytes: encodePngGrid(takeRows(source, [row])),
  }));
  for (const name of ['', ...(await readdir(folder).catch(() => []))]) await removeNumbered(join(folder, name));
  for (const inner of new Set(pictures.map((picture) => picture.folder))) await makeFolder(inner);
  for (const { folder: inner, name, bytes } of pictures) await writeFileAtomic(join(inner, name), bytes);
}

/** Only what looks as if this command had written it. */
async function removeNumbered(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (/^\d+\.png$/.test(name)) await rm(join(folder, name));
}

/** What a model is called: by its folder, where its file is named as all are. */
export function modelStem(model: string): string {
  return basename(model) === MODEL_FILE ? basename(dirname(model)) : basename(model);
}
