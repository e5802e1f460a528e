/** What a use is to the page: a form, and results made of a few sorts of blocks. Uses are leaves; the page knows none by name. */
import type { Autoencoder, Engine, SourceWithTest } from 'autoencoder/browser';
import type { Job } from '../../offline/job.ts';
import type { Choice } from '../catalogue.ts';
import type { Cell, Shown } from '../shown.ts';

export type Block =
  | { readonly block: 'words'; readonly text: string; readonly tone?: 'verdict' | 'quiet' | 'warning' }
  | {
      readonly block: 'table';
      readonly name: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
      readonly about?: string;
    }
  | {
      readonly block: 'examples';
      readonly name: string;
      readonly shown: Shown;
      readonly captions?: readonly string[];
      readonly size?: number;
    }
  | {
      readonly block: 'curves';
      readonly name: string;
      readonly x: readonly number[];
      readonly xName: string;
      readonly lines: readonly {
        readonly name: string;
        readonly values: readonly (number | null)[];
        readonly isDashed?: boolean;
      }[];
    }
  /** Pictures of one size to be laid over one another; the first two to begin with. */
  | {
      readonly block: 'comparison';
      readonly name: string;
      readonly versions: readonly { readonly name: string; readonly shown: Shown }[];
    }
  /** Scores with a threshold that can be moved, and the rows above it with their reasons. */
  | {
      readonly block: 'scores';
      readonly name: string;
      readonly scores: Float32Array;
      readonly threshold: number;
      /** The highest ones, highest first. */
      readonly rows: readonly { readonly row: number; readonly score: number; readonly reasons: string }[];
      readonly shown: Shown;
      readonly truth?: readonly (boolean | null)[];
    }
  | { readonly block: 'file'; readonly name: string; readonly type: string; readonly bytes: Uint8Array };

export interface UseContext {
  readonly engine: Engine;
  readonly source: SourceWithTest;
  /** Of the page, where one was trained or opened. */
  readonly model: Autoencoder | undefined;
  /** By the names of the fields. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Whether the data were drawn by this program. */
  readonly isBuiltIn: boolean;
  readonly signal: AbortSignal;
  /** A page of one file that carries a model, by the bytes of its file. */
  page(job: Job, model: Uint8Array): Promise<string>;
  progress(text: string, share?: number): void;
  /** What there is to see before the end. */
  show(blocks: readonly Block[]): void;
}

export interface StudioUse {
  readonly name: string;
  readonly about: string;
  /** Whether it trains a model for itself; others work with that of the page. */
  readonly makesModel: boolean;
  readonly command: string;
  /** Why it cannot be done with these data and this model; undefined where it can. */
  refusal(context: Pick<UseContext, 'source' | 'model'>): string | undefined;
  fields(context: Pick<UseContext, 'source' | 'model'>): readonly Field[];
  run(context: UseContext): Promise<readonly Block[]>;
}

/** A form also asks for a line of text, or for a picture: a file. */
export interface Field extends Pick<Choice, 'name' | 'words' | 'least' | 'most' | 'description' | 'preset'> {
  readonly type: Choice['type'] | 'text' | 'picture';
}

export const number = (name: string, preset: number, description: string, least = 1, most?: number): Field => ({
  name,
  type: 'whole number',
  words: [],
  least,
  most,
  description,
  preset,
});

export const words = (name: string, choices: readonly string[], preset: string, description: string): Field => ({
  name,
  type: 'words',
  words: choices,
  description,
  preset,
});

export const line = (name: string, preset: string, description: string): Field => ({
  name,
  type: 'text',
  words: [],
  description,
  preset,
});

export const picture = (name: string, description: string): Field => ({
  name,
  type: 'picture',
  words: [],
  description,
});

export const agreement = (name: string, description: string): Field => ({
  name,
  type: 'switch',
  words: [],
  description,
  preset: false,
});

/** Training events as words of progress. */
export function follow({ progress }: Pick<UseContext, 'progress'>) {
  return (event: {
    readonly type: string;
    readonly step?: number;
    readonly steps?: number;
    readonly epoch?: number;
    readonly epochs?: number;
  }): void => {
    if (event.type !== 'progress' || !event.step || !event.steps) return;
    progress(`Learning, epoch ${event.epoch} of ${event.epochs}`, event.step / event.steps);
  };
}
