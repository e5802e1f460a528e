/**
 * Nats of many examples by one graph, as it is exported, so that nothing is worked out value by value outside of the runtime.
 *
 *   scaled examples [runs, batch, …shape] ── Scan ── nats of each column, and of each example          as `surprisesOf`, in 32 bits
 */
import { OptionError } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { HostTensor, Program } from '../engine/engine.ts';
import { add, divide } from '../graph/ops/arithmetic.ts';
import { input } from '../graph/ops/input.ts';
import { scan } from '../graph/ops/scan.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import { parameterFeeds } from '../model/runner.ts';
import type { Member } from './detector.ts';
import { isToldClass, memberOutputs } from './interchange/inference-graph.ts';

export interface ColumnNats {
  /** Of each example. */
  readonly scores: Float32Array;
  /** Of each of its columns, `[count, columns]`. */
  readonly columns: Float32Array;
}

export interface ColumnScorer {
  /** Of examples as each of the members takes them. */
  score(parts: readonly Part[]): Promise<ColumnNats>;
  dispose(): Promise<void>;
}

export type Part = Pick<Dataset, 'values' | 'count' | 'hasMissing'>;

/** Examples that stay in the cache, and are enough for what a node costs to be nothing; fewer of wide ones. */
const BATCH = 512;
const BATCH_NUMBERS = 1 << 18;

/** @throws OptionError for models that are told the class of what they are shown. */
export function makeColumnScorer(members: readonly Member[]): ColumnScorer {
  const told = members.find(({ model }) => isToldClass(model));
  if (told)
    throw new OptionError({
      where: 'the detector',
      expected: 'models that are not told the class of a row',
      got: `kind ${told.model.blueprint.kind.name} that is`,
      fix: 'name a folder in --out, and the column of labels with --label',
    });
  const [{ model: first }] = members;
  const batch = Math.max(1, Math.min(BATCH, Math.floor(BATCH_NUMBERS / sizeOf(first.blueprint.shape))));
  // Rows without gaps, which most are, are not asked where theirs are.
  const programs = new Map<boolean, Promise<Program>>();
  const programFor = (hasGaps: boolean): Promise<Program> => {
    const program =
      programs.get(hasGaps) ?? members[0].engine.compile(scoreGraph(members, batch, hasGaps ? 'some' : 'none'));
    programs.set(hasGaps, program);
    return program;
  };
  return {
    async score(parts) {
      const [{ count }] = parts;
      const runs = Math.ceil(count / batch);
      const feeds: Record<string, HostTensor> = {};
      for (const [at, { model, parameters }] of members.entries()) {
        const { shape } = model.blueprint;
        for (const [name, tensor] of Object.entries(parameterFeeds(model, parameters))) feeds[`${at}.${name}`] = tensor;
        feeds[`rows${at}`] = {
          data: filledUp(parts[at].values, runs * batch * sizeOf(shape)),
          shape: [runs, batch, ...shape],
        };
      }
      const program = await programFor(parts.some(({ hasMissing }) => hasMissing));
      const { score, columns } = await program.run(feeds);
      const width = columns.data.length / score.data.length;
      return {
        scores: (score.data as Float32Array).subarray(0, count),
        columns: (columns.data as Float32Array).subarray(0, count * width),
      };
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
    },
  };
}

function scoreGraph(members: readonly Member[], batch: number, gaps: 'some' | 'none'): Record<string, Tensor> {
  const rows = members.map(({ model: { blueprint } }, at) => {
    const dtype = blueprint.inputScale === 1 ? 'float32' : 'uint8';
    return input(`rows${at}`, dtype, [2, batch, ...blueprint.shape], { anyLength: true });
  });
  const parameters = members.map(
    ({ model }, at) =>
      new Map(model.parameters.map(({ name, shape }) => [name, input(`${at}.${name}`, 'float32', shape)])),
  );
  const { outputs } = scan({ carried: [], scanned: rows }, (_, batches) => {
    const told = members.map((member, at) => memberOutputs(member, parameters[at], batches[at], gaps));
    const score = averaged(told.map((one) => one.score));
    const columns = averaged(told.map((one) => one.columns()));
    return { carried: [], outputs: [score, columns] };
  });
  return { score: outputs[0], columns: outputs[1] };
}

function averaged(tensors: readonly Tensor[]): Tensor {
  const total = tensors.reduce((sofar, tensor) => add(sofar, tensor));
  return tensors.length === 1 ? total : divide(total, tensors.length);
}

function filledUp(values: Dataset['values'], length: number): Dataset['values'] {
  if (values.length === length) return values;
  const filled = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  filled.set(values);
  return filled;
}
