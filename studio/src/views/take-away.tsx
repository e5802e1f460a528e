/** Take away: the model, its codes, and how to have the same again. */
import { useState } from 'react';
import { download } from '../parts/download.ts';
import { count } from '../parts/figures.ts';
import { messageOf, type Options, type Studio, useStudio } from '../studio.tsx';

interface Offer {
  readonly button: string;
  readonly name: string;
  readonly type: string;
  readonly about: string;
  readonly content: () => Promise<Uint8Array | string>;
}

export function TakeAway() {
  const { session, model, data, options } = useStudio();
  const [problem, setProblem] = useState<string>();
  if (!model) return null;
  const { card } = model;
  const save = (name: string, type: string, bytes: () => Promise<Uint8Array | string>): void => {
    setProblem(undefined);
    bytes().then(
      (content) => download(name, type, content),
      (error) => setProblem(messageOf(error)),
    );
  };
  const { kind, network, latent } = card.blueprint;
  const files: readonly Offer[] = [
    {
      button: 'The model',
      name: 'model.safetensors',
      type: 'application/octet-stream',
      about: `${kind.name} on ${network.name}, a code of ${count(latent)} numbers. The command, the library and this page open it.`,
      content: () => session.modelFile(),
    },
    {
      button: 'The model as ONNX',
      name: 'model.onnx',
      type: 'application/octet-stream',
      about: 'for ONNX Runtime in Python, C#, Java or on a phone: raw values in, code, reconstruction and score out',
      content: () => session.onnxFile(),
    },
    {
      button: 'A page that rebuilds',
      name: 'rebuild.html',
      type: 'text/html',
      about: 'one file that gives back examples as the model knows them: without noise, if it has learned that',
      content: () => session.offline('rebuild', `${card.data.name}, rebuilt`),
    },
    ...(data
      ? [
          {
            button: 'A page of sliders',
            name: 'decode.html',
            type: 'text/html',
            about: 'one file that carries the model and decodes what its sliders say, without a network',
            content: () => session.offline('decode', `${data.name}, decoded`),
          },
          {
            button: 'A page that detects',
            name: 'detect.html',
            type: 'text/html',
            about: 'one file that says which examples of a file are unlike those learned from',
            content: () => session.offline('detect', `What is unlike ${data.name}`),
          },
          {
            button: 'The codes',
            name: 'codes.csv',
            type: 'text/csv',
            about: `a row of ${count(latent)} numbers for each example`,
            content: () => session.codesFile('.csv'),
          },
        ]
      : []),
  ];
  const command = commandFor(data, options, card.training.options);
  return (
    <>
      <h1>Take away</h1>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <section className="card">
        <h2>Files</h2>
        <ul className="takeaways">
          {files.map(({ button, name, type, about, content }, at) => (
            <li key={name}>
              <button
                type="button"
                className={at === 0 ? 'button' : 'button quiet-button'}
                onClick={() => save(name, type, content)}
              >
                {button}
              </button>
              <span>
                {name}: {about}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section className="card">
        <h2>The same on the command line</h2>
        <Words text={command} />
        <h2>The same in a program</h2>
        <Words text={codeFor(data, options, card.training.options)} />
        <p className="quiet">
          The command uses the native engine, which adds in another order: its figures are near those of this page, not
          the same to the last digit.
        </p>
      </section>
    </>
  );
}

function Words({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="words">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <pre tabIndex={0}>{text}</pre>
      <button
        type="button"
        onClick={() =>
          navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

function commandFor(data: Studio['data'], options: Options, used: Readonly<Record<string, unknown>>): string {
  const words = ['autoencoder train', nameOf(data)];
  if (data?.origin.from === 'built-in') words.push(`--limit ${data.origin.limit}`);
  const { label, time, columns } = data?.roles ?? {};
  if (columns) words.push(`--columns ${quoted(columns.join(','))}`);
  if (label) words.push(`--label ${quoted(label)}`);
  if (time) words.push(`--time ${quoted(time)}`);
  for (const [name, value] of Object.entries(chosen(options, used)))
    words.push(
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}${value === true ? '' : ` ${value}`}`,
    );
  return words.join(' ');
}

function codeFor(data: Studio['data'], options: Options, used: Readonly<Record<string, unknown>>): string {
  const roles = Object.fromEntries(
    Object.entries({
      ...data?.roles,
      ...(data?.origin.from === 'built-in' ? { limit: data.origin.limit } : {}),
    }).filter(([, value]) => value !== undefined),
  );
  const extra = Object.keys(roles).length > 0 ? `, ${JSON.stringify(roles)}` : '';
  return `import { autoencoder, loadData } from 'autoencoder';

const data = await loadData(${JSON.stringify(nameOf(data))}${extra});
const model = autoencoder(${JSON.stringify(architectural(options))});
await model.fit(data, ${JSON.stringify(training(options, used))});
await model.save('model.safetensors');`;
}

const TRAINING = ['epochs', 'batchSize', 'learningRate', 'validation', 'patience', 'seed', 'optimizer'];

function chosen(options: Options, used: Readonly<Record<string, unknown>>): Options {
  return { ...options, epochs: used.epochs, batchSize: used.batchSize, seed: used.seed };
}

function architectural(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !TRAINING.includes(name)));
}

function training(options: Options, used: Readonly<Record<string, unknown>>): Options {
  return Object.fromEntries(Object.entries(chosen(options, used)).filter(([name]) => TRAINING.includes(name)));
}

function nameOf(data: Studio['data']): string {
  if (!data) return 'DATA';
  return data.origin.from === 'built-in' ? data.origin.name : quoted(data.origin.name);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
