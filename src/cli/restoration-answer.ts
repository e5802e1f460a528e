/** Pictures repaired by a model that is there: files in a folder, with a page; with the good pictures at hand, how near it comes. */
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import {
  measureRestoration,
  type PictureResult,
  qualityIn,
  type Repaired,
  type Restoration,
  type TrialResult,
  trialResult,
} from '../applications/restoration.ts';
import { openRestorer, type Restorer } from '../applications/restorer.ts';
import { DataError, InterruptedError, OptionError } from '../base/errors.ts';
import { flagOf } from '../base/options.ts';
import { createRandom } from '../base/random.ts';
import { writeFileAtomic } from '../data/files.ts';
import { imageFiles } from '../data/formats/images.ts';
import type { Picture } from '../data/picture.ts';
import { encodePicture } from '../data/picture-files.ts';
import { restorationReport } from '../report/restoration-report.ts';
import { openEngine } from './engine-flags.ts';
import { readPictureData } from './picture-data.ts';
import { readRestorationFolder } from './restoration-folder.ts';
import { type RestorationFlags, trialLines } from './restoration-use.ts';
import { makeFolder, outputFolder, REPORT_FILE } from './run-folder.ts';
import { trainingOptions } from './subject.ts';
import { placeLines, type Terminal } from './terminal.ts';

/** What a use's own flags say about pictures that are to be repaired. */
export interface Asked<How> {
  /** How they are spoiled (`--spoil`), or were, where that is not what the model says. */
  readonly howFrom: (how: How) => How;
  /** Marks what is to be repaired, where a picture does not show that itself. */
  readonly mark?: (picture: Picture) => Picture | Promise<Picture>;
}

/** Pictures on the page. */
const SHOWN = 6;

export async function repairPictures<How>(
  use: Restoration<How>,
  [folder, ...names]: readonly string[],
  flags: RestorationFlags,
  { howFrom, mark = (picture) => picture }: Asked<How>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  refuse(use.name, folder, names, flags);
  const { trained, how: learned } = await readRestorationFolder(folder, use, await openEngine(flags));
  const trials = use.trials(howFrom(learned));
  // Of a model for many levels, one in the middle.
  const trial = trials[Math.floor(trials.length / 2)];
  const { how } = trial;
  const data = { pictures: [] as Picture[], skipped: [] as string[] };
  for (const name of names) {
    const { pictures, test, skipped } = await readPictureData(name, flags, terminal, signal);
    data.pictures.push(...(test ?? pictures));
    data.skipped.push(...skipped);
  }
  const clean =
    flags.clean === undefined ? undefined : await cleanPictures(flags.clean, data.pictures, flags, terminal, signal);
  const place = await placeFor(use.name, names[0], data.pictures.length, flags);
  const restorer = openRestorer(trained);
  const shown: Repaired[] = [];
  const files: string[] = [];
  const keep = async (repaired: Repaired): Promise<void> => {
    const path =
      place.file ??
      join(place.folder, `${unique(basename(repaired.repaired.name, extname(repaired.repaired.name)), files)}.png`);
    await writeFileAtomic(path, await encodePicture(repaired.repaired, path));
    files.push(path);
    if (shown.length < SHOWN) shown.push(repaired);
  };
  const bar = terminal.bar(data.pictures.length);
  const step = (done: number, of: number): void => bar.to(done, `picture ${done + 1} of ${of}`);
  const results = flags.spoil
    ? await measureRestoration({
        use: { ...use, trials: () => [trial] },
        restorer,
        how,
        pictures: data.pictures,
        random: createRandom(Number(flags.seed ?? 0)).fork('spoil'),
        step,
        each: keep,
        signal,
      })
    : await repairAll({ use, how, restorer, pictures: data.pictures, clean, mark, step, keep, signal });
  bar.end('Done.');
  await restorer.dispose();
  const report = place.report;
  if (report !== undefined) {
    const page = { use: use.name, trials: results, shown, data: names.join(', '), folder, skipped: data.skipped };
    await writeFileAtomic(report, await restorationReport(page));
  }
  const count = `${files.length} picture${files.length === 1 ? '' : 's'}`;
  for (const line of [
    ...(results.length > 0 ? [...trialLines(results, count), ''] : []),
    ...placeLines({ [files.length === 1 ? 'Picture' : 'Pictures']: place.file ?? place.folder, Report: report }),
  ])
    terminal.say(line);
  terminal.result({
    model: folder,
    how,
    files,
    report,
    skipped: data.skipped,
    ...(results.length > 0 ? { results } : {}),
  });
}

