/** The page of `denoise`, `inpaint` and `upscale`: pictures before and after, and how near they come. */
import { basename } from 'node:path';
import type { PictureQuality } from '../applications/picture-quality.ts';
import type { Repaired, TrialResult } from '../applications/restoration.ts';
import type { Picture } from '../data/picture.ts';
import { comparisonOf } from './comparison.ts';
import { wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';
import type { Comparison } from './report-data.ts';

export interface RestorationReport {
  /** The command: `denoise`. */
  readonly use: string;
  /** None where the good pictures are not known. */
  readonly trials: readonly TrialResult[];
  readonly shown: readonly Repaired[];
  /** Files that could not be read, with the reason. */
  readonly skipped: readonly string[];
  readonly data: string;
  /** The folder of the model, as in the commands. */
  readonly folder: string;
}

/** Rows of the table of pictures. */
const ROWS = 100;
/** Pixels a side of what is shown of a picture, at most. */
const SIDE = 512;

/** The text of the page. */
export async function restorationReport(page: RestorationReport): Promise<string> {
  const { use, trials, shown, data, folder, skipped } = page;
  const title = `${use[0].toUpperCase()}${use.slice(1)}: ${basename(data)}`;
  const [first] = trials;
  const best = first && bestOf(first);
  const body = frame({
    kicker: 'Repaired pictures',
    title,
    what: html`By the model of <b>${folder}</b>.`,
    verdict: first
      ? verdictOf(first, best)
      : html`The good pictures are not known, so how near these come is for the eye to say. With <b>--clean</b> or <b>--spoil</b> it is measured.`,
    tiles: trials.map(({ name, model, pictures }) => ({
      name: `PSNR, ${name}`,
      value: `${model.psnr.toFixed(2)} dB`,
      note: `SSIM ${model.ssim.toFixed(3)}; the mean of ${wholeNumber(pictures.length)} picture${pictures.length === 1 ? '' : 's'}`,
    })),
    alerts:
      skipped.length > 0
        ? html`<p class="warning">Left out, as they could not be read: ${skipped.join(' · ')}</p>`
        : undefined,
    sections: [
      compared(),
      ...(first ? [beside(trials)] : []),
      ...(first && first.pictures.length > 1 ? [each(trials)] : []),
    ],
  });
  return renderPage(title, body, { title, comparisons: await Promise.all(shown.map(versionsOf)) });
}

/** Of PSNR, in dB: what two decimals do not show. */
const SAME = 0.005;

function verdictOf({ model }: TrialResult, [way, simple]: readonly [string, PictureQuality] = ['', model]): Html {
  const gain = model.psnr - simple.psnr;
  if (way === '') return html`PSNR ${model.psnr.toFixed(2)} dB.`;
  if (Math.abs(gain) < SAME)
    return html`As near as a simple way, <b>${way}</b>. Train longer, or on pictures more like these.`;
  return gain > 0
    ? html`${gain.toFixed(2)} dB nearer to the good pictures than the best simple way, <b>${way}</b>.`
    : html`No better than a simple way: <b>${way}</b> comes ${(-gain).toFixed(2)} dB nearer. Train longer, or on pictures more like these.`;
}

function bestOf({ baselines }: TrialResult): readonly [string, PictureQuality] | undefined {
  return Object.entries(baselines).toSorted(([, a], [, b]) => b.psnr - a.psnr)[0];
}

function compared(): Section {
  return {
    id: 'before-after',
    title: 'Before and after',
    lead: 'Move the slider; what is left and right of it can be chosen. Large pictures are cut to their middle.',
    body: chart('comparisons', 'Pictures before and after'),
  };
}

function beside(trials: readonly TrialResult[]): Section {
  const ways = Object.keys(trials[0].baselines);
  return {
    id: 'beside',
    title: 'Beside simpler ways',
    lead: 'Peak signal-to-noise ratio in dB and structural similarity, both the higher the better, in the mean over the pictures. One dB more is a fifth less squared error.',
    body: scrollable(
      'PSNR and SSIM',
      html`<table>
<thead><tr><th scope="col"></th><th scope="col">this model</th>${ways.map((way) => html`<th scope="col">${way}</th>`)}</tr></thead>
<tbody>${trials.map(
        ({ name, model, baselines }) =>
          html`<tr><th scope="row">${name}</th><td><b>${words(model)}</b></td>${ways.map((way) => html`<td>${words(baselines[way])}</td>`)}</tr>`,
      )}</tbody></table>`,
    ),
  };
}

function each(trials: readonly TrialResult[]): Section {
  const [{ pictures }] = trials;
  const most = pictures.slice(0, ROWS);
  return {
    id: 'pictures',
    title: 'Picture by picture',
    lead: `PSNR and SSIM of ${most.length === pictures.length ? 'each' : `the first ${ROWS}`}.`,
    body: scrollable(
      'PSNR and SSIM of each picture',
      html`<table>
<thead><tr><th scope="col">Picture</th>${trials.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${most.map(
        ({ name }, at) =>
          html`<tr><th scope="row">${basename(name)}</th>${trials.map((trial) => html`<td>${words(trial.pictures[at].model)}</td>`)}</tr>`,
      )}</tbody></table>`,
    ),
  };
}

function words({ psnr, ssim }: PictureQuality): string {
  return `${psnr.toFixed(2)} (${ssim.toFixed(3)})`;
}

function versionsOf({ clean, spoiled, repaired, simple }: Repaired): Promise<Comparison> {
  const versions: (readonly [string, Picture])[] = [
    ['before', spoiled],
    ['this model', repaired],
    ...(simple ? [[simple.name, simple.picture] as const] : []),
    ...(clean ? [['the good picture', clean] as const] : []),
  ];
  return comparisonOf(repaired, versions, SIDE);
}
