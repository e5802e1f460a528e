/** New examples: drawn from the prior, or more of those that are there. */
import { augment, encodeSource, generationQuality, kinds, type Source } from 'autoencoder/browser';
import { show } from '../shown.ts';
import { type Block, number, type StudioUse, words } from './use.ts';

const PRIOR = 'from nothing';
const LIKE = 'near the examples that are there';

export const generate: StudioUse = {
  name: 'Generate',
  about: 'New examples that could have been in the data; how good they are.',
  makesModel: false,
  command: 'generate',
  refusal: ({ model }) => (model ? undefined : 'Train a model first; a variational one draws from nothing.'),
  fields: ({ model }) => {
    const labels = model?.card && model.card.blueprint.classes > 0 ? model.card.data.labelNames : [];
    const kind = kinds.find(({ name }) => name === model?.card?.blueprint.kind.name);
    return [
      words(
        'drawn',
        [PRIOR, LIKE],
        kind && 'prior' in kind ? PRIOR : LIKE,
        'from nothing needs a kind with a prior: variational, adversarial, wasserstein, vq',
      ),
      number('count', 48, 'how many', 1, 500),
      ...(labels.length > 0 ? [words('class', ['any', ...labels], 'any', 'what they are to be')] : []),
      words('measure', ['no', 'yes'], 'no', 'whether they are compared with real examples, which takes a while'),
      number('seed', 0, 'another number draws others', 0),
    ];
  },
  async run({ model, source, answers, progress }) {
    if (!model) throw new Error('internal: generate without a model');
    const count = Number(answers.count);
    const seed = Number(answers.seed);
    const label = answers.class === 'any' || answers.class === undefined ? undefined : String(answers.class);
    progress('Drawing');
    const made: Source =
      answers.drawn === LIKE
        ? await augment(model, source.train, { count, seed })
        : await model.generate(count, { seed, label });
    const blocks: Block[] = [{ block: 'examples', name: 'Made up', shown: show(made) }];
    if (answers.measure === 'yes' && answers.drawn !== LIKE) {
      progress('Comparing them with real ones');
      const quality = await generationQuality(model, source, { label, seed });
      if (quality)
        blocks.push({
          block: 'table',
          name: 'How good they are',
          columns: ['', 'look real (precision)', 'cover what is real (recall)'],
          rows: [
            ['made up by this model', quality.model.precision, quality.model.recall],
            ...(quality.gaussian
              ? [['a bell curve of principal components', quality.gaussian.precision, quality.gaussian.recall]]
              : []),
            ['real examples', quality.real.precision, quality.real.recall],
          ],
          about: `${(100 * quality.nearest.copies).toFixed(1)} % are as near to an example learned from as only 1 % of real ones are: more than a few would be copies.`,
        });
    }
    const ending = made.form === 'table' ? '.csv' : '.npy';
    blocks.push({
      block: 'file',
      name: `generated${ending}`,
      type: made.form === 'table' ? 'text/csv' : 'application/octet-stream',
      bytes: encodeSource(`generated${ending}`, made),
    });
    return blocks;
  },
};
