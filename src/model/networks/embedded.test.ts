import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { gradient } from '../../graph/gradient.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { less, oneHot } from '../../graph/ops/comparison.ts';
import { exp, square } from '../../graph/ops/elementwise.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { collectParameters, type Trace, traceWith } from '../trace.ts';
import { dense } from './dense.ts';
import { embedded } from './embedded.ts';
import type { Network } from './network.ts';
import { recurrent } from './recurrent.ts';

const [TIME, WORDS] = [4, 5];
/** Two sequences, of which one is padded. */
const TOKENS = [0, 3, 2, 4, 1, 1, -1, -1];

const networks: Readonly<Record<string, Network>> = {
  dense: dense.make(dense.options.parse({ hidden: [6] })),
  'recurrent, fed with its own output': recurrent.make(
    recurrent.options.parse({ units: 6, decoding: 'free-running', direction: 'bidirectional' }),
  ),
  'recurrent, fed with the true one': recurrent.make(
    recurrent.options.parse({ units: 6, decoding: 'teacher-forcing' }),
  ),
};

const identity = Float64Array.from({ length: WORDS ** 2 }, (_, at) => Number(at % (WORDS + 1) === 0));
const known: Readonly<Record<string, Float64Array>> = {
  'encoder.embedding.weight': identity,
  'decoder.readout.weight': identity,
  'decoder.readout.bias': new Float64Array(WORDS),
};

/** Code, logits, and the gradient of both with respect to every parameter of the network itself, by name. */
function run(network: Network): Readonly<Record<string, Float64Array>> {
  const tokens = input('tokens', 'int32', [2, TIME]);
  const x = oneHot(tokens, WORDS);
  const missing = broadcastTo(reshape(less(tokens, constant(0, [], 'int32')), [2, TIME, 1]), x.shape);
  const build = (trace: Trace): readonly Tensor[] => {
    const code = network.encode(trace, x, 3, 1, missing);
    return [code, network.decode(trace, code, [TIME, WORDS], { target: x, shown: (output) => exp(output) })];
  };
  const specs = collectParameters(build);
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const outputs = build(traceWith(parameters, { purpose: 'training', key: constant([1, 2], [2], 'uint32') }));
  const random = createRandom(9);
  const numbers = specs.map(({ name, shape }) => {
    const own = random.fork(name);
    return [name, known[name] ?? Float64Array.from({ length: sizeOf(shape) }, () => 0.5 * own.normal())] as const;
  });
  const slopes = gradient(sum(square(outputs[1])), [...parameters.values()]);
  const values = evaluate([...outputs, ...slopes], { tokens: TOKENS, ...Object.fromEntries(numbers) });
  return Object.fromEntries(['code', 'logits', ...parameters.keys()].map((name, at) => [name, values[at]]));
}

test.each(Object.keys(networks))('with tables that change nothing the network is itself: %s', (name) => {
  const [plain, inTables] = [run(networks[name]), run(embedded(networks[name], WORDS, WORDS))];
  expect(Object.keys(inTables).filter((key) => !(key in plain))).toEqual(expect.arrayContaining(Object.keys(known)));
  for (const [key, values] of Object.entries(plain))
    for (const [at, value] of values.entries()) expect(inTables[key][at], `${key} at ${at}`).toBeCloseTo(value, 12);
});

test('no parameter but the tables and the loss is as wide as the vocabulary', () => {
  const shapes = collectParameters((trace) => {
    const x = oneHot(input('tokens', 'int32', [2, TIME]), 1000);
    const network = embedded(networks.dense, 1000, 7);
    network.decode(trace, network.encode(trace, x, 3, 1), [TIME, 1000]);
  }).map(({ name, shape }) => `${name} ${shape.join('×')}`);
  expect(shapes.filter((shape) => shape.includes('1000'))).toEqual([
    'encoder.embedding.weight 1000×7',
    'decoder.readout.weight 7×1000',
    'decoder.readout.bias 1000',
  ]);
});
