/** The program of a page of one file: a model at work without a runtime. */
import { decodeModelFile, fromBase64 } from 'autoencoder/browser';
import { decoding } from './decoding.ts';
import { detecting } from './detecting.ts';
import { element } from './elements.ts';
import type { Job } from './job.ts';
import { rebuilding } from './rebuilding.ts';
import { repairHere, repairing } from './repairing.ts';

// The same program is the worker that the page makes of it.
if (typeof document === 'undefined') self.onmessage = async ({ data }) => self.postMessage(await repairHere(data));
else void begin(document.currentScript?.textContent ?? '');

async function begin(script: string): Promise<void> {
  const work = element('work');
  try {
    const job = JSON.parse(element('job').textContent ?? '') as Job;
    const bytes = fromBase64(element('model').textContent ?? '');
    if (job.does === 'repair') {
      repairing(work, job, bytes, script);
      return;
    }
    const saved = await decodeModelFile(bytes, 'the model of this page');
    if (job.does === 'decode') decoding(work, job, saved);
    else if (job.does === 'detect') detecting(work, job, saved);
    else rebuilding(work, job, saved);
  } catch (error) {
    work.textContent = error instanceof Error ? error.message : String(error);
  }
}
