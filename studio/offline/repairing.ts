/** A page that repairs pictures of any size, one after the other, in a worker made of the page's own program. */
import {
  decodeModelFile,
  denoise,
  encodePngGrid,
  inpaint,
  makeRunner,
  openRestorer,
  type Picture,
  plainEngine,
  type Restoration,
  upscale,
} from 'autoencoder/browser';
import { download } from '../src/parts/download.ts';
import { sourceOfPicture } from '../worker/shown.ts';
import { beforeAndAfter, made } from './elements.ts';
import { given, pictureOf, problem } from './given.ts';
import type { RepairJob } from './job.ts';

type Restorer = ReturnType<typeof openRestorer>;

const uses: Readonly<Record<string, (restorer: Restorer, picture: Picture, how: unknown) => Promise<Picture>>> = {
  denoise: by(denoise),
  inpaint: by(inpaint),
  upscale: by(upscale),
};

function by<How>(use: Restoration<How>) {
  return (restorer: Restorer, picture: Picture, how: unknown): Promise<Picture> =>
    use.repair(restorer, picture, use.schema.parse(how));
}

interface Request {
  readonly job: RepairJob;
  readonly model: Uint8Array;
  readonly picture: Picture;
}

type Answer = { readonly repaired: Picture } | { readonly problem: string };

/** Answers one request, in a worker. */
export async function repairHere({ job, model, picture }: Request): Promise<Answer> {
  try {
    const saved = await decodeModelFile(model, 'the model of this page');
    const engine = plainEngine();
    const restorer = openRestorer({ ...saved, engine, runner: makeRunner(engine, saved.model) });
    const repair = uses[job.use];
    if (!repair) throw new Error(`internal: no use ${job.use}`);
    return { repaired: await repair(restorer, picture, job.how) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** @param script The page's own program. */
export function repairing(work: HTMLElement, job: RepairJob, model: Uint8Array, script: string): void {
  const place = made('div', { 'aria-live': 'polite', id: 'repaired' });
  const input = given('Pictures', place, async (files) => {
    place.replaceChildren();
    for (const file of files) {
      const card = made('div', {});
      place.append(card);
      try {
        const picture = await pictureOf(file, job.holes);
        const repaired = await repairedIn(script, { job, model, picture }, card);
        if (repaired) card.replaceChildren(pairOf(picture, repaired));
      } catch (error) {
        card.replaceChildren(problem(error));
      }
    }
  });
  work.append(made('p', {}, job.about), input, place);
}

/** Undefined where somebody stopped it. */
function repairedIn(script: string, request: Request, card: HTMLElement): Promise<Picture | undefined> {
  const { name, height, width } = request.picture;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(address);
  const began = Date.now();
  const told = made('span', {});
  const stop = made('button', { type: 'button' }, 'Stop');
  card.replaceChildren(made('p', { class: 'quiet' }, `${name}, ${width} × ${height}: working, `, told, ' ', stop));
  const tell = (): void => {
    told.textContent = `${Math.round((Date.now() - began) / 1000)} s`;
  };
  tell();
  const clock = setInterval(tell, 1000);
  return new Promise<Picture | undefined>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      'repaired' in data ? resolve(data.repaired) : reject(new Error(`${name}: ${data.problem}`));
    worker.onerror = (event) => reject(new Error(`${name}: ${event.message}`));
    stop.addEventListener('click', () => {
      card.replaceChildren(made('p', { class: 'quiet' }, `${name}: stopped.`));
      resolve(undefined);
    });
    worker.postMessage(request);
  }).finally(() => {
    clearInterval(clock);
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}

function pairOf(before: Picture, after: Picture): HTMLElement {
  const name = `${before.name.replace(/\.\w+$/, '')}-repaired.png`;
  const save = made('button', { type: 'button' }, `Save ${name}`);
  save.addEventListener('click', () => download(name, 'image/png', encodePngGrid(sourceOfPicture(after))));
  return made(
    'div',
    {},
    beforeAndAfter(sourceOfPicture(before), sourceOfPicture(after), before.name),
    made('p', {}, save),
  );
}
