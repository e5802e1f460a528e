/** The process of one training that `autoencoder serve` was asked for: told what to do, and telling what happens, over its channel. */
import { makeRecipe } from '../applications/recipe.ts';
import { AutoencoderError, InterruptedError } from '../base/errors.ts';
import { type WorkMessage, type WorkRequest, workSchema } from '../server/job-work.ts';
import { readCheckpoint } from './run-folder.ts';
import { makeTerminal } from './terminal.ts';
import { trainInto } from './training-run.ts';

const controller = new AbortController();
const stop = (): void => controller.abort();
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// Without the server nobody waits: what was learned is kept in the checkpoint.
process.on('disconnect', stop);
process.once('message', async (message) => {
  await tell(await outcome(workSchema.parse(message)));
  process.off('disconnect', stop);
  if (process.connected) process.disconnect();
});

function tell(message: WorkMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}

async function outcome(request: WorkRequest): Promise<WorkMessage> {
  try {
    const { folder, isResumed, data, label, time, columns, limit, options, threads } = request;
    const resumed = isResumed ? await readCheckpoint(folder) : undefined;
    const setup = resumed?.setup ?? { data, label, time, columns, limit, engine: 'node' as const, threads, options };
    const learned = await trainInto(folder, {
      setup,
      recipe: makeRecipe(setup.options),
      from: resumed?.checkpoint,
      terminal: makeTerminal(true),
      signal: controller.signal,
      onEvent: (event) => void tell({ type: 'event', event }),
    });
    const { result, validation, test, baselines, warnings } = learned;
    const { bestEpoch, seconds, examplesPerSecond, history } = result;
    const more = { epochs: history.length, bestEpoch, seconds, examplesPerSecond };
    return { type: 'done', result: { validation, ...(test ? { test } : {}), baselines, warnings, ...more } };
  } catch (error) {
    if (error instanceof InterruptedError) return { type: 'stopped' };
    return {
      type: 'failed',
      message: error instanceof AutoencoderError ? error.message : 'an error inside the server',
    };
  }
}
