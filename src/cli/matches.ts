/** What a search found, for pages: pictures with a few words under each. */
import { labelAt, type Match, picturesAt, type SearchIndex, searchLike } from '../applications/search-index.ts';
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
  for (let at = 0; at < count; at++) {
    const row = Math.floor((at * names.length) / count);
    const found = await searchLike(engine, index, names[row], FOUND);
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
  const words = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((part) => part !== undefined).join(' · ');
  return [
    {
      pictures: { pixels, shape: [1 + found.length, ...shape] },
      captions: [
        words(asked.name, asked.label),
        ...found.map(({ name, label, distance }) => words(name, label, short(distance))),
      ],
    },
  ];
}
