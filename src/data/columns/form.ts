/** How raw values become network inputs and back: plain JSON, kept in the model file. */
import * as z from 'zod';

const finite = z.number();
const positive = z.number().positive();
const shape = z.array(z.number().int().positive());

const numericRule = z.strictObject({
  type: z.literal('numeric'),
  name: z.string(),
  /** scaled = (raw − offset) / scale */
  offset: finite,
  scale: positive,
  /** All training values were equal; the scale is then 1. */
  isConstant: z.boolean(),
});

const categoryRule = z.strictObject({
  type: z.literal('category'),
  name: z.string(),
  /** One input each (one-hot), in this order. */
  categories: z
    .array(z.string())
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'categories must be distinct'),
});

const pixels = z.strictObject({
  form: z.literal('pixels'),
  /** Of one example; the graph divides its bytes by 255. */
  shape,
});

const columns = z.strictObject({
  form: z.literal('columns'),
  columns: z
    .array(z.discriminatedUnion('type', [numericRule, categoryRule]))
    .min(1)
    .refine((rules) => new Set(rules.map((rule) => rule.name)).size === rules.length, 'names must be distinct'),
});

const array = z
  .strictObject({
    form: z.literal('array'),
    /** Of one example. */
    shape,
    /** Per feature, row-major: scaled = (raw − offset) / scale. */
    offset: z.array(finite),
    scale: z.array(positive),
    /** Features that were equal in all training examples; their scale is 1. */
    constant: z.array(z.number().int().nonnegative()),
  })
  .refine(
    (form) => {
      const size = form.shape.reduce((product, length) => product * length, 1);
      return form.offset.length === size && form.scale.length === size && form.constant.every((i) => i < size);
    },
    { error: 'offset, scale and constant must fit the shape' },
  );

const tokens = z.strictObject({
  form: z.literal('tokens'),
  /** Of one example. */
  shape,
  /** Values are whole numbers below this; a negative one is padding: a missing value. */
  vocabulary: z.number().int().positive(),
});

/** Reads a `ColumnScaling` strictly, e.g. out of a model file. */
export const columnScalingSchema = z.discriminatedUnion('form', [pixels, columns, array, tokens]);

export type ColumnScaling = z.infer<typeof columnScalingSchema>;
export type ColumnRule = z.infer<typeof columns>['columns'][number];

export type ScalingMethod = 'standard' | 'minmax' | 'none';

/** Inputs that one column takes. */
export function ruleWidth(rule: ColumnRule): number {
  return rule.type === 'numeric' ? 1 : rule.categories.length;
}

/** Where the one-hot groups of category columns are among the numbers of a scaled row, as [from, to); absent where data is no table. */
export function categoryGroups(scaling: ColumnScaling): readonly (readonly [from: number, to: number])[] | undefined {
  if (scaling.form !== 'columns') return undefined;
  let end = 0;
  return scaling.columns.flatMap((rule) => {
    const from = end;
    end += ruleWidth(rule);
    return rule.type === 'category' ? [[from, end] as const] : [];
  });
}

/** Shape of one scaled example. */
export function scaledShape(scaling: ColumnScaling): readonly number[] {
  return scaling.form === 'columns' ? [featureCount(scaling)] : scaling.shape;
}

/** Numbers in one scaled example. */
export function featureCount(scaling: ColumnScaling): number {
  if (scaling.form !== 'columns') return scaling.shape.reduce((product, length) => product * length, 1);
  return scaling.columns.reduce((sum, rule) => sum + ruleWidth(rule), 0);
}

/** A name for each number of a scaled example: `age`, `sex=female`, `feature3`, `[0,5,7]`. */
export function featureNames(scaling: ColumnScaling): string[] {
  if (scaling.form === 'columns') {
    return scaling.columns.flatMap((rule) =>
      rule.type === 'numeric' ? [rule.name] : rule.categories.map((category) => `${rule.name}=${category}`),
    );
  }
  return arrayFeatureNames(scaling.shape);
}

/** Names by position: `feature1` … for rows of numbers, `[channel,row,column]` otherwise. */
export function arrayFeatureNames(example: readonly number[]): string[] {
  const size = example.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, i) => (example.length === 1 ? `feature${i + 1}` : positionName(i, example)));
}

/** `[0,5,7]` for a row-major position. */
export function positionName(position: number, lengths: readonly number[]): string {
  const parts: number[] = [];
  let rest = position;
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    parts.unshift(rest % lengths[axis]);
    rest = Math.floor(rest / lengths[axis]);
  }
  return `[${parts.join(',')}]`;
}

/** Columns or features that never varied in training: they carry nothing, and any change in them is not scaled. */
export function constantColumns(scaling: ColumnScaling): string[] {
  switch (scaling.form) {
    case 'pixels':
    case 'tokens':
      return [];
    case 'array': {
      const names = arrayFeatureNames(scaling.shape);
      return scaling.constant.map((i) => names[i]);
    }
    case 'columns':
      return scaling.columns
        .filter((rule) => (rule.type === 'numeric' ? rule.isConstant : rule.categories.length === 1))
        .map((rule) => rule.name);
    default:
      return scaling satisfies never;
  }
}
