/** Rows of pictures for a sheet: one, and those that belong to it. */
import { nearestIn } from '../applications/exact-search.ts';
import { asExamples } from '../applications/sample-quality.ts';
import { labelAt, picturesAt, smallPicturesOf } from '../applications/search-index.ts';
import type { TrainedModel } from '../applications/trained.ts';
import type { Dataset, Labels } from '../data/dataset.ts';
import type { SmallPictures } from '../data/small-pictures.ts';
import { takeExamples } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { SheetRow } from './contact-sheet.ts';
import { figure } from './figures.ts';

/** Of pictures on these pages: larger ones are averaged down. */
export const LONGEST_SIDE = 64;

/** Rows on a page, and pictures beside the first of each. */
const ROWS = 8;
const BESIDE = 6;

/** Examples that were made, in scaled units. */
interface Made {
  readonly values: Float32Array;
  readonly count: number;
  readonly labels?: Labels;
}

/** Made pictures beside those of the data that are nearest, pixel by pixel; none where the data is no pictures. */
export async function nearestRows(
  { engine, model }: Pick<TrainedModel, 'engine' | 'model'>,
  made: Made,
  known: Dataset,
): Promise<SheetRow[]> {
  const some = firstOf(made, ROWS);
  const { values } = asExamples({ model }, some);
  const { shape } = known;
  const seen = smallPicturesOf({ ...some, values, shape }, LONGEST_SIDE);
  if (!seen) return [];
  const width = sizeOf(shape);
  const top = Math.min(BESIDE, known.count);
  const request = { asked: { values, width }, all: { values: known.values, width }, top };
  const { rows, distances } = await nearestIn({ engine, distance: 'euclidean', ...request });
  const unit = Math.sqrt(width) / model.blueprint.inputScale;
  return Array.from({ length: some.count }, (_, row) => {
    const found = takeExamples(known, rows.subarray(row * top, (row + 1) * top));
    return {
      pictures: joined(picturesAt(seen, [row]), smallPicturesOf(found, LONGEST_SIDE) ?? picturesAt(seen, [])),
      captions: [
        words('made', labelAt(some, row)),
        ...Array.from({ length: top }, (_, at) => words(labelAt(found, at), figure(distances[row * top + at] / unit))),
      ],
    };
  });
}

/** Pictures of the data beside those that were made of them; `from` says of which each was. */
export function originRows(
  { model }: Pick<TrainedModel, 'model'>,
  made: Made & { readonly from: Int32Array },
  data: Dataset,
): SheetRow[] {
  const { shape } = data;
  const [seen, all] = [
    smallPicturesOf({ ...made, values: asExamples({ model }, made).values, shape }, LONGEST_SIDE),
    smallPicturesOf(data, LONGEST_SIDE),
  ];
  if (!seen || !all) return [];
  return Array.from({ length: Math.min(ROWS, data.count, made.count) }, (_, row) => {
    const own = [...made.from.keys()].filter((at) => made.from[at] === row).slice(0, BESIDE);
    return {
      pictures: joined(picturesAt(all, [row]), picturesAt(seen, own)),
      captions: [words(data.names?.[row] ?? String(row + 1), labelAt(data, row)), ...own.map((at) => String(at + 1))],
    };
  });
}

/** Ways that begin at pictures of the data (and end at others), each with all its steps. */
export function wayRows(
  { model, data }: Pick<TrainedModel, 'model'> & { readonly data?: Dataset },
  { values, count, steps }: Made & { readonly steps: number },
  from: readonly number[],
  to: readonly number[] | undefined,
): SheetRow[] {
  const { shape } = model.blueprint;
  const seen = smallPicturesOf({ values: asExamples({ model }, { values, count }).values, count, shape }, LONGEST_SIDE);
  const all = data && smallPicturesOf(data, LONGEST_SIDE);
  if (!seen) return [];
  return from.slice(0, ROWS).map((row, way) => {
    const own = picturesAt(
      seen,
      Array.from({ length: steps }, (_, step) => way * steps + step),
    );
    const shares = Array.from({ length: steps }, (_, step) => figure(steps === 1 ? 0 : step / (steps - 1)));
    if (!data || !all) return { pictures: own, captions: shares };
    const begun = joined(picturesAt(all, [row]), own);
    const captions = [words(data.names?.[row] ?? String(row + 1), labelAt(data, row)), ...shares];
    if (to === undefined) return { pictures: begun, captions };
    const end = to[way];
    return {
      pictures: joined(begun, picturesAt(all, [end])),
      captions: [...captions, words(data.names?.[end] ?? String(end + 1), labelAt(data, end))],
    };
  });
}

function firstOf({ values, count, labels }: Made, most: number): Made {
  const shown = Math.min(most, count);
  return {
    values: values.subarray(0, shown * (values.length / count)),
    count: shown,
    ...(labels ? { labels: { ...labels, values: labels.values.subarray(0, shown) } } : {}),
  };
}

function joined(first: SmallPictures, others: SmallPictures): SmallPictures {
  const [count, ...shape] = others.shape;
  const pixels = new Uint8Array(first.pixels.length + others.pixels.length);
  pixels.set(first.pixels);
  pixels.set(others.pixels, first.pixels.length);
  return { pixels, shape: [first.shape[0] + count, ...shape] };
}

function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}