interface RepairRequest<How> {
  readonly use: Restoration<How>;
  readonly how: How;
  readonly restorer: Restorer;
  readonly pictures: readonly Picture[];
  /** Beside the pictures, where there are good ones. */
  readonly clean?: readonly Picture[];
  readonly mark: (picture: Picture) => Picture | Promise<Picture>;
  readonly step: (done: number, of: number) => void;
  readonly keep: (repaired: Repaired) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Repairs pictures as they are; the table only where the good ones are known. */
async function repairAll<How>(request: RepairRequest<How>): Promise<TrialResult[]> {
  const { use, how, restorer, pictures, clean, mark, step, keep, signal } = request;
  const rows: PictureResult[] = [];
  for (const [at, picture] of pictures.entries()) {
    if (signal.aborted) throw new InterruptedError(`${use.name}: interrupted after ${at} pictures, which are written`);
    step(at, pictures.length);
    const spoiled = await mark(picture);
    const repaired = await use.repair(restorer, spoiled, how);
    const good = clean?.[at];
    if (good) {
      requireSize(repaired, good);
      const border = use.border?.(how);
      const simple = use.simple(use.seen?.(how, spoiled, good) ?? how);
      rows.push({
        name: picture.name,
        model: qualityIn(repaired, good, spoiled, border),
        baselines: Object.fromEntries(
          simple.map((way) => [way.name, qualityIn(way.repair(spoiled), good, spoiled, border)]),
        ),
      });
    }
    await keep({ spoiled, repaired, ...(good ? { clean: good } : {}) });
  }
  return rows.length === 0 ? [] : [trialResult('all', rows)];
}

async function cleanPictures(
  name: string,
  pictures: readonly Picture[],
  flags: RestorationFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Picture[]> {
  const { pictures: good } = await readPictureData(name, { ...flags, limit: undefined }, terminal, signal);
  if (good.length === 1 && pictures.length === 1) return [...good];
  const stem = ({ name: path }: Picture): string => basename(path, extname(path));
  const byName = new Map(good.map((picture) => [stem(picture), picture]));
  return pictures.map((picture) => {
    const found = byName.get(stem(picture));
    if (found) return found;
    throw new DataError({
      where: `--clean ${name}`,
      expected: `a good picture for each, among them ${stem(picture)}`,
      got: `${good.length} others`,
      fix: 'name the good pictures as the ones to repair',
    });
  });
}

function requireSize(repaired: Picture, good: Picture): void {
  const size = ({ channels, height, width }: Picture): string =>
    `${width}×${height}${channels === 1 ? ', grey' : ', in colour'}`;
  if (size(repaired) === size(good)) return;
  throw new DataError({
    where: good.name,
    expected: `a good picture of ${size(repaired)}, as what is repaired`,
    got: size(good),
    fix: 'give the good pictures in the size that the result has',
  });
}

interface Place {
  readonly folder: string;
  /** Where one picture goes. */
  readonly file?: string;
  readonly report?: string;
}

/** `--out` as a file for one picture, else a folder. @throws OptionError for what is there already. */
async function placeFor(use: string, name: string, count: number, flags: RestorationFlags): Promise<Place> {
  const { out, overwrite } = flags;
  if (out !== undefined && imageFiles.test(out)) {
    if (count > 1)
      throw new OptionError({
        where: `--out ${out}`,
        expected: `a folder for ${count} pictures`,
        got: 'the name of one file',
        fix: 'name a folder',
      });
    if (existsSync(out) && !overwrite)
      throw new OptionError({
        where: `--out ${out}`,
        expected: 'a file that is not there yet',
        got: 'one that is',
        fix: 'choose another name, or add --overwrite',
      });
    await makeFolder(dirname(out));
    return { folder: dirname(out), file: out };
  }
  const folder = outputFolder(name, `${use}-result`, [REPORT_FILE], flags);
  await makeFolder(folder);
  return { folder, report: join(folder, REPORT_FILE) };
}

/** A name that no file before has. */
function unique(stem: string, files: readonly string[]): string {
  const taken = new Set(files.map((file) => basename(file, '.png')));
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function refuse(use: string, folder: string | undefined, names: readonly string[], flags: RestorationFlags): void {
  if (folder === undefined || names.length === 0)
    throw new OptionError({
      where: `autoencoder ${use}`,
      expected: 'the folder of a model and pictures, or --fit with good pictures',
      got: folder === undefined ? 'neither' : 'no pictures',
      fix: `try: autoencoder ${use} --fit textures`,
    });
  const [making] = [
    ...['patches', 'patch'].filter((name) => flags[name] !== undefined),
    ...Object.keys(trainingOptions(flags)).filter((name) => name !== 'seed'),
  ].map(flagOf);
  if (making !== undefined)
    throw new OptionError({
      where: making,
      expected: '--fit beside it: it says how a model is made',
      got: `${folder}, which is made already`,
      fix: 'leave it out, or make a model with --fit PICTURES',
    });
  if (flags.spoil && flags.clean !== undefined)
    throw new OptionError({
      where: '--spoil',
      expected: 'no --clean beside it: the pictures are the good ones',
      got: `--clean ${flags.clean}`,
      fix: 'leave one of them out',
    });
}
