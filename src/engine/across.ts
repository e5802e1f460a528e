/** A graph with sums over ranks as a program: the engine runs segment after segment, and the sums are made in between. */
import { cutAcross } from '../graph/segments.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import type { Engine, HostTensor, Program } from './engine.ts';

/** Replaces the numbers of every array by their sums over the ranks; all ranks give arrays of the same lengths. */
export type SumOverRanks = (arrays: readonly Float32Array[]) => Promise<void>;

export interface AcrossProgram {
  /** As of a program. All ranks have to run it, or none gets an answer. */
  run(inputs: Readonly<Record<string, HostTensor>>, sum: SumOverRanks): Promise<Record<string, HostTensor>>;
  dispose(): Promise<void>;
  /** How many numbers are summed, exchange by exchange: the same on all ranks, or they cannot work together. */
  readonly exchanges: readonly (readonly number[])[];
}

/** Makes the graph of the named `outputs` ready to run beside other ranks. */
export async function compileAcross(engine: Engine, outputs: Readonly<Record<string, Tensor>>): Promise<AcrossProgram> {
  const segments = cutAcross(outputs);
  const programs: Program[] = [];
  for (const segment of segments) programs.push(await engine.compile(segment.outputs));
  return {
    async run(inputs, sum) {
      const values: Record<string, HostTensor> = { ...inputs };
      for (const [at, { sums }] of segments.entries()) {
        Object.assign(values, await programs[at].run(values));
        if (sums.length > 0) await sum(sums.map((name) => values[name].data as Float32Array));
      }
      return Object.fromEntries(Object.keys(outputs).map((name) => [name, values[name]]));
    },
    async dispose() {
      for (const program of programs) await program.dispose();
    },
    exchanges: segments
      .filter(({ sums }) => sums.length > 0)
      .map(({ sums, outputs: given }) => sums.map((name) => sizeOf(given[name].shape))),
  };
}
