/** What a search found, for pages: pictures with a few words under each. */
import { type Place, placeWords } from '../applications/picture-parts.ts';
import { labelAt, type Match, openSearch, picturesAt, type SearchIndex } from '../applications/search-index.ts';
import type { SmallPictures } from '../data/small-pictures.ts';
import type { Engine } from '../engine/engine.ts';
import type { SheetRow } from '../report/contact-sheet.ts';
import { short } from './terminal.ts';

/** Pictures that are shown with what is like them, and how many of that. */
const SHOWN = 8;
const FOUND = 8;

/** A few of the index, spread over it, with what is most like each; none where they are no pictures. */
export async function sheetWithin(engine: Engine, index: SearchIndex): Promise<SheetRow[]> {
  const { names, pictures } = index;
  if (!pictures || names.length < 2) return [];
  const count = Math.min(SHOWN, names.length);
  const rows: SheetRow[] = [];
  const open = openSearch(engine, index);
  for (let at = 0; at < count; at++) {
    const row = Math.floor((at * names.length) / count);
    const found = await open.like(names[row], FOUND);
    rows.push(
      ...sheetRow(index, { picture: picturesAt(pictures, [row]), name: names[row], label: labelAt(index, row) }, found),
    );
  }
  return rows;
}

export interface AskedPicture {
  /** Made small. */
  readonly picture: SmallPictures;
  readonly name: string;
  readonly label?: string;
}

/** A picture with those found for it; none where the index has no pictures. */
export function sheetRow(index: SearchIndex, asked: AskedPicture, found: readonly Match[]): SheetRow[] {
  if (!index.pictures) return [];
  const seen = picturesAt(
    index.pictures,
    found.map(({ row }) => row),
  );
  const [, ...shape] = seen.shape;
  const pixels = new Uint8Array(asked.picture.pixels.length + seen.pixels.length);
  pixels.set(asked.picture.pixels);
  pixels.set(seen.pixels, asked.picture.pixels.length);
  const size = seen.pixels.length / Math.max(1, found.length);
  for (const [at, { part }] of found.entries()) {
    const from = asked.picture.pixels.length + at * size;
    if (part) dimAround(pixels.subarray(from, from + size), shape, part, index);
  }
  const words = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((part) => part !== undefined).join(' · ');
  return [
    {
      pictures: { pixels, shape: [1 + found.length, ...shape] },
      captions: [
        words(asked.name, asked.label),
        ...found.map(({ name, label, distance, part }) =>
          words(name, label, short(distance), part && placeWords(part)),
        ),
      ],
    },
  ];
}

/** What is left of the brightness around the part that was found. */
const DIMMED = 0.35;

/** Darkens a small picture but for a part of it, in place. */
function dimAround(
  pixels: Uint8Array,
  [, height, width]: readonly number[],
  part: Place,
  { parts }: Pick<SearchIndex, 'parts'>,
): void {
  // Parts reach to the edges.
  const across = width / Math.max(...parts.map((own) => own.x + own.width));
  const down = height / Math.max(...parts.map((own) => own.y + own.height));
  for (const [at, value] of pixels.entries()) {
    const x = ((at % width) + 0.5) / across - part.x;
    const y = ((Math.floor(at / width) % height) + 0.5) / down - part.y;
    const isInside = x >= 0 && x < part.width && y >= 0 && y < part.height;
    if (!isInside) pixels[at] = Math.round(DIMMED * value);
  }
}
