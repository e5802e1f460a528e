/** The page of `next-frame`: frames as they went on and as they were told. */
import { basename } from 'node:path';
import { type FrameErrors, nextFrames, simpleFrames, type Windows } from '../applications/next-frame.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { bytesOf } from '../data/picture.ts';
import { figure, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { html } from './html.ts';
import { renderPage } from './report.ts';
import { type ContactSheet, imageStack } from './report-data.ts';

export interface NextFrameReport {
  readonly trained: TrainedModel;
  readonly windows: Windows;
  readonly errors: FrameErrors;
  readonly data: string;
  /** The folder of the model, as in the command. */
  readonly folder: string;
}

/** Clips on the page. */
const SHOWN = 5;

/** The text of the page. */
export async function nextFrameReport(page: NextFrameReport): Promise<string> {
  const { errors, data, folder } = page;
  const { model, lastFrame, extrapolation, windows } = errors;
  const title = `What comes next in ${basename(data)}`;
  const share = 100 * (1 - model.mse / lastFrame.mse);
  const body = frame({
    kicker: 'Next frames',
    title,
    what: html`The ${wholeNumber(model.bySteps.length)} frames after those shown, told by the model of <b>${folder}</b> for <b>${wholeNumber(windows)}</b> pieces of clips that nothing was learned from.`,
    verdict:
      share > 0
        ? html`The error is ${figure(share)}% below that of showing the last frame again. Where it cannot know, the model says the mean of what may come: that is why frames blur.`
        : html`No better than showing the last frame again. Train longer, or on more clips.`,
    tiles: [
      { name: 'Error', value: figure(model.mse), note: 'mean squared; pixels are 0 … 1' },
      { name: 'Last frame', value: figure(lastFrame.mse), note: 'shown again and again' },
      { name: 'Extrapolation', value: figure(extrapolation.mse), note: 'going on as the last two frames changed' },
    ],
    sections: [pictures(), steps(errors)],
  });
  return renderPage(title, body, { title, contactSheet: await sheetOf(page) });
}

function pictures(): Section {
  return {
    id: 'pictures',
    title: 'Frames',
    lead: 'Of each clip: the last frame that was shown with those that came after it, what the model told, and what extrapolation gives.',
    body: chart('contact-sheet', 'Frames as they went on and as they were told'),
  };
}

function steps({ model, lastFrame, extrapolation }: FrameErrors): Section {
  return {
    id: 'steps',
    title: 'Step by step',
    lead: 'Mean squared error of each frame ahead.',
    body: scrollable(
      'Errors by step',
      html`<table>
<thead><tr><th scope="col">Frames ahead</th><th scope="col">this model</th><th scope="col">last frame</th><th scope="col">extrapolation</th></tr></thead>
<tbody>${model.bySteps.map(
        (mse, step) =>
          html`<tr><th scope="row">${step + 1}</th><td><b>${figure(mse)}</b></td><td>${figure(lastFrame.bySteps[step])}</td><td>${figure(extrapolation.bySteps[step])}</td></tr>`,
      )}</tbody></table>`,
    ),
  };
}

async function sheetOf({ trained, windows }: NextFrameReport): Promise<ContactSheet> {
  const [frames, channels, height, width] = trained.model.blueprint.shape;
  const length = frames * channels * height * width;
  const size = length / frames;
  const count = Math.min(SHOWN, windows.count);
  const some = { shown: windows.shown.subarray(0, count * length), count };
  const told = bytesOf(await nextFrames(trained, some));
  const simple = bytesOf(simpleFrames(some, frames, 'extrapolation'));
  const rows: string[][] = [];
  const pixels: Uint8Array[] = [];
  for (let clip = 0; clip < count; clip++) {
    const last = windows.shown.subarray((clip + 1) * length - size, (clip + 1) * length);
    for (const [name, values] of [
      ['true', windows.next],
      ['told', told],
      ['extrapolated', simple],
    ] as const) {
      pixels.push(last, values.subarray(clip * length, (clip + 1) * length));
      rows.push(['last shown', ...Array.from({ length: frames }, (_, at) => `${name}, +${at + 1}`)]);
    }
  }
  const joined = new Uint8Array(rows.length * (frames + 1) * size);
  let at = 0;
  for (const part of pixels) {
    joined.set(part, at);
    at += part.length;
  }
  return { pictures: imageStack(joined, [rows.length * (frames + 1), channels, height, width]), rows };
}
