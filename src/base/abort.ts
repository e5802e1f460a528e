/** Work that may be called off. */
import { InterruptedError } from './errors.ts';

/** Ends the work where its `AbortSignal` says so. @throws InterruptedError */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (!signal?.aborted) return;
  throw new InterruptedError(`${where}: interrupted while reading`, { cause: signal.reason });
}
