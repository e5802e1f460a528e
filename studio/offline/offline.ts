/** The program of a page of one file: a model at work without a runtime. */
import {
  byteStream,
  datasetFor,
  decodeModelFile,
  formatOf,
  fromBase64,
  imageFiles,
  makeRunner,
  plainEngine,
  readImages,
  type Source,
  undoScaling,
} from 'autoencoder/browser';
import { browserDecoder } from '../worker/pictures.ts';
import { rowErrors } from '../worker/row-errors.ts';
import { show } from '../worker/shown.ts';
import type { Job } from './job.ts';

void begin();

async function begin(): Promise<void> {
  const work = element('work');
  try {
    const job = JSON.parse(element('job').textContent ?? '') as Job;
    const bytes = fromBase64(element('model').textContent ?? '');
    const saved = await decodeModelFile(bytes, 'the model of this page');
    if (job.does === 'decode') decoding(work, job, saved);
    else detecting(work, job, saved);
  } catch (error) {
    work.textContent = error instanceof Error ? error.message : String(error);
  }
}

type Saved = Awaited<ReturnType<typeof decodeModelFile>>;

/** A slider for every number of the code, and what it decodes to. */
function decoding(work: HTMLElement, { range, code }: Job, { model, parameters, card }: Saved): void {
  const runner = makeRunner(plainEngine(), model);
  const own = Float32Array.from(code);
  const place = made('div', { id: 'decoded' });
  const sliders = made('div', { class: 'sliders' });
  work.append(place, sliders);
  let isBusy = false;
  let isStale = false;
  const decode = async (): Promise<void> => {
    if (isBusy) {
      isStale = true;
      return;
    }
    isBusy = true;
    do {
      isStale = false;
      const values = await runner.decode(parameters, own);
      place.replaceChildren(drawn(undoScaling(card.scaling, values, 1, 'decoded')));
    } while (isStale);
    isBusy = false;
  };
  for (const [at, [least, most]] of range.entries()) {
    const slider = made('input', {
      type: 'range',
      min: least,
      max: most,
      step: (most - least) / 200 || 1,
      value: own[at],
    });
    const output = made('output', {}, own[at].toFixed(2));
    slider.addEventListener('input', () => {
      own[at] = Number((slider as HTMLInputElement).value);
      output.textContent = own[at].toFixed(2);
      void decode();
    });
    sliders.append(made('label', {}, made('span', {}, `${at + 1}`), slider, output));
  }
  void decode();
}

/** A file of examples, and which of them are unlike what was learned from. */
function detecting(work: HTMLElement, { threshold, quantile }: Job, { model, parameters, card }: Saved): void {
  const runner = makeRunner(plainEngine(), model);
  const input = made('input', { type: 'file', multiple: '', id: 'file' });
  const place = made('div', { 'aria-live': 'polite', id: 'found' });
  work.append(
    made(
      'p',
      {},
      `Choose a file like that which it learned from. What is rebuilt worse than ${(100 * quantile).toFixed(0)} % of that was is told.`,
    ),
    made('p', {}, made('label', { for: 'file' }, 'Examples '), input),
    place,
  );
  input.addEventListener('change', async () => {
    const files = [...((input as HTMLInputElement).files ?? [])];
    if (files.length === 0) return;
    try {
      const data = datasetFor(card, await sourceOf(files), 'the model of this page');
      const { reconstruction } = await runner.reconstruct(parameters, data);
      const { errors, worst } = rowErrors(data, reconstruction);
      const order = Array.from(errors.keys()).sort((a, b) => errors[b] - errors[a]);
      const unlike = order.filter((row) => errors[row] > threshold);
      const names = card.scaling.form === 'columns' ? namesOf(card.scaling.columns) : undefined;
      place.replaceChildren(
        made('p', { class: 'verdict' }, `${unlike.length} of ${data.count} are unlike what it learned from.`),
        made(
          'table',
          {},
          made('thead', {}, row('th', ['example', 'error', ...(names ? ['worst rebuilt'] : []), ''])),
          made(
            'tbody',
            {},
            ...order
              .slice(0, 50)
              .map((at) =>
                row('td', [
                  data.names?.[at] ?? `${at + 1}`,
                  errors[at].toPrecision(3),
                  ...(names ? [names[worst[at]] ?? ''] : []),
                  errors[at] > threshold ? 'unlike' : '',
                ]),
              ),
          ),
        ),
      );
    } catch (error) {
      place.replaceChildren(
        made('p', { class: 'problem', role: 'alert' }, error instanceof Error ? error.message : String(error)),
      );
    }
  });
}

/** A column for each number that the model sees. */
function namesOf(
  columns: readonly { readonly name: string; readonly type: string; readonly categories?: readonly string[] }[],
): string[] {
  return columns.flatMap(({ name, categories }) => (categories ? categories.map(() => name) : [name]));
}

async function sourceOf(files: readonly File[]): Promise<Source> {
  const [first] = files;
  if (imageFiles.test(first.name)) {
    return readImages(
      first.name,
      files.map((file) => ({ name: file.name, read: async () => new Uint8Array(await file.arrayBuffer()) })),
      browserDecoder,
    );
  }
  const format = formatOf(first.name);
  if (!format) throw new Error(`${first.name}: give a table (.csv, .jsonl), an array (.npy) or pictures`);
  return format.read(byteStream(first.name, new Uint8Array(await first.arrayBuffer())), {});
}

function drawn(source: Source): HTMLElement {
  const shown = show(source);
  if (shown.form === 'rows') {
    return made(
      'table',
      {},
      made('thead', {}, row('th', shown.columns)),
      made(
        'tbody',
        {},
        ...shown.rows.map((cells) =>
          row(
            'td',
            cells.map((cell) => (typeof cell === 'number' ? cell.toPrecision(4) : `${cell}`)),
          ),
        ),
      ),
    );
  }
  if (shown.form === 'curves') {
    const { values, width } = shown;
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const points = Array.from(
      values,
      (value, x) => `${(300 * x) / width},${100 - (96 * (value - least)) / (most - least || 1)}`,
    );
    const picture = made('div', { class: 'wave' });
    picture.innerHTML = `<svg viewBox="0 0 300 104" role="img" aria-label="Decoded"><polyline points="${points.join(' ')}"/></svg>`;
    return picture;
  }
  const { width, height, channels, values } = shown;
  const canvas = made('canvas', { width, height, role: 'img', 'aria-label': 'Decoded' }) as HTMLCanvasElement;
  const context = canvas.getContext('2d');
  const image = context?.createImageData(width, height);
  if (!context || !image) return canvas;
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * pixel + channel] = values[(channels === 3 ? channel : 0) * width * height + pixel];
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function row(tag: 'td' | 'th', cells: readonly string[]): HTMLElement {
  return made('tr', {}, ...cells.map((cell) => made(tag, {}, cell)));
}

function made(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
  node.append(...children);
  return node;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`internal: no ${id} in the page`);
  return found;
}
