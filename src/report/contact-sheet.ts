/** Pictures beside what was found for them. */
import { type SmallPictures, smallPictures } from '../data/small-pictures.ts';
import { chart, type Section } from './frame.ts';
import { type ContactSheet, imageStack } from './report-data.ts';

/** One picture, and what was found for it. */
export interface SheetRow {
  /** The picture, then those found, best first. */
  readonly pictures: SmallPictures;
  /** A few words under each. */
  readonly captions: readonly string[];
}

const FOUND = {
  id: 'pictures',
  title: 'What is found',
  lead: 'First the picture that was asked for, then what is most like it, best first; under each its name, its label where one is known, and how far it is.',
};

/** The section with its data, under these words, of pictures at most `longest` pixels a side (32 when absent); nothing without pictures. */
export function contactSheet(
  rows: readonly SheetRow[],
  words: Omit<Section, 'body'> = FOUND,
  longest?: number,
): { readonly section: Section; readonly drawn: ContactSheet } | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const small = rows.map(({ pictures }) => smallPictures(pictures, longest));
  const [, ...shape] = small[0].shape;
  const pixels = new Uint8Array(small.reduce((sum, stack) => sum + stack.pixels.length, 0));
  let at = 0;
  for (const stack of small) {
    pixels.set(stack.pixels, at);
    at += stack.pixels.length;
  }
  const count = small.reduce((sum, stack) => sum + stack.shape[0], 0);
  return {
    section: {
      ...words,
      body: chart('contact-sheet', words.title),
    },
    drawn: { pictures: imageStack(pixels, [count, ...shape]), rows: rows.map(({ captions }) => captions) },
  };
}
