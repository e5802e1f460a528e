/** The page of `swap`: pictures, whom they become, and how they are told from real ones. */
import { laidIn, rowsOf, swapped, type TwoSets } from '../applications/swap.ts';
import type { DetectionQuality } from '../applications/swap-detector.ts';
import type { SwapQuality } from '../applications/swap-quality.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { bytesOf } from '../data/picture.ts';
import { sizeOf } from '../graph/tensor.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { html } from './html.ts';
import { renderPage } from './report.ts';
import { type ContactSheet, imageStack } from './report-data.ts';

export interface SwapReport {
  readonly trained: TrainedModel;
  readonly measured: TwoSets;
  readonly quality: SwapQuality;
  readonly detection: DetectionQuality;
  /** The folder of the model, as in the command. */
  readonly folder: string;
}

/** Pictures on the page. */
const SHOWN = 12;

/** The text of the page. */
export async function swapReport(page: SwapReport): Promise<string> {
  const { measured, quality, detection, folder } = page;
  const title = `${measured.names.join(' and ')}, exchanged`;
  const body = frame({
    kicker: 'Swapped pictures',
    title,
    what: html`By the model of <b>${folder}</b>, for <b>${wholeNumber(quality.pictures)}</b> pictures that nothing was learned from. All swapped pictures on this page are made.`,
    verdict: html`Of the swapped pictures a linear classifier takes <b>${percent(quality.takenForOther)}</b> for the other one; of the real ones it recognises ${percent(quality.recognised)}.`,
    tiles: [
      { name: 'Taken for the other', value: percent(quality.takenForOther), note: 'of the swapped pictures' },
      {
        name: 'There and back',
        value: figure(quality.thereAndBack),
        note: `squared error of what is swapped twice; ${figure(quality.rebuilt)} rebuilt, ${figure(quality.mean)} the mean picture`,
      },
      {
        name: 'Told from real ones',
        value: figure(detection.whole),
        note: `area under the ROC curve, ½ for guessing; ${figure(detection.laidIn)} for faces laid in`,
      },
    ],
    sections: [pictures(), figures(quality, detection)],
  });
  return renderPage(title, body, { title, contactSheet: await sheetOf(page) });
}

function pictures(): Section {
  return {
    id: 'pictures',
    title: 'Pictures',
    lead: 'The real picture, the same pose and expression by the other’s decoder, and that laid into the real picture.',
    body: chart('contact-sheet', 'Real and swapped pictures'),
  };
}

function figures(quality: SwapQuality, detection: DetectionQuality): Section {
  return {
    id: 'figures',
    title: 'How good they are, and how they are told',
    lead: 'Who is seen, what is left of the pose, and how surely a swapped picture is found out.',
    body: scrollable(
      'Figures',
      html`<table><tbody>
<tr><th scope="row">Real pictures that a linear classifier recognises</th><td>${percent(quality.recognised)}</td></tr>
<tr><th scope="row">Swapped ones that it takes for the other</th><td>${percent(quality.takenForOther)}</td></tr>
<tr><th scope="row">Squared error of a picture by its own decoder</th><td>${figure(quality.rebuilt)}</td></tr>
<tr><th scope="row">… swapped, and swapped back</th><td>${figure(quality.thereAndBack)}</td></tr>
<tr><th scope="row">… of the mean picture of the set, which knows no pose</th><td>${figure(quality.mean)}</td></tr>
<tr><th scope="row">Detector, whole pictures: area under the ROC curve</th><td>${figure(detection.whole)}</td></tr>
<tr><th scope="row">… faces laid into real pictures</th><td>${figure(detection.laidIn)}</td></tr>
</tbody></table>`,
    ),
  };
}

async function sheetOf({ trained, measured }: SwapReport): Promise<ContactSheet> {
  const count = Math.min(SHOWN, measured.labels.length);
  const some = rowsOf(
    measured,
    Array.from({ length: count }, (_, at) => at),
  );
  const told = await swapped(trained, some);
  const versions = [some.values, bytesOf(told), bytesOf(laidIn(told, some.values, some.shape))];
  const size = sizeOf(some.shape);
  const joined = new Uint8Array(3 * count * size);
  for (let at = 0; at < 3 * count; at++) {
    const row = Math.floor(at / 3);
    joined.set(versions[at % 3].subarray(row * size, (row + 1) * size), at * size);
  }
  const rows = Array.from(some.labels, (label) => [
    some.names[label],
    `as ${some.names[1 - label]}`,
    `${some.names[1 - label]}, laid in`,
  ]);
  return { pictures: imageStack(joined, [3 * count, ...some.shape]), rows };
}
