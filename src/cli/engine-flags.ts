/** Flags that choose the engine. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Engine } from '../engine/engine.ts';
import { countParser, oneOf } from './flags.ts';

export interface EngineFlags {
  readonly engine: 'node' | 'web';
  readonly threads?: number;
}

const GROUP = 'Machine:';

/** `threads` says how many there are where nobody says. */
export function addEngineFlags(command: Command, threads = 'all cores'): void {
  command
    .addOption(
      command
        .createOption('--threads <n>', `processor threads (default: ${threads})`)
        .env('AUTOENCODER_THREADS')
        .argParser(countParser('--threads'))
        .helpGroup(GROUP),
    )
    .addOption(
      oneOf(command.createOption('--engine <name>', 'what computes: native (node) or WebAssembly (web)'), [
        'node',
        'web',
      ])
        .default('node')
        .helpGroup(GROUP),
    );
}

/** One processor is left to the thread that reads, where the user does not say: two that wait for one another take longer. */
export function besideReading<Flags extends EngineFlags>(flags: Flags): Flags {
  return { ...flags, threads: flags.threads ?? Math.max(1, availableParallelism() - 1) };
}

/** What computes, for people: `onnxruntime-node, 2 threads`. */
export function engineWords({ name, threads }: Engine): string {
  return `${name}, ${threads} thread${threads > 1 ? 's' : ''}`;
}

/** Loaded when asked for: a command that computes nothing starts no runtime. */
export async function openEngine({ engine, threads }: EngineFlags): Promise<Engine> {
  if (engine === 'web') return (await import('../engine/web.ts')).webEngine({ threads });
  return (await import('../engine/node.ts')).nodeEngine({ threads });
}
