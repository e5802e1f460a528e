/** Writes docs/results.md from quality/results and bench/results: what was measured, never typed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => JSON.parse(readFileSync(at(path), 'utf8'));
const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(1) : value.toPrecision(3));
const thousands = (value) => Math.round(value).toLocaleString('en');

const lines = [
  '# Results',
  '',
  'Made by `npm run results` from `quality/results` and `bench/results`; do not edit. Repeat the first table with',
  '`npm run quality -- DATA_FOLDER`, the second with `npm run bench`.',
  '',
  ...qualityLines(),
  ...pairLines(),
  ...speedLines(),
  ...layerLines(),
  ...studioLines(),
  ...serveLines(),
  ...hostileLines(),
  ...shardLines(),
  ...diskLines(),
  ...rankLines(),
];
writeFileSync(at('docs/results.md'), `${lines.join('\n')}\n`);

function qualityLines() {
  if (!existsSync(at('quality/results'))) return [];
  const rows = readdirSync(at('quality/results'))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => read(`quality/results/${file}`));
  return [
    '## Quality',
    '',
    'Medians of three seeds, with the least and the most. 5000 of the 60 000 training examples are held out to choose the epoch, unless said otherwise.',
    '',
    '| what | measure | median (least … most) | bar | others report | training | date, machine |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => {
      const bar = 'atMost' in row.bar ? `≤ ${row.bar.atMost}` : `≥ ${row.bar.atLeast}`;
      // Rows of many trainings count everything, measuring included.
      const isTraining = row.runs.every(({ others }) => others.trainingSeconds !== undefined);
      const seconds = row.runs
        .map((run) => (isTraining ? run.others.trainingSeconds : run.seconds))
        .sort((a, b) => a - b);
      const middle = `${Math.round(seconds[Math.floor(seconds.length / 2)])} s${isTraining ? '' : ' in all'}`;
      const seeds = row.runs.length < 3 ? `, ${row.runs.length} of 3 seeds so far` : '';
      const spread = `**${short(row.median)}** (${short(row.least)} … ${short(row.most)})${seeds}`;
      return `| ${row.what} | ${row.measure} | ${spread} | ${bar}${row.isReached ? '' : ' — **not reached**'} | ${row.published} | ${middle}, ${row.threads} thread${row.threads > 1 ? 's' : ''} | ${row.date}, ${row.machine}, Node ${row.node} |`;
    }),
    '',
  ];
}

function pairLines() {
  if (!existsSync(at('quality/results/pairs/pairs.json'))) return [];
  const { pairs, machine, node, date } = read('quality/results/pairs/pairs.json');
  const networks = [...new Set(pairs.map(({ network }) => network))];
  const simple = networks.map((network) => {
    const { pca, mean } = pairs.find((pair) => pair.network === network);
    return `${short(pca)}, ${short(mean)}`;
  });
  return [
    '## Every kind on every network',
    '',
    'By the command, with nothing but defaults (a code of 32), one seed, `node quality/pairs.mjs DATA_FOLDER`: mean squared error on held-out',
    'examples, and seconds of training on one thread of a busy machine. Fashion-MNIST, 10 000 pictures, 8 epochs; recurrent: ECG5000, 20 epochs.',
    `${date}, ${machine}, Node ${node}.`,
    '',
    `| kind | ${networks.join(' | ')} |`,
    `|---|${networks.map(() => '---|').join('')}`,
    ...[...new Set(pairs.map(({ kind }) => kind))].map((kind) => {
      const cells = networks.map((network) => {
        const pair = pairs.find((other) => other.kind === kind && other.network === network);
        return pair ? `${short(pair.mse)} (${Math.round(pair.seconds)} s)` : '';
      });
      return `| ${kind} | ${cells.join(' | ')} |`;
    }),
    `| *PCA, mean* | ${simple.map((text) => `*${text}*`).join(' | ')} |`,
    '',
  ];
}

function diskLines() {
  if (!existsSync(at('bench/results/disk.json'))) return [];
  const { results } = read('bench/results/disk.json');
  const where = ({ date, machine, node }) => `${date}, ${machine}, Node ${node}`;
  const load = ({ loadBefore, loadAfter }) => `${loadBefore.toFixed(1)} … ${loadAfter.toFixed(1)}`;
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
  const spread = (list) =>
    `${thousands(median(list))} (${thousands(Math.min(...list))} … ${thousands(Math.max(...list))})`;
  return [
    '## Tables on disk',
    '',
    'Parquet with Snappy, made by the bench from row numbers; `node bench/disk.mjs --rows N`. `anomalies MODEL rows.parquet --out scores.parquet`, a net of 20-16-4-16-20, from the first row',
    'read to the file renamed; peak memory of the whole process. *Load*: of the machine before and after, by whatever ran beside.',
    '',
    '| rows, columns | file | rows/s | seconds | peak memory | scores | load | date, machine |',
    '|---|---|---|---|---|---|---|---|',
    ...results
      .filter(({ what }) => what === 'scoring')
      .map(
        (row) =>
          `| ${thousands(row.rows)}, ${row.columns} ${row.type}${row.note ? ` (${row.note})` : ''} | ${(row.fileMegabytes / 1024).toFixed(1)} GB | ${thousands(row.rowsPerSecond)} | ${row.seconds.toFixed(0)} | ${Math.round(row.peakMegabytes)} MB | ${(row.scoresMegabytes / 1024).toFixed(1)} GB | ${load(row)} | ${where(row)} |`,
      ),
    '',
    'Training, examples a second in turns, medians (least … most); from disk the file of scaled rows is as far in memory as the system keeps it there. *Made ready*: rows a second of',
    'the two passes before.',
    '',
    '| net, rows | in memory | from disk | ratio | made ready | threads, load | date, machine |',
    '|---|---|---|---|---|---|---|',
    ...results
      .filter(({ what }) => what === 'training')
      .map(
        (row) =>
          `| ${row.network}, ${thousands(row.rows)} × ${row.columns} | ${spread(row.memory)} | ${spread(row.disk)} | ${row.ratio.toFixed(2)} | ${thousands(row.preparingRowsPerSecond)} | ${row.threads}, ${load(row)} | ${where(row)} |`,
      ),
    '',
  ];
}

function speedLines() {
  if (!existsSync(at('bench/results/speed.json'))) return [];
  const { machine, node, results, memory } = read('bench/results/speed.json');
  const out = [
    '## Speed and memory',
    '',
    `${machine}, Node ${node}. Medians of interleaved rounds, each in a process of its own (least … most); synthetic bytes,`,
    'Adam, squared error unless said otherwise. *Best* is the fastest way that PyTorch offers to run the same step (in brackets); *parameters in one vector* is a',
    'trick by hand that fewer optimiser calls are made by; *gradients by hand* uses PyTorch as a library of kernels. `first step` is from the start of the process, without making the data.',
    '',
  ];
  const nets = [
    ['seed', '784-128-64-32-64-128-784, batch 256'],
    ['tiny', '8-16-4-16-8, batch 32'],
    ['large', '784-2048-1024-64-1024-2048-784, batch 128'],
    ['variational', 'variational 784-400-20-400-784, cross-entropy, batch 128'],
    ['convolutional', 'convolutions 1-16-32, stride 2, code of 32, 28×28, batch 128'],
  ];
  for (const [net, title] of nets) {
    for (const threads of [...new Set(results.map((row) => row.threads))]) {
      const rows = results.filter((row) => row.net === net && row.threads === threads);
      const ours = rows.find((row) => row.name === 'autoencoder');
      if (!ours) continue;
      out.push(`### ${title}, ${threads} thread${threads > 1 ? 's' : ''}`, '');
      out.push(`${ours.date}, ${ours.rounds} rounds of ${ours.seconds} s.`, '');
      out.push('| | examples/s | ours is | first step | peak memory |', '|---|---|---|---|---|');
      for (const row of rows) {
        const how = row.candidate && row.candidate !== 'eager' ? ` [${row.candidate}]` : '';
        const ratio = row === ours ? '' : `${(ours.examplesPerSecond / row.examplesPerSecond).toFixed(2)}×`;
        out.push(
          `| ${row.name}${how} | ${thousands(row.examplesPerSecond)} (${thousands(row.least)} … ${thousands(row.most)}) | ${ratio} | ${row.startToFirstStepSeconds.toFixed(2)} s | ${Math.round(row.peakMemoryMB)} MB |`,
        );
      }
      out.push('');
    }
  }
  if (memory) out.push(`Peak memory of \`${memory.command}\`: ${Math.round(memory.peakMemoryMB)} MB.`, '');
  return out;
}

function layerLines() {
  if (!existsSync(at('bench/results/layers.json'))) return [];
  const { comparisons } = read('bench/results/layers.json');
  return [
    '## One layer, forward and backward',
    '',
    'Milliseconds, medians of interleaved rounds (the least of all); `node bench/convolution.mjs`, `node bench/recurrence.mjs`. *Built* is graph and session.',
    '',
    ...comparisons.flatMap(({ title, peers, rounds, machine, node, date }) => [
      `### ${title}`,
      '',
      `${date}, ${machine}, Node ${node}, ${rounds} rounds.`,
      '',
      '| | ms | ours is | built |',
      '|---|---|---|---|',
      ...peers.map(({ name, milliseconds, least, buildMilliseconds }, place) => {
        const ratio = place === 0 ? '' : `${(milliseconds / peers[0].milliseconds).toFixed(2)}×`;
        const built = buildMilliseconds ? `${(buildMilliseconds / 1000).toFixed(2)} s` : '';
        return `| ${name} | ${milliseconds.toFixed(1)} (${least.toFixed(1)}) | ${ratio} | ${built} |`;
      }),
      '',
    ]),
  ];
}

function studioLines() {
  if (!existsSync(at('bench/results/studio.json'))) return [];
  const { machine, node, date, rounds, memory, ...figures } = read('bench/results/studio.json');
  const row = (name, { median, least, most }, asked) =>
    `| ${name} | ${thousands(median)} (${thousands(least)} … ${thousands(most)}) | ${asked} |`;
  const samples = (memory ?? []).filter(({ minute }) => minute !== undefined);
  const later = samples.filter(({ minute }) => minute >= 5).map(({ processesMiB }) => processesMiB);
  const last = samples.at(-1);
  return [
    '## The studio',
    '',
    `\`node bench/studio.mjs\`: ${rounds} fresh visits in Chromium, \`digits\` with defaults; ${date}, ${machine}, Node ${node}.`,
    '',
    '| | median (least … most) | asked for |',
    '|---|---|---|',
    row('first paint, ms', figures.firstPaintMs, '< 1000'),
    row('from pressing Train to the first steps done, ms', figures.firstStepMs, '< 3000'),
    row('longest task of the main thread while training, ms', figures.longestTaskMs, '≤ 100'),
    row('examples a second in the page', figures.examplesPerSecond, ''),
    row('by the command, native, all cores', figures.nativeExamplesPerSecond, ''),
    ...(last
      ? [
          `| memory of the page's processes over ${last.minute} minutes of training, MiB: from the 5th minute on | ${thousands(Math.min(...later))} … ${thousands(Math.max(...later))} | steady |`,
          `| objects of the page at the end, MiB (at the beginning) | ${last.pageMiB.toFixed(1)} (${samples[0].pageMiB.toFixed(1)}) | |`,
        ]
      : []),
    '',
  ];
}

function serveLines() {
  if (!existsSync(at('bench/results/serve.json'))) return [];
  const { results } = read('bench/results/serve.json');
  return [
    '## Serving',
    '',
    '`node bench/serve.mjs SECONDS`: scores of a model 784-128-64-32 from `autoencoder serve`, asked over and over on connections that stay open, by a',
    'process on the same machine that takes its share of the cores. *Load* is how many processes wanted to run just before: other work was going on. *Cores* is',
    'what the server got of them; *rows by core* is what it would answer with one for itself.',
    '',
    '| request | connections | for | requests/s | rows/s | median | 99 of 100 | errors | memory before, after | load | cores | rows/s by core | date, machine |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...results.map(
      (row) =>
        `| ${row.name} | ${row.connections} | ${Math.round(row.seconds)} s | ${thousands(row.perSecond)} | ${thousands(row.rowsPerSecond)} | ${row.p50.toFixed(1)} ms | ${row.p99.toFixed(1)} ms | ${row.errors} | ${Math.round(row.memoryBeforeMB)}, ${Math.round(row.memoryAfterMB)} MB | ${row.loadBefore.toFixed(1)} | ${row.serverCores.toFixed(2)} | ${thousands(row.rowsPerSecond / row.serverCores)} | ${row.date}, ${row.machine}, Node ${row.node} |`,
    ),
    '',
  ];
}

function hostileLines() {
  if (!existsSync(at('bench/results/hostile.json'))) return [];
  const { families, honest, faults, limitSeconds, machine, node, date } = read('bench/results/hostile.json');
  const sum = (of) => families.reduce((total, family) => total + of(family), 0);
  const statuses = (counts) =>
    Object.entries(counts)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ');
  return [
    '### Hostile requests',
    '',
    `\`npx tsx bench/hostile.mjs\`: requests that no honest client makes, 16 at a time, to a server that gives a request ${limitSeconds} s; ${date}, ${machine}, Node ${node}. After every 16 an honest one: ${honest.right} of ${honest.asked} were`,
    `answered as before the first. Faults that the server told of in its log: ${faults}. The slowest are those that stop in the middle: they are cut off.`,
    '',
    '| what they try | requests | answered 4xx | statuses | slowest |',
    '|---|---|---|---|---|',
    ...families.map(
      (row) =>
        `| ${row.family} | ${row.requests} | ${row.refused} | ${statuses(row.statuses)} | ${(row.slowestMs / 1000).toFixed(2)} s |`,
    ),
    `| **all** | ${sum((row) => row.requests)} | ${sum((row) => row.refused)} | | ${Math.max(...families.map((row) => row.slowestMs / 1000)).toFixed(2)} s |`,
    '',
  ];
}

function shardLines() {
  if (!existsSync(at('bench/results/shards.json'))) return [];
  const { results } = read('bench/results/shards.json');
  return [
    '## Batch jobs, workers being killed',
    '',
    '`node bench/shards.mjs`: codes of rows in shards, by workers that take them from a broker, one of which gets SIGKILL every few seconds. *Alone* is one process',
    'that nobody kills, on one thread, in the same round; rounds ran under different load, so brokers do not compare.',
    '',
    '| broker | shards | rows | workers | killed | seconds | alone | rows lost | the same bytes as alone | date, machine |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...results.map(
      (row) =>
        `| ${row.broker} | ${row.shards} | ${thousands(row.rows)} | ${row.workers} | ${row.kills} times, every ${row.killEverySeconds} s | ${row.seconds.toFixed(0)} | ${row.quietSeconds.toFixed(0)} | ${row.lost} | ${row.isSameAsQuiet ? 'yes' : 'no'} | ${row.date}, ${row.machine}, Node ${row.node} |`,
    ),
    '',
  ];
}

function rankLines() {
  if (!existsSync(at('bench/results/ranks.json'))) return [];
  const { machine, node, mpi, date, rounds, loadBefore, trainings, sums, onPaper } = read('bench/results/ranks.json');
  const ratio = ({ median, least, most }) => `${median.toFixed(2)} (${least.toFixed(2)} … ${most.toFixed(2)})`;
  const time = (microseconds) =>
    microseconds < 1000 ? `${microseconds.toFixed(0)} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
  const sizes = Object.values(sums)[0].map(({ bytes }) => bytes);
  const times = (value) => `${value.toFixed(1)}×`;
  return [
    '## Training over ranks',
    '',
    `\`node bench/ranks.mjs\`: ${rounds} rounds by turns on ${date}; ${machine}, Node ${node}, ${mpi}; ${loadBefore.toFixed(1)} other processes wanted to run at the beginning.`,
    '',
    'Two ranks of one thread beside one process of two threads, batch 256 for all ranks together; ratios of speed, median (least … most). *Averaged*: `--sync-every 16`.',
    '',
    '| net | parameters | alone, examples/s | two ranks | averaged |',
    '|---|---|---|---|---|',
    ...trainings.map(
      ({ net, parameters, alone, ranks, averaged }) =>
        `| ${net} | ${thousands(parameters)} | ${thousands(alone.median)} | ${ratio(ranks)} | ${ratio(averaged)} |`,
    ),
    '',
    'A sum over two ranks (`MPI_Allreduce`), by its size, four bytes for each parameter: median of 9 blocks of calls, and the least in brackets, which other work on the machine disturbs less.',
    '',
    `| bytes | ${Object.keys(sums).join(' | ')} |`,
    `|---|${'---|'.repeat(Object.keys(sums).length)}`,
    ...sizes.map(
      (bytes, row) =>
        `| ${thousands(bytes)} | ${Object.values(sums)
          .map((rows) => `${time(rows[row].microseconds)} (${time(rows[row].least)})`)
          .join(' | ')} |`,
    ),
    '',
    'On paper: 64 hosts, each with a batch of 256 that takes what it took here alone in the fastest round (*step*), and then a ring: 2 · 63 messages one after the other, and 2 · 63/64 of the bytes through every',
    'cable, nothing of it hidden. *Sum* is what that takes; the last columns are how many times as many examples as one host. Assumed: that no host is slower, and that no cable is shared.',
    '',
    '| net | cable | step | sum | every step | every 16 steps |',
    '|---|---|---|---|---|---|',
    ...onPaper.map(
      ({ net, cable, stepMs, sumMs, exact, averaged }) =>
        `| ${net} | ${cable} | ${time(1000 * stepMs)} | ${time(1000 * sumMs)} | ${times(exact)} | ${times(averaged)} |`,
    ),
    '',
  ];
}
