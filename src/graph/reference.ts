/** The definition of what a graph computes: slow, obvious, float64. The oracle of the tests; nothing at run time uses it. */
import { inputsFirst } from './order.ts';
import type { EvaluateBody, Tensor } from './tensor.ts';

/** Numbers for the inputs of a graph, by name. */
export type Feeds = Readonly<Record<string, ArrayLike<number>>>;

/** The values of `outputs`, row-major. */
export function evaluate(outputs: readonly Tensor[], feeds: Feeds): Float64Array[] {
  const known = new Map<Tensor, Float64Array>();
  return outputs.map((output) => numbersOf(output, known, feeds));
}

function numbersOf(tensor: Tensor, known: Map<Tensor, Float64Array>, feeds: Feeds): Float64Array {
  const value = known.get(tensor);
  if (value) return value;
  for (const node of inputsFirst(tensor.node, ({ outputs }) => known.has(outputs[0]))) {
    const { input } = node.operation;
    if (input) {
      if (!(input.name in feeds)) throw new Error(`internal: no value for graph input ${input.name}`);
      known.set(node.outputs[0], Float64Array.from(feeds[input.name]));
      continue;
    }
    const inputs = node.inputs.map((t) => numbersOf(t, known, feeds));
    const evaluateBody: EvaluateBody = (body, values) => {
      // A fresh table each time round: the variables differ, and what is outside is cheap to find again in tests.
      const inner = new Map(known);
      for (const [index, variable] of body.variables.entries()) inner.set(variable, values[index]);
      return body.results.map((result) => numbersOf(result, inner, feeds));
    };
    const results = node.operation.evaluate(inputs, node, evaluateBody);
    for (const [index, output] of node.outputs.entries()) known.set(output, results[index]);
  }
  const computed = known.get(tensor);
  if (!computed) throw new Error(`internal: ${tensor.node.operation.name} gave no output ${tensor.index}`);
  return computed;
}
