/** Captions of pictures, English to French: BLEU on the test part of 2016. */
import { translator } from 'autoencoder';
import { engine, measureRow } from '../row.ts';
import { linesOf } from '../texts.ts';

await measureRow({
  name: 'translate',
  what: 'Multi30k, English to French, 29 000 pairs of captions: `translate` with its defaults, a GRU of 320 units from both ends, a code of 320 numbers and no attention, 5000 pieces of words',
  measure: 'BLEU on the 1000 captions of the 2016 test part (0 … 100; words cut as WMT does, capitals count)',
  bar: { atLeast: 15 },
  published: 'none for a code of fixed size; translating word for word and the nearest known caption stand beside it',
  async run(seed, folder) {
    const part = (name: string) =>
      linesOf({ en: `${folder}/multi30k/${name}.en.gz`, fr: `${folder}/multi30k/${name}.fr.gz` });
    const french = await translator(
      { train: part('train'), test: part('test_2016_flickr') },
      { seed, engine: engine() },
    );
    const { model, wordByWord, memory } = french.errors;
    return { value: model, others: { wordByWord, memory, trainingSeconds: french.seconds } };
  },
});
