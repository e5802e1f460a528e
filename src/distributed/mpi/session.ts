/**
 * This process as one rank of several, from joining to leaving. What fails before all have agreed to begin fails on all, told once; a rank
 * that fails alone later ends the others, who would wait for it for ever.
 */
import { AutoencoderError } from '../../base/errors.ts';
import { agree } from '../../training/agree.ts';
import type { RankGroup, Ranks } from '../../training/ranks.ts';
import { openMpi } from './binding.ts';
import { sumInPlace } from './sum-in-place.ts';

export interface RankSession extends RankGroup {
  /** Bytes of rank 0, for all; what the others give is not looked at. */
  shared(bytes: Uint8Array): Promise<Uint8Array>;
  /** Parts in order: called by all ranks, when there is nothing more to exchange. */
  leave(): void;
  /** Says that all ranks are about to end with the same error as this one. */
  endAlike(): void;
  isAlike(): boolean;
}

/** An error of one rank that all end with. */
class SharedError extends AutoencoderError {
  override readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * Joins the other ranks, the processes that `mpirun` started beside this one; needs Open MPI and the package koffi. From then on the process
 * ends as it should towards them: in order where all end alike, else it ends all.
 *
 * @example
 * // mpirun -np 2 node train.mjs
 * const session = await joinRanks();
 * const model = autoencoder({ latent: 32, engine: nodeEngine({ threads: 1 }) });
 * await model.fit(await loadData('digits'), { batchSize: 512, ranks: session });
 * if (session.ranks.rank === 0) await model.save('model.safetensors');
 * @throws EngineError where MPI is missing.
 */
export async function joinRanks(): Promise<RankSession> {
  const mpi = await openMpi();
  const { rank, size } = mpi;
  let isOver = false;
  let isAlike = false;
  const endAlike = (): void => {
    isAlike = true;
  };
  // A program that caught what all failed with, and goes on.
  const goOn = (): void => {
    isAlike = false;
  };
  const leave = (): void => {
    if (!isOver) mpi.finalize();
    isOver = true;
  };
  process.once('exit', (code) => {
    // In order, all wait here until the last has said what it has to say.
    if (code === 0 || isAlike || isOver) leave();
    else mpi.abort(code);
  });
  const ranks: Ranks = {
    rank,
    size,
    sum: async (arrays) => sumInPlace(arrays, mpi.sum),
    fromFirst: async (bytes) => mpi.fromFirst(bytes),
  };
  return {
    ranks,
    async together<Made>(work: () => Promise<Made>) {
      goOn();
      const [made, error] = await work().then(
        (value) => [value, undefined] as const,
        (cause: unknown) => [undefined, cause] as const,
      );
      if (error !== undefined && !(error instanceof AutoencoderError)) throw error;
      const codes = new Float32Array(size);
      codes[rank] = error?.exitCode ?? 0;
      await ranks.sum([codes]);
      const failed = codes.findIndex((code) => code !== 0);
      if (failed === -1) return made as Made;
      endAlike();
      const message = await messageOf(ranks, failed, error?.message ?? '');
      throw new SharedError(failed === 0 ? message : `rank ${failed}: ${message}`, codes[failed], { cause: error });
    },
    async agree(facts) {
      goOn();
      try {
        await agree(ranks, facts);
      } catch (error) {
        endAlike();
        throw error;
      }
    },
    async shared(bytes) {
      const length = Float64Array.of(bytes.length);
      mpi.fromFirst(new Uint8Array(length.buffer));
      const all = rank === 0 ? bytes : new Uint8Array(length[0]);
      mpi.fromFirst(all);
      return all;
    },
    leave,
    endAlike,
    isAlike: () => isAlike,
  };
}

/** The message of the rank that `failed`, for all. */
async function messageOf({ rank, sum }: Ranks, failed: number, own: string): Promise<string> {
  const bytes = rank === failed ? new TextEncoder().encode(own) : new Uint8Array(0);
  const length = Float32Array.of(bytes.length);
  await sum([length]);
  const text = new Float32Array(length[0]);
  text.set(bytes);
  await sum([text]);
  return new TextDecoder().decode(Uint8Array.from(text));
}
