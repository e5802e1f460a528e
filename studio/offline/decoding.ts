/** A page of sliders: what the code that they say decodes to. */
import { makeRunner, plainEngine, undoScaling } from 'autoencoder/browser';
import { drawn, made } from './elements.ts';
import type { DecodeJob, Saved } from './job.ts';

/** A slider for every number of the code, and what it decodes to. */
export function decoding(work: HTMLElement, { range, code }: DecodeJob, { model, parameters, card }: Saved): void {
  const runner = makeRunner(plainEngine(), model);
  const own = Float32Array.from(code);
  const place = made('div', { id: 'decoded' });
  const sliders = made('div', { class: 'sliders' });
  work.append(place, sliders);
  let isBusy = false;
  let isStale = false;
  const decode = async (): Promise<void> => {
    if (isBusy) {
      isStale = true;
      return;
    }
    isBusy = true;
    do {
      isStale = false;
      const values = await runner.decode(parameters, own);
      place.replaceChildren(drawn(undoScaling(card.scaling, values, 1, 'decoded'), 'Decoded'));
    } while (isStale);
    isBusy = false;
  };
  for (const [at, [least, most]] of range.entries()) {
    const slider = made('input', {
      type: 'range',
      min: least,
      max: most,
      step: (most - least) / 200 || 1,
      value: own[at],
    });
    const output = made('output', {}, own[at].toFixed(2));
    slider.addEventListener('input', () => {
      own[at] = Number((slider as HTMLInputElement).value);
      output.textContent = own[at].toFixed(2);
      void decode();
    });
    sliders.append(made('label', {}, made('span', {}, `${at + 1}`), slider, output));
  }
  void decode();
}
