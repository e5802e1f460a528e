/** One of two in the place of the other, and how that is found out. */
import { bytesOf, type Source, striped, swapper, type TwoSets } from 'autoencoder/browser';
import type { Shown } from '../shown.ts';
import { keep } from './keep.ts';
import { agreement, follow, number, type StudioUse } from './use.ts';

const MOST = 600;
const SHOWN = 12;
/** CSS pixels of a picture. */
const LARGE = 76;

export const swap: StudioUse = {
  name: 'Swap',
  about: 'One face in the place of another, and how that is found out.',
  makesModel: true,
  command: 'swap',
  refusal: ({ source }) =>
    twoSets(source.train, MOST) ? undefined : 'Pictures with two labels are needed: two people.',
  fields: () => [
    number('epochs', 4, 'how often the pictures are gone through', 1, 200),
    agreement(
      'consent',
      'Those who are seen in the pictures agree to this use of them. Drawn pictures need nobody’s word.',
    ),
  ],
  async run(context) {
    const { source, answers, engine, signal, isBuiltIn } = context;
    const sets = twoSets(source.train, MOST);
    if (!sets) throw new Error('internal: nothing to swap');
    if (!isBuiltIn && answers.consent !== true)
      return [
        { block: 'words', tone: 'warning', text: 'First make sure that those who are seen agree, and say so above.' },
      ];
    const own = await swapper(sets, { engine, signal, epochs: Number(answers.epochs), onEvent: follow(context) });
    context.progress('Swapping');
    const size = sets.shape.reduce((product, side) => product * side, 1);
    const some = { values: sets.values.subarray(0, SHOWN * size), labels: sets.labels.subarray(0, SHOWN) };
    const told = await own.swap(some, 'face');
    const { quality, detection } = own;
    return [
      { block: 'examples', name: 'As they are', shown: shownBytes(some.values, sets.shape), size: LARGE },
      { block: 'examples', name: 'Swapped, and marked as made', shown: marked(told, sets.shape), size: LARGE },
      {
        block: 'table',
        name: 'How well, on pictures that nothing was learned from',
        columns: ['', 'share or error'],
        rows: [
          ['swapped ones taken for the other', quality.takenForOther],
          ['real ones taken for whom they are', quality.recognised],
          ['error of pictures rebuilt', quality.rebuilt],
          ['error of pictures swapped there and back', quality.thereAndBack],
          ['swapped whole pictures told from real ones (area under ROC)', detection.whole],
          ['faces laid in told from real pictures (area under ROC)', detection.laidIn],
        ],
        about: 'A few epochs make faces of few strokes; the more there are, the sharper they become.',
      },
      ...keep('swap', 'PICTURES', await own.files()),
    ];
  },
};

function twoSets(source: Source, most: number): TwoSets | undefined {
  if (source.form !== 'array' || !(source.values instanceof Uint8Array) || source.labels?.names.length !== 2)
    return undefined;
  const [count, channels, height, width] = source.shape;
  if (channels === undefined || height === undefined || width === undefined) return undefined;
  const taken = Math.min(count, most);
  const [first, second] = source.labels.names;
  return {
    name: source.name,
    shape: [channels, height, width],
    values: source.values.subarray(0, taken * channels * height * width),
    labels: source.labels.values.subarray(0, taken),
    names: [first, second],
  };
}

function shownBytes(values: Uint8Array, [channels, height, width]: TwoSets['shape']): Shown {
  return {
    form: 'pictures',
    count: values.length / (channels * height * width),
    channels,
    height,
    width,
    values: values.slice(),
  };
}

/** With a band of stripes, so that nobody takes them for real. */
function marked(values: Float32Array, shape: TwoSets['shape']): Shown {
  const [channels, height, width] = shape;
  const size = channels * height * width;
  const bytes = new Uint8Array(values.length);
  for (let start = 0; start < values.length; start += size) {
    const picture = {
      name: '',
      channels: channels === 3 ? (3 as const) : (1 as const),
      height,
      width,
      values: values.subarray(start, start + size),
    };
    bytes.set(bytesOf(striped(picture).values), start);
  }
  return shownBytes(bytes, shape);
}
