/**
 * From what a user has to what the network sees, as ONNX nodes: the same arithmetic as `data/columns/apply.ts`, in double precision like there.
 *
 *   uint8 pictures ─────────────────────────────────────────────── scaled (the graph divides by 255)
 *   float32 arrays ── (raw − offset) / scale ───────────────────── scaled
 *   int64 tokens ── padding becomes NaN ────────────────────────── scaled
 *   a column each: float64 numbers ── (raw − offset) / scale ──┬── scaled
 *                  texts ── one-hot, NaN where none is known ──┘
 */
import { OptionError } from '../../base/errors.ts';
import type { ColumnRule, ColumnScaling } from '../../data/columns/form.ts';
import type { NodeList } from '../../engine/onnx/node-list.ts';
import { ELEMENT_TYPE, type OnnxType, type OnnxValue } from '../../engine/onnx/protobuf.ts';
import type { ModelCard } from '../../model/file/model-file.ts';

/** One input or output of the file, as its users see it. */
export interface RawValue {
  readonly name: string;
  readonly dtype: OnnxType;
  /** Without the batch, which comes first. */
  readonly shape: readonly number[];
  readonly description: string;
}

/** The inputs of data that is scaled so; `nameFor` makes names that are not taken. */
export function rawInputs(scaling: ColumnScaling, nameFor: (wanted: string) => string): RawValue[] {
  const examples = (dtype: OnnxType, shape: readonly number[], description: string): RawValue[] => [
    { name: nameFor('examples'), dtype, shape, description },
  ];
  switch (scaling.form) {
    case 'pixels':
      return examples('uint8', scaling.shape, 'pictures, [batch, channels, height, width], bytes 0 to 255');
    case 'array':
      return examples('float32', scaling.shape, 'numbers in the units of the training data; NaN where missing');
    case 'tokens':
      return examples(
        'int64',
        scaling.shape,
        `tokens: whole numbers from 0 to ${scaling.vocabulary - 1}; negative ones are padding`,
      );
    case 'columns':
      return scaling.columns.map((rule) => columnInput(rule, nameFor));
    default:
      return scaling satisfies never;
  }
}

function columnInput(rule: ColumnRule, nameFor: (wanted: string) => string): RawValue {
  const name = nameFor(rule.name);
  const column = `column ${JSON.stringify(rule.name)}`;
  if (rule.type === 'numeric')
    return { name, dtype: 'float64', shape: [], description: `${column}: numbers as in training; NaN where missing` };
  return {
    name,
    dtype: 'string',
    shape: [],
    description: `${column}: one of ${listed(rule.categories)}; an empty text where missing`,
  };
}

const MOST_LISTED = 20;

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, MOST_LISTED).map((text) => JSON.stringify(text));
  return texts.length > MOST_LISTED ? `${shown.join(', ')} and ${texts.length - MOST_LISTED} more` : shown.join(', ');
}

/** The input of classes. @throws OptionError where they have no names. */
export function labelInput(
  { blueprint, data: { labelNames } }: ModelCard,
  nameFor: (wanted: string) => string,
): RawValue {
  if (labelNames.length === blueprint.classes)
    return {
      name: nameFor('label'),
      dtype: 'string',
      shape: [],
      description: `class of each example: one of ${labelNames.map((name) => JSON.stringify(name)).join(', ')}; any other text where unknown`,
    };
  throw new OptionError({
    where: 'export',
    expected: `the names of the ${blueprint.classes} classes that the model is told`,
    got: `${labelNames.length}`,
    fix: 'train it on data with labels (--label)',
  });
}

/** Inputs and outputs as JSON, for programs that read the metadata. */
export function toldValues(values: readonly OnnxValue[]): string {
  return JSON.stringify(values.map(({ dtype, ...value }) => ({ ...value, type: dtype })));
}

/** What a category is taken for that was not there in training: missing, or (by detectors) one that is none of those known. */
export type UnseenAs = 'missing' | 'none of them';

