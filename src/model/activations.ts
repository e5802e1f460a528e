/** What the layers of an encoder give for examples: the numbers on the way to the code. */
import type { Engine } from '../engine/engine.ts';
import { input } from '../graph/ops/input.ts';
import { inputsFirst } from '../graph/order.ts';
import type { Shape, Tensor } from '../graph/tensor.ts';
import { type Examples, exampleFeeds, exampleInputs } from './examples.ts';
import type { Parameters } from './file/model-file.ts';
import type { Model } from './model.ts';
import { parameterFeeds, parameterInputs } from './runner.ts';
import { traceWith } from './trace.ts';

export interface LayerActivation {
  /** The layer that reads it, as its parameters are named: `encoder.1`; `code` for the code itself. */
  readonly before: string;
  /** `[count, …]` */
  readonly shape: Shape;
  readonly values: Float32Array;
}

/**
 * What every layer with weights reads but the first one, which reads the example; and the code. In the order of the layers. Layers within
 * loops (recurrent ones) are not looked into.
 */
export async function activationsOf(
  engine: Engine,
  model: Model,
  parameters: Parameters,
  examples: Examples,
): Promise<LayerActivation[]> {
  const { count } = examples;
  const rows = input('index', 'int32', [count]);
  const take = exampleInputs(model);
  const known = parameterInputs(model);
  const trace = traceWith(known, { purpose: 'inference', key: input('keys', 'uint32', [2]) });
  const { code } = model.posterior(trace, model.read(trace, take(rows)));
  const read = new Map<string, Tensor>();
  const names = new Map([...known].map(([name, tensor]) => [tensor.node, name]));
  for (const { inputs } of inputsFirst(code.node, () => false)) {
    const weight = inputs.map(({ node }) => names.get(node)).find((name) => /^encoder\..*weight$/.test(name ?? ''));
    const [seen] = inputs;
    if (weight !== undefined && seen.shape[0] === count) read.set(weight.slice(0, weight.lastIndexOf('.')), seen);
  }
  const layers = [...[...read].slice(1), ['code', code] as const];
  const program = await engine.compile(Object.fromEntries(layers.map(([, tensor], at) => [`layer${at}`, tensor])));
  try {
    const results = await program.run({
      ...parameterFeeds(model, parameters),
      ...exampleFeeds(model, examples),
      index: { data: Int32Array.from({ length: count }, (_, at) => at), shape: [count] },
      keys: { data: new Uint32Array(2), shape: [2] },
    });
    return layers.map(([before, { shape }], at) => ({
      before,
      shape,
      values: Float32Array.from(results[`layer${at}`].data),
    }));
  } finally {
    await program.dispose();
  }
}
