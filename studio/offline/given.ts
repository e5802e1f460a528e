/** What is given to a page of one file, and what it gives back. */
import {
  byteStream,
  DataError,
  formatOf,
  imageFiles,
  type Picture,
  readImages,
  type Source,
} from 'autoencoder/browser';
import { browserDecoder, pixelsOf } from '../worker/pictures.ts';
import { unpacked } from '../worker/unpacked.ts';
import { made } from './elements.ts';

/** A field for files that hands over what is chosen; `take` may reject with what to say. */
export function given(name: string, place: HTMLElement, take: (files: readonly File[]) => Promise<void>): HTMLElement {
  const input = made('input', { type: 'file', multiple: '', id: 'file' }) as HTMLInputElement;
  input.addEventListener('change', async () => {
    const files = [...(input.files ?? [])];
    if (files.length === 0) return;
    place.replaceChildren(made('p', { class: 'quiet' }, 'Working…'));
    input.disabled = true;
    try {
      // Once it is painted: what comes then keeps the page busy.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await take(files);
    } catch (error) {
      place.replaceChildren(problem(error));
    } finally {
      input.disabled = false;
    }
  });
  return made('p', {}, made('label', { for: 'file' }, `${name} `), input);
}

export function problem(error: unknown): HTMLElement {
  return made('p', { class: 'problem', role: 'alert' }, error instanceof Error ? error.message : String(error));
}

/** The examples in `files`: pictures, or one file of data. @throws DataError for files that cannot be read. */
export async function sourceOf(files: readonly File[]): Promise<Source> {
  const [first] = files;
  if (imageFiles.test(first.name)) {
    return readImages(
      first.name,
      files.map((file) => ({ name: file.name, read: async () => new Uint8Array(await file.arrayBuffer()) })),
      browserDecoder,
    );
  }
  const format = formatOf(first.name);
  if (!format) throw unknown(first.name, 'a table (.csv, .json, .jsonl, .parquet), an array (.npy) or pictures');
  return format.read(byteStream(first.name, await unpacked(first)), {});
}

/** A picture of any size; what is transparent is NaN where `holes` says so, and white otherwise. */
export async function pictureOf(file: File, holes?: 'transparent'): Promise<Picture> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const unreadable = unknown(file.name, 'a picture (.png, .jpg, .webp)');
  const { channels } = await browserDecoder.measure(bytes).catch(() => Promise.reject(unreadable));
  const { data, width, height } = await pixelsOf(bytes);
  const clear = holes && (await pixelsOf(bytes, 'transparent')).data;
  const area = width * height;
  const values = Float32Array.from({ length: channels * area }, (_, at) => {
    const pixel = 4 * (at % area);
    return clear && clear[pixel + 3] < 128 ? Number.NaN : data[pixel + Math.floor(at / area)] / 255;
  });
  return { name: file.name, channels, height, width, values };
}

function unknown(name: string, expected: string): DataError {
  return new DataError({ where: name, expected, got: 'another sort of file', fix: 'save it as one of these' });
}
