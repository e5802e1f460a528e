/**
 * Run by mpirun: every kind trained by the ranks through MPI, and what the state differs by from that of one process, as JSON from rank 0:
 * the largest difference, as a share of the largest number in a vector, at least of 1.
 */
import { joinRanks } from '../../src/distributed/mpi/session.ts';
import { kinds } from '../../src/model/kinds/kinds.ts';
import { type TinyOptions, tinyModel } from '../conformance/tiny-models.ts';
import { trained } from '../conformance/train-tiny.ts';

const options = { epochs: 2, optimizer: 'sgd', learningRate: 0.05, clip: 1 };
const cases: readonly (readonly [string, TinyOptions])[] = [
  ...kinds.map(({ name }) => [name, { kind: name }] as const),
  ['batch norm', { network: 'convolutional', networkOptions: { norm: 'batch' } }],
  ['recurrent', { kind: 'variational', network: 'recurrent', networkOptions: { dropout: 0.2 } }],
];

const session = await joinRanks();
const differences: Record<string, number> = {};
for (const [name, tiny] of cases) {
  const model = tinyModel(tiny);
  const together = await trained({ model, options, ranks: session.ranks });
  if (session.ranks.rank > 0) continue;
  const alone = await trained({ model, options });
  const expected = [...alone.state.vectors.values()].flat();
  const found = [...together.state.vectors.values()].flat();
  differences[name] = Math.max(
    ...expected.map((values, at) => {
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      return values.reduce((most, value, i) => Math.max(most, Math.abs(value - found[at][i])), 0) / scale;
    }),
  );
}
if (session.ranks.rank === 0) process.stdout.write(`${JSON.stringify(differences)}\n`);
session.leave();
