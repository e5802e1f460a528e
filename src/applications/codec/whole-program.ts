/** A network in whole numbers on a runtime, which is asked first whether it adds as it should. */
import { EngineError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { type Engine, float32, type Program } from '../../engine/engine.ts';
import { minimum, multiply } from '../../graph/ops/arithmetic.ts';
import { floor, relu } from '../../graph/ops/elementwise.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { affine } from '../../graph/ops/matmul.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { evaluateWhole, MOST_BETWEEN, type WholeNetwork } from './whole-network.ts';

export interface WholeProgram {
  /** `[count, inputs]` → `[count, units]`, whole numbers both. */
  run(numbers: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * The network on `engine`, for any number of examples at once; a program for each number.
 *
 * @throws EngineError from `run`, where the runtime does not give what plain arithmetic gives.
 */
export function wholeProgram(network: WholeNetwork, engine: Engine): WholeProgram {
  const { layers } = network;
  const inputs = layers[0].weight.length / layers[0].bias.length;
  const programs = new Map<number, Promise<Program>>();
  const compiled = async (count: number): Promise<Program> => {
    const program = await engine.compile({ y: graphOf(network, inputs, count) });
    await requireExact(network, inputs, count, program, engine);
    return program;
  };
  return {
    async run(numbers, count) {
      const known = programs.get(count) ?? compiled(count);
      programs.set(count, known);
      const { y } = await (await known).run({ x: float32(numbers, [count, inputs]) });
      return y.data as Float32Array;
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

function graphOf({ layers }: WholeNetwork, inputs: number, count: number): Tensor {
  return layers.reduce(
    (x, { weight, bias, drop }, at) => {
      const units = bias.length;
      const sums = affine(x, constant(weight, [weight.length / units, units]), constant(bias, [units]));
      if (at === layers.length - 1) return sums;
      return minimum(floor(multiply(relu(sums), 2 ** -drop)), MOST_BETWEEN);
    },
    input('x', 'float32', [count, inputs]),
  );
}

/** Numbers from end to end of what may go in, through both: a runtime that rounds products to fewer digits is found out. */
async function requireExact(
  network: WholeNetwork,
  inputs: number,
  count: number,
  program: Program,
  engine: Engine,
): Promise<void> {
  const random = createRandom(count);
  const numbers = Float32Array.from(
    { length: count * inputs },
    () => random.integer(2 * network.most + 1) - network.most,
  );
  const { y } = await program.run({ x: float32(numbers, [count, inputs]) });
  const expected = evaluateWhole(network, numbers);
  const at = expected.findIndex((value, place) => y.data[place] !== value);
  if (at < 0) return;
  throw new EngineError({
    where: `${engine.name} ${engine.version}`,
    expected: `sums of whole numbers that are exact (${expected[at]})`,
    got: `${y.data[at]}`,
    fix: 'use another engine (--engine), one that does not round products to fewer digits',
  });
}
