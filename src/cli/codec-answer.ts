/** Pictures through a codec that is there: .aec files, and a page with what other formats make of as many bytes. */
import { basename, dirname, extname, join } from 'node:path';
import { type Coded, codedBy, packedAt, packedInto } from '../applications/codec/beside.ts';
import { openCodec } from '../applications/codec/codec.ts';
import { readCodec } from '../applications/codec/codec-file.ts';
import { InterruptedError, OptionError } from '../base/errors.ts';
import { flagOf, suggestion } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { Picture } from '../data/picture.ts';
import { type PictureFormat, pictureFormats } from '../data/picture-formats.ts';
import { codecReport, type ShownPicture } from '../report/codec-report.ts';
import { openCodecFolder } from './codec-folder.ts';
import { type EngineFlags, openEngine } from './engine-flags.ts';
import { refuseExisting, requireOne } from './output-file.ts';
import { type PictureFlags, readPictureData } from './picture-data.ts';
import type { ResultFlags } from './result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE } from './run-folder.ts';
import { trainingOptions } from './subject.ts';
import { placeLines, type Terminal, table } from './terminal.ts';

export interface CodecFlags extends PictureFlags, EngineFlags, ResultFlags {
  readonly fit?: string;
  readonly resume?: string;
  readonly quality?: number;
  readonly lossless?: boolean;
  readonly beside?: readonly string[];
  readonly patches?: number;
  readonly patch?: number;
  readonly [option: string]: unknown;
}

const ENDING = '.aec';
const QUALITY = 4;
/** Pictures that are compared where the user does not ask for it. */
const COMPARED = 12;
/** Pictures on the page. */
const SHOWN = 6;

/** A picture in the table. */
interface Row {
  readonly picture: string;
  readonly file: string;
  readonly bytes: number;
  readonly bitsPerPixel: number;
  /** In dB; null for the same bytes. */
  readonly psnr: number | null;
  /** Bytes of other formats at the same PSNR; null where their best is not as near. */
  readonly beside: Readonly<Record<string, number | null>>;
}

export async function compressPictures(
  folder: string | undefined,
  names: readonly string[],
  flags: CodecFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const named = requireCodecWords(folder, names, flags);
  const pictures: Picture[] = [];
  const skipped: string[] = [];
  for (const name of names) {
    const data = await readPictureData(name, flags, terminal, signal);
    pictures.push(...(data.test ?? data.pictures));
    skipped.push(...data.skipped);
  }
  const place = placeFor(names[0], pictures, flags);
  const codec = openCodec(await readCodec(openCodecFolder(named), await openEngine(flags)));
  const quality = flags.lossless ? 'lossless' : (flags.quality ?? QUALITY);
  const formats = besideFrom(flags) ?? (pictures.length > COMPARED || flags.lossless ? [] : pictureFormats);
  await makeFolder(place.folder);
  const rows: Row[] = [];
  const shown: ShownPicture[] = [];
  const bar = terminal.bar(pictures.length);
  for (const [at, picture] of pictures.entries()) {
    if (signal.aborted) throw new InterruptedError(`compress: interrupted after ${at} pictures, which are written`);
    bar.to(at, `picture ${at + 1} of ${pictures.length}`);
    const coded = await codedBy(codec, picture, quality);
    await writeFileAtomic(place.files[at], coded.bytes);
    rows.push(rowOf(coded, place.files[at], await atSameQuality(coded, formats)));
    if (shown.length < SHOWN) shown.push({ ...coded, ofSize: await ofSameSize(coded, formats) });
  }
  bar.end('Compressed.');
  await codec.dispose();
  if (place.report !== undefined) {
    const title = `Compressed: ${names.map((name) => basename(name)).join(', ')}`;
    const page = { title, folder: named, curve: [], beside: [], pictures: pictures.length, coded: shown, rows };
    await writeFileAtomic(place.report, await codecReport(page));
  }
  for (const line of [
    ...rowLines(rows, formats),
    '',
    ...placeLines({
      [rows.length === 1 ? 'File' : 'Files']: rows.length === 1 ? rows[0].file : place.folder,
      Report: place.report,
    }),
  ])
    terminal.say(line);
  terminal.result({ codec: named, quality, report: place.report, pictures: rows, skipped });
}

/** Formats to compare with, where the user says. @throws OptionError for one that there is not. */
export function besideFrom({ beside }: Pick<CodecFlags, 'beside'>): readonly PictureFormat[] | undefined {
  if (beside === undefined) return undefined;
  if (beside.join() === 'none') return [];
  const unknown = beside.find((name) => !pictureFormats.some((format) => format === name));
  if (unknown === undefined) return pictureFormats.filter((format) => beside.includes(format));
  throw new OptionError({
    where: '--beside',
    expected: `some of ${pictureFormats.join(', ')}, or none`,
    got: unknown,
    fix: suggestion(unknown, [...pictureFormats, 'none']),
  });
}

