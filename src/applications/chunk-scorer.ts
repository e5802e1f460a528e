/**
 * Scores of many rows by one graph, as it is exported, so that nothing is worked out value by value outside of the runtime.
 *
 *   scaled rows [runs, batch, …shape] ── Scan ── nats of each column ── score          as `surprisesOf`, in 32 bits
 */
import { OptionError } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Program } from '../engine/engine.ts';
import { input } from '../graph/ops/input.ts';
import { scan } from '../graph/ops/scan.ts';
import { sizeOf } from '../graph/tensor.ts';
import { parameterFeeds, parameterInputs } from '../model/runner.ts';
import type { Member } from './detector.ts';
import { isToldClass, memberOutputs } from './interchange/inference-graph.ts';

export interface ChunkScores {
  /** Nats of each example. */
  readonly scores: Float32Array;
  /** Nats of each column, `[count, columns]`. */
  readonly columns: Float32Array;
}

export interface ChunkScorer {
  /** Of examples as the members take them. */
  score(parts: readonly Part[]): Promise<ChunkScores>;
  dispose(): Promise<void>;
}

type Part = Pick<Dataset, 'values' | 'count' | 'hasMissing'>;

/** Rows that stay in the cache, and are enough for what a node costs to be nothing. */
const BATCH = 512;

/** @throws OptionError for models that are told the class of what they are shown. */
export async function makeChunkScorer(members: readonly Member[]): Promise<ChunkScorer> {
  const told = members.find(({ model }) => isToldClass(model));
  if (told)
    throw new OptionError({
      where: 'the detector',
      expected: 'models that are not told the class of a row',
      got: `kind ${told.model.blueprint.kind.name} that is`,
      fix: 'name a folder in --out, and the column of labels with --label',
    });
  // Rows without gaps, which most are, are not asked where theirs are.
  const programs = members.map(() => new Map<boolean, Promise<Program>>());
  const programFor = (at: number, hasGaps: boolean): Promise<Program> => {
    const program = programs[at].get(hasGaps) ?? compiled(members[at], hasGaps ? 'some' : 'none');
    programs[at].set(hasGaps, program);
    return program;
  };
  const scoreOne = async (at: number, data: Part): Promise<ChunkScores> => {
    const { model, parameters } = members[at];
    const runs = Math.ceil(data.count / BATCH);
    const { shape } = model.blueprint;
    const { score, columns } = await (await programFor(at, data.hasMissing)).run({
      ...parameterFeeds(model, parameters),
      rows: { data: filledUp(data.values, runs * BATCH * sizeOf(shape)), shape: [runs, BATCH, ...shape] },
    });
    const [scores, nats] = [score.data as Float32Array, columns.data as Float32Array];
    const width = nats.length / scores.length;
    return { scores: scores.subarray(0, data.count), columns: nats.subarray(0, data.count * width) };
  };
  return {
    async score(parts) {
      const first = await scoreOne(0, parts[0]);
      if (members.length === 1) return first;
      const all = [first];
      for (let at = 1; at < members.length; at++) all.push(await scoreOne(at, parts[at]));
      return {
        scores: averaged(all.map(({ scores }) => scores)),
        columns: averaged(all.map(({ columns }) => columns)),
      };
    },
    async dispose() {
      for (const program of programs.flatMap((each) => [...each.values()])) await (await program).dispose();
    },
  };
}

async function compiled(member: Member, gaps: 'some' | 'none'): Promise<Program> {
  const { shape, inputScale } = member.model.blueprint;
  const rows = input('rows', inputScale === 1 ? 'float32' : 'uint8', [2, BATCH, ...shape], { anyLength: true });
  const parameters = parameterInputs(member.model);
  const { outputs } = scan({ carried: [], scanned: [rows] }, (_, [batch]) => {
    const { score, columns } = memberOutputs(member, parameters, batch, gaps);
    return { carried: [], outputs: [score, columns()] };
  });
  return member.engine.compile({ score: outputs[0], columns: outputs[1] });
}

function filledUp(values: Dataset['values'], length: number): Dataset['values'] {
  if (values.length === length) return values;
  const filled = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  filled.set(values);
  return filled;
}

function averaged(all: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(all[0].length);
  for (const one of all) for (let at = 0; at < sum.length; at++) sum[at] += one[at];
  return Float32Array.from(sum, (value) => value / all.length);
}
