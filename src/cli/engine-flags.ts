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
        .createOption('--threads <n>', `processor threads (default: AUTOENCODER_THREADS, or ${threads})`)
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

/** Threads that were asked for, by a flag or for all commands. Not a value of the flag: a run is gone on with without it. */
export function givenThreads({ threads }: Pick<EngineFlags, 'threads'>): number | undefined {
  const { AUTOENCODER_THREADS: said } = process.env;
  return threads ?? (said ? countParser('AUTOENCODER_THREADS')(said) : undefined);
}

/** One processor is left to the thread that reads, where the user does not say: two that wait for one another take longer. */
export function besideReading<Flags extends EngineFlags>(flags: Flags): Flags {
  return { ...flags, threads: givenThreads(flags) ?? Math.max(1, availableParallelism() - 1) };
}

/** What computes, for people: `onnxruntime-node, 2 threads`. */
export function engineWords({ name, threads }: Engine): string {
  return `${name}, ${threads} thread${threads > 1 ? 's' : ''}`;
}

/** Loaded when asked for: a command that computes nothing starts no runtime. */
export async function openEngine(flags: EngineFlags): Promise<Engine> {
  const threads = givenThreads(flags);
  if (flags.engine === 'web') return (await import('../engine/web.ts')).webEngine({ threads });
  return (await import('../engine/node.ts')).nodeEngine({ threads });
}
