/** What a page of one file does, and what it must know for it. */
import { type decodeModelFile, toBase64 } from 'autoencoder/browser';

/** The model of a page, read. */
export type Saved = Awaited<ReturnType<typeof decodeModelFile>>;

/** Sliders for the numbers of a code. */
export interface DecodeJob {
  readonly does: 'decode';
  readonly title: string;
  /** Least and most of every number of the code. */
  readonly range: readonly (readonly [number, number])[];
  /** Where the sliders are at the beginning. */
  readonly code: readonly number[];
}

/** Which examples of a file are unlike those learned from. */
export interface DetectJob {
  readonly does: 'detect';
  readonly title: string;
  /** Errors that so large a share of what was learned from stays below. */
  readonly threshold: number;
  readonly quantile: number;
}

/** Examples as the model rebuilds them: without noise, if that is what it has learned. */
export interface RebuildJob {
  readonly does: 'rebuild';
  readonly title: string;
}

/** Pictures of any size repaired by a model made for that. */
export interface RepairJob {
  readonly does: 'repair';
  readonly title: string;
  /** As the command is called. */
  readonly use: string;
  /** What the model was trained for, as the use keeps it. */
  readonly how: unknown;
  /** What to choose, in words. */
  readonly about: string;
  /** Where pictures are to be filled in. */
  readonly holes?: 'transparent';
}

export type Job = DecodeJob | DetectJob | RebuildJob | RepairJob;

/** The page: `script` is this program, `model` the model's file. Nothing in it can be fetched from anywhere, by its own policy. */
export function offlinePage(job: Job, model: Uint8Array, script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:">
<title>${escaped(job.title)}</title>
<style>${style}</style>
</head>
<body>
<main id="main"><h1>${escaped(job.title)}</h1><div id="work"></div>
<p class="quiet">This page carries its model and works without a network. Nothing that you give it leaves it.</p></main>
<script type="application/json" id="job">${JSON.stringify(job).replaceAll('<', '\\u003c')}</script>
<script type="text/plain" id="model">${toBase64(model)}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
