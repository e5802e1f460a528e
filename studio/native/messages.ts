/** What the page and the process that trains for it say to one another. */
import type { SourceWithTest, TrainingEvent } from 'autoencoder/browser';
import type { Look } from '../worker/look.ts';
import type { Outcome } from '../worker/training.ts';

/** What to train, from the page; once. */
export interface Wish {
  readonly source: SourceWithTest;
  readonly options: Readonly<Record<string, unknown>>;
  /** Bytes to go on from. */
  readonly checkpoint?: Uint8Array;
}

/** What happens, to the page. */
export type Told =
  | { readonly type: 'event'; readonly event: TrainingEvent }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'checkpoint'; readonly checkpoint: Uint8Array; readonly epoch: number }
  | { readonly type: 'ended'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly message: string };

/** What the page asks of a training that is under way; the path of the request. */
export const commands = ['pause', 'goOn', 'stop'] as const;
export type Command = (typeof commands)[number];
