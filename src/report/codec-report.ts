/** The page of `compress`: bits and nearness beside JPEG, WebP and AVIF, and pictures to compare by eye. */
import { basename } from 'node:path';
import type { RatePoint } from '../applications/codec/bd-rate.ts';
import type { Picture } from '../data/picture.ts';
import { comparisonOf } from './comparison.ts';
import { wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { rateChart } from './rate-chart.ts';
import { renderPage } from './report.ts';
import type { Comparison } from './report-data.ts';

/** A picture before and after, and what another format makes of as many bytes. */
export interface ShownPicture {
  readonly picture: Picture;
  readonly bytes: Uint8Array;
  readonly decoded: Picture;
  readonly ofSize?: { readonly name: string; readonly picture: Picture };
}

export interface CodecReport {
  readonly title: string;
  /** The folder of the codec, as in the commands. */
  readonly folder: string;
  /** Averages at each quality; none where one was asked for. */
  readonly curve: readonly RatePoint[];
  readonly beside: readonly { readonly name: string; readonly curve: readonly RatePoint[]; readonly bdRate: number }[];
  /** How many pictures were measured. */
  readonly pictures: number;
  readonly coded: readonly ShownPicture[];
  /** Picture by picture. */
  readonly rows?: readonly ReportRow[];
}

interface ReportRow extends Pick<RatePoint, 'bitsPerPixel'> {
  /** In dB; null for the same bytes. */
  readonly psnr: number | null;
  readonly picture: string;
  readonly bytes: number;
  /** Bytes of other formats at the same PSNR. */
  readonly beside: Readonly<Record<string, number | null>>;
}

/** Rows of the table. */
const ROWS = 100;
/** Pixels a side of what is shown of a picture, at most. */
const SIDE = 384;

/** The text of the page. */
export async function codecReport(page: CodecReport): Promise<string> {
  const { title, folder, curve, beside, pictures, coded, rows = [] } = page;
  const body = frame({
    kicker: 'Compression',
    title,
    what: html`By the codec in <b>${folder}</b>, on <b>${wholeNumber(pictures)}</b> picture${pictures === 1 ? '' : 's'}.`,
    verdict: verdictOf(page),
    tiles: beside
      .filter(({ bdRate }) => Number.isFinite(bdRate))
      .map(({ name, bdRate }) => ({
        name: `Bits beside ${name}`,
        value: `${bdRate > 0 ? '+' : ''}${bdRate.toFixed(1)} %`,
        note: 'for the same PSNR, on average over the qualities that both reach (BD-rate)',
      })),
    sections: [
      ...(curve.length > 0 ? [curves(page)] : []),
      ...(coded.length > 0 ? [compared()] : []),
      ...(rows.length > 0 ? [each(rows)] : []),
    ],
  });
  return renderPage(title, body, { title, comparisons: await Promise.all(coded.map(versionsOf)) });
}

function verdictOf({ beside, rows }: CodecReport): Html {
  const [jpeg] = beside.filter(({ bdRate }) => Number.isFinite(bdRate));
  if (jpeg)
    return jpeg.bdRate < 0
      ? html`It takes <strong>fewer bits than ${jpeg.name}</strong> for pictures as near to the originals.`
      : html`It takes <strong class="doubt">more bits than ${jpeg.name}</strong> for pictures as near to the originals: train longer, or on more pictures.`;
  return rows
    ? html`Beside each picture stands what others take to come as near to it, by the mean square error: look, too.`
    : html`How it stands beside other formats was not asked for.`;
}

function curves({ curve, beside }: CodecReport): Section {
  const ways = [{ name: 'this codec', curve }, ...beside];
  return {
    id: 'curves',
    title: 'Bits and nearness',
    lead: 'The higher at the same bits a pixel, the better. PSNR is the mean square error of all channels on a logarithmic scale: one dB more is a fifth less of it.',
    body: html`${rateChart('Bits a pixel and PSNR', ways)}${scrollable(
      'Bits a pixel and PSNR',
      html`<table>
<thead><tr><th scope="col">Quality</th><th scope="col">Bits a pixel</th><th scope="col">PSNR, dB</th></tr></thead>
<tbody>${curve.map(
        ({ bitsPerPixel, psnr }, at) =>
          html`<tr><th scope="row">${at + 1}</th><td>${bitsPerPixel.toFixed(3)}</td><td>${psnr.toFixed(2)}</td></tr>`,
      )}</tbody></table>`,
    )}`,
  };
}

function compared(): Section {
  return {
    id: 'by-eye',
    title: 'By eye',
    lead: 'Move the slider; what is left and right of it can be chosen: the original, this codec, and another format in a file of the same size. Large pictures are cut to their middle.',
    body: chart('comparisons', 'Pictures before and after'),
  };
}

function each(rows: readonly ReportRow[]): Section {
  const formats = Object.keys(rows[0].beside);
  const count = (bytes: number | null): string => (bytes === null ? 'never' : wholeNumber(bytes));
  return {
    id: 'pictures',
    title: 'Picture by picture',
    lead: `Bytes and PSNR of ${rows.length > ROWS ? `the first ${ROWS}` : 'each'}, and the bytes that other formats take to come as near.`,
    body: scrollable(
      'Bytes of each picture',
      html`<table>
<thead><tr><th scope="col">Picture</th><th scope="col">Bytes</th><th scope="col">Bits a pixel</th><th scope="col">PSNR, dB</th>${formats.map((name) => html`<th scope="col">${name}, bytes</th>`)}</tr></thead>
<tbody>${rows
        .slice(0, ROWS)
        .map(
          ({ picture, bytes, bitsPerPixel, psnr, beside }) =>
            html`<tr><th scope="row">${basename(picture)}</th><td><b>${wholeNumber(bytes)}</b></td><td>${bitsPerPixel.toFixed(3)}</td><td>${psnr === null ? 'the same' : psnr.toFixed(2)}</td>${formats.map((name) => html`<td>${count(beside[name])}</td>`)}</tr>`,
        )}</tbody></table>`,
    ),
  };
}

function versionsOf({ picture, decoded, bytes, ofSize }: ShownPicture): Promise<Comparison> {
  const versions: (readonly [string, Picture])[] = [
    ['the original', picture],
    [`this codec, ${wholeNumber(bytes.length)} bytes`, decoded],
    ...(ofSize ? [[ofSize.name, ofSize.picture] as const] : []),
  ];
  return comparisonOf(picture, versions, SIDE);
}
