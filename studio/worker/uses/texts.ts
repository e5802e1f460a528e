/** Texts: told in other words, and gone on with. Each learns a model of its own from columns of text. */
import { completer, type Source, type SourceWithTest, sourceCount, takeRows, translator } from 'autoencoder/browser';
import { textColumns } from '../text-columns.ts';
import { keep } from './keep.ts';
import { type Block, type Field, follow, line, number, type StudioUse, type UseContext } from './use.ts';

/** Texts that a model can be made of. */
const FEWEST = 20;
/** As many as a page learns from in a minute or two, by models a third as wide as those of the command. */
const LEARNED = 3000;
const SIZES = { units: 96, latent: 96, embedding: 64 } as const;

export const translate: StudioUse = {
  name: 'Translate',
  about: 'Texts in other words, learned from pairs.',
  makesModel: true,
  command: 'translate',
  refusal: ({ source: { train } }) =>
    textColumns(train).length < 2 ? 'A table with two columns of text is needed.' : undefined,
  fields: ({ source: { train } }) => [
    line('text', firstText(train, 0), 'what is to be told in other words'),
    learnedFrom(train),
    number('epochs', 20, 'how often they are gone through', 1, 200),
  ],
  async run(context) {
    const { source, answers, engine, signal } = context;
    const columns = textColumns(source.train).slice(0, 2);
    const epochs = Number(answers.epochs);
    const options = { ...SIZES, columns, epochs, engine, signal, onEvent: follow(context) };
    const model = await translator(some(source, answers), options);
    context.progress('Measuring');
    const text = String(answers.text);
    const [told] = await model.translate([text]);
    const { errors } = model;
    return [
      { block: 'words', tone: 'verdict', text: told },
      table('Lines that nothing was learned from', [columns[0], 'told', columns[1]], errors.examples, (each) => [
        each.from,
        each.told,
        each.to,
      ]),
      {
        block: 'table',
        name: 'How near such lines come to what they should be (BLEU, of 100)',
        columns: ['by', 'BLEU'],
        rows: [
          ['this model', errors.model],
          ['word for word', errors.wordByWord],
          ['the nearest known line', errors.memory],
        ],
        about: `${errors.count} lines.`,
      },
      listed('From that line to another one, by the codes', await model.between(text, firstText(source.train, 1))),
      ...keep('translate', '"A LINE"', await model.files()),
    ];
  },
};

export const complete: StudioUse = {
  name: 'Go on with texts',
  about: 'How a text that is begun may go on.',
  makesModel: true,
  command: 'complete',
  refusal: ({ source: { train } }) => (textColumns(train).length < 1 ? 'A column of text is needed.' : undefined),
  fields: ({ source: { train } }) => [
    line('text', firstText(train, 0).split(' ').slice(0, 3).join(' '), 'how it begins'),
    number('ways', 5, 'how many ways on are drawn', 1, 20),
    learnedFrom(train),
    number('epochs', 6, 'how often they are gone through', 1, 200),
  ],
  async run(context) {
    const { source, answers, engine, signal } = context;
    const columns = textColumns(source.train).slice(0, 1);
    const epochs = Number(answers.epochs);
    const options = { ...SIZES, columns, epochs, engine, signal, onEvent: follow(context) };
    const model = await completer(some(source, answers), options);
    context.progress('Going on');
    const begun = String(answers.text);
    const [likeliest] = await model.complete([begun]);
    const drawn = await model.complete(
      Array.from({ length: Number(answers.ways) }, () => begun),
      { temperature: 1 },
    );
    const { errors } = model;
    return [
      { block: 'words', tone: 'verdict', text: likeliest === begun ? `${begun} – and there it ends.` : likeliest },
      listed('Other ways on, drawn', drawn),
      table('Texts that nothing was learned from', ['begun', 'told', 'was'], errors.examples, (each) => [
        each.begun,
        each.told,
        each.was,
      ]),
      {
        block: 'table',
        name: 'How surprising the second half of such texts is (nats for each piece of a word)',
        columns: ['by', 'nats'],
        rows: [
          ['this model', errors.model],
          [`counted runs of ${errors.order}`, errors.nGrams],
        ],
        about: `${errors.count} texts.`,
      },
      ...keep('complete', '"HOW IT BEGINS"', await model.files()),
    ];
  },
};

function learnedFrom(train: Source): Field {
  return number('texts', Math.min(LEARNED, sourceCount(train)), 'how many are learned from: the first ones', FEWEST);
}

function some({ train, test }: SourceWithTest, { texts }: UseContext['answers']): SourceWithTest {
  const first = Int32Array.from({ length: Math.min(Number(texts), sourceCount(train)) }, (_, at) => at);
  return { train: takeRows(train, first), test };
}

/** A text of the first such column. */
function firstText(source: Source, at: number): string {
  const [name] = textColumns(source);
  const column = source.form === 'table' ? source.columns.find((known) => known.name === name) : undefined;
  const known = column?.type === 'category' ? column.values.filter((value) => value !== null) : [];
  return known[at] ?? '';
}

function table<Example>(
  name: string,
  columns: readonly string[],
  examples: readonly Example[],
  row: (example: Example) => readonly string[],
): Block {
  return { block: 'table', name, columns, rows: examples.map(row) };
}

function listed(name: string, texts: readonly string[]): Block {
  return { block: 'table', name, columns: ['text'], rows: texts.map((text) => [text]) };
}
