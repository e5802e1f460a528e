/**
 * The process that trains for the page of `autoencoder studio`: reads what to train, tells what happens, both in packed values; commands
 * come over its channel.
 */
import { nodeEngine } from 'autoencoder';
import { begin } from '../worker/training.ts';
import { type Command, commands, type Told, type Wish } from './messages.ts';
import { pack, unpackAll } from './packed.ts';

let isKeeping = false;
const threads = Number(process.argv[2]) || undefined;
// Who asked has gone.
process.on('disconnect', () => process.exit());

const { value } = await unpackAll(process.stdin).next();
const { source, options, checkpoint } = value as Wish;
try {
  const running = begin(
    {
      source,
      options,
      checkpoint,
      listener: {
        event: (event) => void tell({ type: 'event', event }),
        look: (look) => void tell({ type: 'look', look }),
        saved: () => {},
      },
      keep: async (checkpoint, epoch) => keep(checkpoint, epoch),
    },
    nodeEngine({ threads }),
  );
  process.on('message', (command: Command) => commands.includes(command) && running[command]());
  await tell({ type: 'ended', outcome: await running.ended });
} catch (error) {
  await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
process.exit();

/** One checkpoint at a time is on its way: a page that reads slowly gets fewer of them, and the training does not wait. */
function keep(checkpoint: Uint8Array, epoch: number): void {
  if (isKeeping) return;
  isKeeping = true;
  void tell({ type: 'checkpoint', checkpoint, epoch }).then(() => {
    isKeeping = false;
  });
}

/** Settles when it has gone out. */
function tell(told: Told): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(pack(told), () => resolve());
  });
}
