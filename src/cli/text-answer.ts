/** What a model of texts was asked for: lines on standard output, or, with `--out`, a table in a folder. */
import { join } from 'node:path';
import { sampleTexts, type TextModel } from '../applications/text-model.ts';
import { OptionError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { TableSource } from '../data/dataset.ts';
import { writeFileAtomic } from '../data/files.ts';
import { encodeSource } from '../data/formats/formats.ts';
import { makeFolder, outputFolder } from './run-folder.ts';
import { placeLines, type Terminal } from './terminal.ts';
import type { TextFlags } from './text-use.ts';

export interface TextAnswer {
  /** The folder of the model. */
  readonly model: string;
  /** What was asked for: the name of the file, and in JSON. */
  readonly what: 'translations' | 'texts' | 'samples' | 'between';
  /** Columns of equal length; the last is what was written. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Whether what was written has been said as it came. */
  readonly isSaid?: boolean;
  /** For programs, besides. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** @throws OptionError for a folder that has such a file, or a format of no file. */
export async function giveTexts(
  { model, what, columns, isSaid = false, facts = {} }: TextAnswer,
  flags: TextFlags,
  terminal: Terminal,
): Promise<void> {
  const names = Object.keys(columns);
  const written = columns[names[names.length - 1]];
  const { out, format = 'csv' } = flags;
  refuseFormat(flags);
  let file: string | undefined;
  if (out !== undefined) {
    const folder = outputFolder(model, what, [`${what}.${format}`], flags);
    await makeFolder(folder);
    file = join(folder, `${what}.${format}`);
    const table: TableSource = {
      form: 'table',
      name: what,
      rows: written.length,
      columns: names.map((name) => ({ type: 'category', name, values: columns[name] })),
    };
    await writeFileAtomic(file, encodeSource(file, table));
    for (const line of placeLines({ Texts: file })) terminal.say(line);
  } else if (!isSaid) for (const text of written) terminal.say(text);
  const rows = written.map((_, at) => Object.fromEntries(names.map((name) => [name, columns[name][at]])));
  terminal.result({ model, [what]: names.length === 1 ? written : rows, ...(file ? { file } : {}), ...facts });
}

/** @throws OptionError for a format of no file. */
export function refuseFormat({ out, format }: TextFlags): void {
  if (format === undefined || out !== undefined) return;
  throw new OptionError({
    where: `--format ${format}`,
    expected: '--out beside it, for the folder of the file',
    got: 'none',
    fix: 'add --out FOLDER, or leave it out',
  });
}

/** New texts, as many as `--sample` says. */
export async function giveSamples(model: string, made: TextModel, flags: TextFlags, terminal: Terminal): Promise<void> {
  const random = createRandom(Number(flags.seed ?? 0)).fork('sample');
  const text = await sampleTexts(made, flags.sample ?? 1, { temperature: flags.temperature, random });
  await giveTexts({ model, what: 'samples', columns: { text } }, flags, terminal);
}

/** Texts between the two that are given, by `between`. @throws OptionError for another number of them. */
export async function giveBetween(
  model: string,
  ends: readonly string[],
  between: (from: string, to: string) => Promise<readonly string[]>,
  flags: TextFlags,
  terminal: Terminal,
): Promise<void> {
  if (ends.length !== 2)
    throw new OptionError({
      where: '--interpolate',
      expected: 'two texts',
      got: `${ends.length}`,
      fix: 'for example: --interpolate "a man sleeps" "two children run"',
    });
  const text = await between(ends[0], ends[1]);
  await giveTexts({ model, what: 'between', columns: { text } }, flags, terminal);
}
