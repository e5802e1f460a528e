/** The half dozen functions of Open MPI (4 and 5) that training over ranks needs, called through koffi. */
import { EngineError } from '../../base/errors.ts';

/** All calls wait for the other ranks, and none of them may be left out by one. */
export interface Mpi {
  readonly rank: number;
  readonly size: number;
  /** Replaces `values` by their sums over the ranks (`MPI_Allreduce`). */
  sum(values: Float32Array): void;
  /** Replaces `bytes` by those of rank 0 (`MPI_Bcast`). */
  fromFirst(bytes: Uint8Array): void;
  /** Ends it in order; nothing may be called after. */
  finalize(): void;
  /** Ends all ranks, now, with that exit code. */
  abort(code: number): void;
}

/** What the library is called: of Open MPI 4 and 5 alike, then whatever the system takes for one. */
const LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libmpi.so.40', 'libmpi.so'],
  darwin: ['libmpi.40.dylib', 'libmpi.dylib'],
};

/** Where Open MPI takes what is sent from the same numbers that it answers to (`MPI_IN_PLACE`). */
const IN_PLACE = 1n;

/** @throws EngineError where koffi or Open MPI is missing, or does not start. */
export async function openMpi(libraries = LIBRARIES[process.platform] ?? []): Promise<Mpi> {
  const { default: koffi } = await import('koffi').catch((cause: unknown) => {
    throw missing('the package koffi, which calls it', 'run: npm install koffi', cause);
  });
  const library = firstOf(libraries, (name) => koffi.load(name, { global: true }));
  const functions = (() => {
    try {
      const symbol = (name: string): unknown => library.symbol(name, 'void *');
      return {
        world: symbol('ompi_mpi_comm_world'),
        float: symbol('ompi_mpi_float'),
        byte: symbol('ompi_mpi_byte'),
        add: symbol('ompi_mpi_op_sum'),
        init: library.func('int MPI_Init(void *, void *)'),
        rank: library.func('int MPI_Comm_rank(void *, _Out_ int *)'),
        size: library.func('int MPI_Comm_size(void *, _Out_ int *)'),
        allReduce: library.func('int MPI_Allreduce(void *, void *, int, void *, void *, void *)'),
        broadcast: library.func('int MPI_Bcast(void *, int, void *, int, void *)'),
        finalize: library.func('int MPI_Finalize()'),
        abort: library.func('int MPI_Abort(void *, int)'),
      };
    } catch (cause) {
      throw missing('Open MPI 4 or 5; another MPI has other symbols', INSTALL, cause);
    }
  })();
  const { world, float, byte, add } = functions;
  const numberFrom = (ask: (world: unknown, answer: number[]) => unknown): number => {
    const answer = [0];
    ask(world, answer);
    return answer[0];
  };
  // By default any later error ends the job: what is left is that it cannot begin.
  if (functions.init(null, null) !== 0)
    throw missing('Open MPI to start', 'start with: mpirun -np 2 autoencoder train …', undefined);
  return {
    rank: numberFrom(functions.rank),
    size: numberFrom(functions.size),
    sum: (values) => void functions.allReduce(IN_PLACE, values, values.length, float, add, world),
    fromFirst: (bytes) => void functions.broadcast(bytes, bytes.length, byte, 0, world),
    finalize: () => void functions.finalize(),
    abort: (code) => void functions.abort(world, code),
  };
}

const INSTALL = 'install Open MPI (Debian: apt install openmpi-bin) on every machine';

function missing(expected: string, fix: string, cause: unknown): EngineError {
  return new EngineError({ where: 'training over ranks (mpirun)', expected, got: 'none', fix }, { cause });
}

/** The first of `names` that can be opened. */
function firstOf<Library>(names: readonly string[], open: (name: string) => Library): Library {
  let cause: unknown;
  for (const name of names)
    try {
      return open(name);
    } catch (error) {
      cause ??= error;
    }
  throw missing(`the library of Open MPI, ${names[0] ?? 'which there is for Linux and macOS'}`, INSTALL, cause);
}
