/** Runs a graph once on an engine, for tests that look at numbers. */
import type { Engine, HostTensor } from '../../src/engine/engine.ts';
import type { Tensor } from '../../src/graph/tensor.ts';

/** The values of `outputs`, as plain numbers. */
export async function runOnce(
  engine: Engine,
  outputs: readonly Tensor[],
  feeds: Readonly<Record<string, HostTensor>> = {},
): Promise<number[][]> {
  const program = await engine.compile(Object.fromEntries(outputs.map((tensor, at) => [`output${at}`, tensor])));
  const results = await program.run(feeds);
  await program.dispose();
  return outputs.map((_, at) => Array.from(results[`output${at}`].data, Number));
}
