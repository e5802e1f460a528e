/** Run by mpirun: the library's `fit` over ranks, from memory and from files, beside one process; JSON from rank 0. */
import { autoencoder, joinRanks, nodeEngine, rowFiles } from '../../src/index.ts';

const [, , pattern, scratch, fault] = process.argv;
const session = await joinRanks();
const { rank } = session.ranks;
const engine = nodeEngine({ threads: 1 });
const plain = { epochs: 2, batchSize: 30, optimizer: 'sgd', learningRate: 0.01 };
const rows = rowFiles(pattern, { scratch });
const examples = Array.from({ length: 200 }, (_, row) =>
  Array.from({ length: 6 }, (__, at) => Math.sin(row * (at + 1))),
);

/** The codes of the first examples, of a model that was trained by all ranks or by this process alone. */
async function codesAfter(data: typeof rows | typeof examples, together: boolean): Promise<number[]> {
  const model = autoencoder({ latent: 2, hidden: [8], engine });
  await model.fit(data, { ...plain, ...(together ? { ranks: session } : {}) });
  if (Array.isArray(data)) return Array.from((await model.encode(data.slice(0, 10))).values);
  for await (const { source } of data.chunks({ rows: 10 })) return Array.from((await model.encode(source)).values);
  return [];
}

/** The message of what cannot begin. */
async function refusal(seed: number): Promise<string> {
  const model = autoencoder({ latent: 2, hidden: [8], engine });
  return model.fit(examples, { ...plain, seed, ranks: session }).then(
    () => 'trained',
    (error: Error) => error.message,
  );
}

const together = { memory: await codesAfter(examples, true), files: await codesAfter(rows, true) };
const refused = await refusal(rank);
if (fault === 'one ends') {
  // After a refusal that all survived, one that ends alone is still noticed.
  await codesAfter(examples, true);
  if (rank === 1) process.exit(7);
  await codesAfter(examples, true);
}
if (rank === 0) {
  const alone = { memory: await codesAfter(examples, false), files: await codesAfter(rows, false) };
  process.stdout.write(`${JSON.stringify({ together, alone, refused })}\n`);
}
session.leave();
