/** Which tensor of another program's file is which parameter of a model here, and how it has to be turned. */
import * as z from 'zod';
import { ModelFileError, OptionError } from '../../base/errors.ts';
import { suggestion } from '../../base/options.ts';
import { columnScalingSchema } from '../../data/columns/scaling.ts';
import { sizeOf, stridesOf } from '../../graph/tensor.ts';
import type { ForeignTensor } from '../../model/file/foreign-safetensors.ts';
import type { Parameters } from '../../model/file/model-file.ts';
import type { Model } from '../../model/model.ts';

const lengths = z.array(z.int().min(1)).min(1).max(8);

const tensorSchema = z.union([
  z.string(),
  z.strictObject({
    from: z.string(),
    /** The tensor's numbers in this shape first. */
    shape: lengths.optional(),
    /** Then its axes in this order: axis i of ours is axis `axes[i]` of theirs. */
    axes: z.array(z.int().min(0)).optional(),
  }),
]);

export const weightMapSchema = z.strictObject({
  /** How layers lay out their weights: `torch` `[out, in]`, `keras` `[in, out]` and channels last. */
  layout: z.enum(['torch', 'keras']),
  /** What goes in: a scaling as in a model file, or the shape of an example with one offset and scale for all its numbers. */
  data: z
    .union([
      columnScalingSchema,
      z.strictObject({ shape: lengths, offset: z.number().default(0), scale: z.number().positive().default(1) }),
    ])
    .optional(),
  /** Options of the model, as `train` takes them, in camel case. */
  model: z.record(z.string(), z.json()).optional(),
  /** By the name of the parameter here. */
  tensors: z.record(z.string(), tensorSchema),
});

export type WeightMap = z.infer<typeof weightMapSchema>;

/** Parameters of `model`, and the tensors of the file that none of them is. @throws OptionError, ModelFileError. */
export function mappedParameters(
  model: Model,
  { layout, tensors }: Pick<WeightMap, 'layout' | 'tensors'>,
  file: ReadonlyMap<string, ForeignTensor>,
  where: string,
): { readonly parameters: Parameters; readonly unused: readonly string[] } {
  const known = model.parameters.map(({ name }) => name);
  for (const name of Object.keys(tensors))
    if (!known.includes(name))
      throw new OptionError({
        where: `the map, tensors.${name}`,
        expected: `a parameter of the model: ${known.join(', ')}`,
        got: name,
        fix: suggestion(name, known),
      });
  const used = new Set<string>();
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape } of model.parameters) {
    if (!Object.hasOwn(tensors, name))
      throw new OptionError({
        where: 'the map',
        expected: `a tensor for each parameter, ${name} [${shape}] among them`,
        got: 'none for it',
        fix: `add ${JSON.stringify(name)} to "tensors"`,
      });
    const rule = tensors[name];
    const { from, shape: first, axes } = typeof rule === 'string' ? { from: rule } : rule;
    const tensor = file.get(from);
    if (!tensor)
      throw new OptionError({
        where: `the map, tensors.${name}`,
        expected: `a tensor of ${where}: ${[...file.keys()].join(', ') || 'it has none'}`,
        got: JSON.stringify(from),
        fix: suggestion(from, [...file.keys()]),
      });
    used.add(from);
    parameters.set(name, turned(tensor, { name, from, shape, first, axes, layout }, where));
  }
  return { parameters, unused: [...file.keys()].filter((name) => !used.has(name)) };
}

interface Turn {
  readonly name: string;
  readonly from: string;
  /** Of the parameter. */
  readonly shape: readonly number[];
  readonly first?: readonly number[];
  readonly axes?: readonly number[];
  readonly layout: WeightMap['layout'];
}

function turned(tensor: ForeignTensor, { name, from, shape, first, axes, layout }: Turn, where: string): Float32Array {
  const given = first ?? tensor.shape;
  const order = axes ?? usualOrder(layout, given.length);
  const isOrder = order.toSorted((a, b) => a - b).join() === given.map((_, axis) => axis).join();
  const result = isOrder ? order.map((axis) => given[axis]) : [];
  const isSame = sizeOf(given) === sizeOf(tensor.shape) && sizeOf(given) === sizeOf(shape);
  // Kernels of series have a height of 1 here; what the map puts into another shape is only held to its size.
  const fits = first !== undefined || withoutOnes(result) === withoutOnes(shape);
  if (isOrder && isSame && fits) return transposed(tensor.read(), given, order);
  throw new ModelFileError({
    where: `${where}, tensor ${from}`,
    expected: `numbers for ${name} [${shape}]`,
    got: isOrder ? `[${tensor.shape}], turned into [${result}]` : `[${tensor.shape}] with axes ${order}`,
    fix: 'correct the map: its layout, or the axes of this tensor, or the options of the model',
  });
}

/** From the usual layouts to `[in, out]`, `[out, in, height, width]` and (of transposed convolutions) `[in, out, height, width]`. */
function usualOrder(layout: WeightMap['layout'], rank: number): number[] {
  const same = Array.from({ length: rank }, (_, axis) => axis);
  if (layout === 'torch') return rank === 2 ? [1, 0] : same;
  return rank === 4 ? [3, 2, 0, 1] : rank === 3 ? [2, 1, 0] : same;
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter((length) => length !== 1).join();
}

function transposed(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  if (order.every((axis, at) => axis === at)) return values;
  const target = order.map((axis) => shape[axis]);
  const [from, to] = [stridesOf(shape), stridesOf(target)];
  return Float32Array.from(values, (_, i) => {
    let flat = 0;
    for (const [axis, source] of order.entries()) flat += (Math.floor(i / to[axis]) % target[axis]) * from[source];
    return values[flat];
  });
}