async function atSameQuality(
  { picture, psnr }: Coded,
  formats: readonly PictureFormat[],
): Promise<Record<string, number | null>> {
  const sizes: Record<string, number | null> = {};
  for (const format of formats) sizes[format] = (await packedAt(picture, format, psnr))?.bytes.length ?? null;
  return sizes;
}

async function ofSameSize(
  { picture, bytes }: Coded,
  formats: readonly PictureFormat[],
): Promise<ShownPicture['ofSize']> {
  const [format] = formats;
  if (format === undefined) return undefined;
  const packed = await packedInto(picture, format, bytes.length);
  return packed && { name: `${format}, ${packed.bytes.length} bytes`, picture: packed.picture };
}

function rowOf({ picture, bytes, bitsPerPixel, psnr }: Coded, file: string, beside: Row['beside']): Row {
  return {
    picture: picture.name,
    file,
    bytes: bytes.length,
    bitsPerPixel,
    psnr: Number.isFinite(psnr) ? psnr : null,
    beside,
  };
}

function rowLines(rows: readonly Row[], formats: readonly PictureFormat[]): string[] {
  const most = 40;
  const count = (bytes: number | null): string => (bytes === null ? 'never' : bytes.toLocaleString('en'));
  const lines = table([
    ['', 'bytes', 'bits a pixel', 'PSNR', ...formats.map((format) => `${format} as near`)],
    ...rows
      .slice(0, most)
      .map(({ picture, bytes, bitsPerPixel, psnr, beside }) => [
        basename(picture),
        count(bytes),
        bitsPerPixel.toFixed(3),
        psnrWords(psnr),
        ...formats.map((format) => count(beside[format])),
      ]),
  ]);
  const rest = rows.length - most;
  return rest > 0 ? [...lines, `… and ${rest.toLocaleString('en')} more`] : lines;
}

function psnrWords(psnr: number | null): string {
  return psnr === null ? 'the same' : `${psnr.toFixed(2)} dB`;
}

interface Place {
  readonly folder: string;
  /** One for each picture. */
  readonly files: readonly string[];
  readonly report?: string;
}

/** `--out` as a file for one picture, else a folder. @throws OptionError for what is there already. */
function placeFor(name: string, pictures: readonly Picture[], flags: CodecFlags): Place {
  const { out } = flags;
  if (out?.endsWith(ENDING)) {
    requireOne(out, pictures.length);
    refuseExisting(out, flags);
    return { folder: dirname(out), files: [out] };
  }
  const folder = outputFolder(name, 'compressed', [REPORT_FILE], flags);
  const taken = new Set<string>();
  const files = pictures.map(({ name: picture }) => {
    const stem = basename(picture, extname(picture));
    let own = stem;
    for (let number = 2; taken.has(own); number++) own = `${stem}-${number}`;
    taken.add(own);
    return join(folder, `${own}${ENDING}`);
  });
  for (const file of files) refuseExisting(file, flags);
  return { folder, files, report: join(folder, REPORT_FILE) };
}

/** The folder. @throws OptionError for words or options that a codec that is there has no use for, but for those in `allowed`. */
export function requireCodecWords(
  folder: string | undefined,
  names: readonly string[],
  flags: CodecFlags,
  allowed: readonly string[] = [],
): string {
  if (folder === undefined || names.length === 0)
    throw new OptionError({
      where: 'autoencoder compress',
      expected: 'the folder of a codec and pictures, or --fit with pictures',
      got: folder === undefined ? 'neither' : 'no pictures',
      fix: 'try: autoencoder compress --fit textures',
    });
  const [making] = [
    ...['patches', 'patch'].filter((name) => flags[name] !== undefined),
    ...Object.keys(trainingOptions(flags)).filter((name) => !allowed.includes(name)),
  ].map(flagOf);
  const [besides] = (['quality', 'beside'] as const).filter((name) => flags[name] !== undefined);
  if (flags.lossless && besides !== undefined)
    throw new OptionError({
      where: '--lossless',
      expected: `no --${besides} beside it: the pictures come back as they were`,
      got: `--${besides} ${flags[besides]}`,
      fix: 'leave one of them out',
    });
  if (making === undefined) return folder;
  throw new OptionError({
    where: making,
    expected: '--fit beside it: it says how a codec is made',
    got: `${folder}, which is made already`,
    fix: 'leave it out, or make a codec with --fit PICTURES',
  });
}