/** Adds the nodes between the inputs, in the order of `rawInputs`, and the scaled values, whose name it gives. */
export function addScaling(
  list: NodeList,
  scaling: ColumnScaling,
  names: readonly string[],
  unseenAs: UnseenAs,
): string {
  switch (scaling.form) {
    case 'pixels':
      return names[0];
    case 'array': {
      const { shape, offset, scale } = scaling;
      return scaled(list, toDouble(list, names[0]), shape, offset, scale);
    }
    case 'tokens': {
      const isPadding = list.add('Less', [names[0], list.numbers('int64', [], [0])]);
      const number = list.add('Cast', [names[0]], { to: { int: ELEMENT_TYPE.float32 } });
      return list.add('Where', [isPadding, list.numbers('float32', [], [Number.NaN]), number]);
    }
    case 'columns':
      return scaledColumns(list, scaling.columns, names, unseenAs);
    default:
      return scaling satisfies never;
  }
}

function toDouble(list: NodeList, name: string): string {
  return list.add('Cast', [name], { to: { int: ELEMENT_TYPE.float64 } });
}

/** (raw − offset) / scale of doubles, as float32. */
function scaled(
  list: NodeList,
  raw: string,
  shape: readonly number[],
  offset: readonly number[],
  scale: readonly number[],
): string {
  const shifted = list.add('Sub', [raw, list.numbers('float64', shape, offset)]);
  const divided = list.add('Div', [shifted, list.numbers('float64', shape, scale)]);
  return list.add('Cast', [divided], { to: { int: ELEMENT_TYPE.float32 } });
}

function scaledColumns(
  list: NodeList,
  rules: readonly ColumnRule[],
  names: readonly string[],
  unseenAs: UnseenAs,
): string {
  const parts: string[] = [];
  const last = list.numbers('int64', [1], [1]);
  const upright = (name: string): string => list.add('Unsqueeze', [name, last]);
  // Neighbouring numbers go through the arithmetic together.
  let run: { readonly name: string; readonly offset: number; readonly scale: number }[] = [];
  const endRun = (): void => {
    if (run.length === 0) return;
    const columns = run.map(({ name }) => upright(name));
    const raw = columns.length === 1 ? columns[0] : list.add('Concat', columns, { axis: { int: 1 } });
    const [offset, scale] = [run.map((column) => column.offset), run.map((column) => column.scale)];
    parts.push(scaled(list, raw, [run.length], offset, scale));
    run = [];
  };
  for (const [at, rule] of rules.entries()) {
    if (rule.type === 'numeric') {
      run.push({ name: names[at], offset: rule.offset, scale: rule.scale });
      continue;
    }
    endRun();
    parts.push(oneHotOf(list, upright(names[at]), rule.categories, unseenAs));
  }
  endRun();
  return parts.length === 1 ? parts[0] : list.add('Concat', parts, { axis: { int: 1 } });
}

/** Texts `[batch, 1]` as `[batch, categories]`, NaN throughout where there is none. */
function oneHotOf(list: NodeList, texts: string, categories: readonly string[], unseenAs: UnseenAs): string {
  const { hot, isKnown } = matches(list, texts, categories);
  const gap = list.numbers('float32', [], [Number.NaN]);
  if (unseenAs === 'missing') return list.add('Where', [isKnown, hot, gap]);
  return list.add('Where', [list.add('Equal', [texts, list.texts([], [''])]), gap, hot]);
}

function matches(list: NodeList, texts: string, categories: readonly string[]) {
  const isEqual = list.add('Equal', [texts, list.texts([1, categories.length], categories)]);
  const hot = list.add('Cast', [isEqual], { to: { int: ELEMENT_TYPE.float32 } });
  const most = list.add('ReduceMax', [hot, list.numbers('int64', [1], [1])], { keepdims: { int: 1 } });
  return { hot, isKnown: list.add('Cast', [most], { to: { int: ELEMENT_TYPE.bool } }) };
}

/** Adds the nodes between names of classes, `[batch]`, and their numbers, int32 `[batch]`, −1 where there is no such class. */
export function addClasses(list: NodeList, name: string, labels: readonly string[]): string {
  const { hot, isKnown } = matches(list, list.add('Unsqueeze', [name, list.numbers('int64', [1], [1])]), labels);
  const place = list.add('ArgMax', [hot], { axis: { int: 1 }, keepdims: { int: 1 } });
  const number = list.add('Where', [isKnown, place, list.numbers('int64', [], [-1])]);
  const whole = list.add('Cast', [number], { to: { int: ELEMENT_TYPE.int32 } });
  return list.add('Squeeze', [whole, list.numbers('int64', [1], [1])]);
}
