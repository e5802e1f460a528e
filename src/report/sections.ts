/** The sections of a training run's page: everything that can be read without a script, and an empty place for each chart. */
import { duration, figure, percent, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable, type Tile } from './frame.ts';
import { type Html, html } from './html.ts';
import type { BaselineRow, CellValue, ExamplePanel, ReportColumn, ReportData } from './report-data.ts';
import { cell, columnName, samplesSection } from './samples.ts';

/** A table of a run with more epochs than this shows every n-th. */
const HISTORY_ROWS = 60;

/** Header, navigation, sections and footer of the page. */
export function sections(run: ReportData): Html {
  const shown = [
    learning(run),
    run.examples && examples(run.examples),
    run.baselines.length > 0 && comparison(run.baselines),
    run.samples && samplesSection(run.samples),
    run.codeMap && codeMap(run.codeMap),
    run.codeActivity && codeActivity(run.codeActivity),
    run.featureError && featureError(run.featureError),
    run.nextCommands.length > 0 && nextCommands(run),
    details(run),
  ].filter((section): section is Section => typeof section === 'object');

  return frame({
    kicker: 'Training report',
    title: run.title,
    what: html`A <b>${run.kind}</b> autoencoder with a <b>${run.network}</b> network, trained on <b>${run.dataset}</b>.`,
    verdict: verdict(run),
    tiles: keyFigures(run),
    alerts: warnings(run),
    sections: shown,
  });
}

/** One sentence that says whether the training was worth it. */
function verdict({ baselines, model: { validationExamples } }: ReportData): Html {
  const where = validationExamples > 0 ? 'On examples it did not learn from' : 'On the examples it learned from';
  const mse = (role: BaselineRow['role']) => baselines.find((row) => row.role === role)?.mse;
  const [model, pca, mean] = [mse('model'), mse('pca'), mse('mean')];
  if (model === undefined || !Number.isFinite(model)) {
    return html`There is no measured reconstruction error to judge this model by.`;
  }
  if (pca !== undefined && model < pca) {
    return html`${where}, its reconstruction error is <strong>${percent(1 - model / pca)} lower than PCA’s</strong> with a code of the same size.`;
  }
  if (pca !== undefined) {
    return html`PCA, which only draws straight lines, reconstructs <strong class="doubt">as well or better</strong> with a code of the same size: this model has not earned its complexity yet.`;
  }
  if (mean !== undefined && model >= mean) {
    return html`It reconstructs <strong class="doubt">no better than answering the average example</strong> each time: it has learned nothing yet.`;
  }
  if (mean !== undefined) {
    return html`${where}, its reconstruction error is <strong>${percent(1 - model / mean)} lower</strong> than that of always answering the average example.`;
  }
  return html`${where}, its reconstruction error is <strong>${figure(model)}</strong> (mean squared error).`;
}

function keyFigures(run: ReportData): readonly Tile[] {
  const { model } = run;
  const mse = run.baselines.find((row) => row.role === 'model')?.mse;
  const tiles = [
    mse !== undefined && { name: 'Reconstruction error', value: figure(mse), note: 'mean squared error per feature' },
    {
      name: 'Compression',
      value: `${wholeNumber(model.exampleSize)} → ${wholeNumber(model.codeSize)}`,
      note: 'numbers in an example and in its code',
    },
    { name: 'Best epoch', value: wholeNumber(run.bestEpoch), note: `of ${wholeNumber(run.history.length)} trained` },
    {
      name: 'Training time',
      value: duration(model.seconds),
      note: `${wholeNumber(model.examplesPerSecond)} examples a second`,
    },
    { name: 'Parameters', value: wholeNumber(model.parameters), note: 'numbers the model learned' },
  ].filter((tile) => tile !== false);
  return tiles;
}

function warnings(run: ReportData): Html {
  if (run.warnings.length === 0) return html``;
  const many = run.warnings.length > 1;
  return html`<section aria-labelledby="warnings-title">
<h2 id="warnings-title">Worth a look</h2>
<p class="lead">${many ? 'Some things' : 'Something'} in this run may not be what you want, and here is what you can do.</p>
<ul class="warnings">${run.warnings.map(
    ({ text, advice }) => html`<li class="warning"><b>${text}</b> <span>${advice}</span></li>`,
  )}</ul>
</section>
`;
}

function learning(run: ReportData): Section {
  const hasValidation = run.history.some(({ validation }) => validation !== undefined);
  return {
    id: 'learning',
    title: 'How it learned',
    lead: hasValidation
      ? 'The error after each pass over the data: both lines should fall, and once the validation line rises while the training line still falls, the model is learning its examples by heart.'
      : 'The error after each pass over the data: the line should fall and then level off.',
    body: html`${chart('history', 'Loss by epoch')}
<details><summary>The same numbers as a table</summary>${historyTable(run)}</details>`,
  };
}

function historyTable(run: ReportData): Html {
  const every = Math.ceil(run.history.length / HISTORY_ROWS);
  const last = run.history.length - 1;
  const rows = run.history.filter(({ epoch }, i) => i % every === 0 || i === last || epoch === run.bestEpoch);
  const names = (part: 'train' | 'validation') => [
    ...new Set(run.history.flatMap((row) => Object.keys(row[part] ?? {}))),
  ];
  const [train, validation] = [names('train'), names('validation')];
  const note = every > 1 ? html`<p class="note">One epoch in ${every}, the best and the last.</p>` : undefined;
  return html`${note}${scrollable(
    'Losses by epoch',
    html`<table>
<thead><tr><th scope="col">Epoch</th>${train.map((name) => html`<th scope="col">${name}, training</th>`)}${validation.map(
      (name) => html`<th scope="col">${name}, validation</th>`,
    )}<th scope="col">Learning rate</th><th scope="col">Time</th></tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr${row.epoch === run.bestEpoch && html` class="chosen"`}><th scope="row">${row.epoch}${
          row.epoch === run.bestEpoch && ' (best)'
        }</th>${train.map((name) => html`<td>${figure(row.train[name])}</td>`)}${validation.map(
          (name) => html`<td>${figure(row.validation?.[name])}</td>`,
        )}<td>${figure(row.learningRate)}</td><td>${duration(row.seconds)}</td></tr>`,
    )}</tbody></table>`,
  )}`;
}

function examples(panel: ExamplePanel): Section {
  const start = { id: 'reconstructions', title: 'What goes in, what comes out' };
  if (panel.form === 'images') {
    const lead = panel.corrupted
      ? 'The original, the damaged picture that the model was given, and what it made of it: the last row should look like the first.'
      : 'Each picture above, and below it what the model rebuilt from the code alone: the closer, the less the code has lost.';
    return { ...start, lead, body: chart('examples', 'Originals and reconstructions') };
  }
  if (panel.form === 'series') {
    const lead =
      'Each series, and over it what the model rebuilt from the code alone: where the lines part, the code has lost something.';
    return { ...start, lead, body: chart('examples', 'Originals and reconstructions') };
  }
  const lead =
    'Some rows of the table, each beside what the model rebuilt from its code alone, in the table’s own units; a marked value is off by more than one standard deviation of its column, or is another category.';
  return { ...start, lead, body: pairTable(panel) };
}

function pairTable(panel: Extract<ExamplePanel, { form: 'table' }>): Html {
  const captions = panel.original.map((_, i) => panel.captions?.[i] ?? `Example ${i + 1}`);
  return scrollable(
    'Original rows beside their reconstructions',
    html`<table class="pairs">
<thead><tr><th scope="col" rowspan="2">Column</th>${captions.map(
      (caption) => html`<th scope="colgroup" colspan="2">${caption}</th>`,
    )}</tr>
<tr>${captions.map(() => html`<th scope="col">in</th><th scope="col">out</th>`)}</tr></thead>
<tbody>${panel.columns.map(
      (column, c) =>
        html`<tr><th scope="row">${columnName(column)}</th>${panel.original.map((row, e) => {
          const [before, after] = [row[c], panel.reconstruction[e][c]];
          return isOff(column, before, after)
            ? html`<td>${cell(before)}</td><td><mark>${cell(after)}</mark></td>`
            : html`<td>${cell(before)}</td><td>${cell(after)}</td>`;
        })}</tr>`,
    )}</tbody></table>`,
  );
}

function isOff(column: ReportColumn, before: CellValue, after: CellValue): boolean {
  if (before === null || after === null) return false;
  if (typeof before === 'number' && typeof after === 'number') {
    return column.spread !== undefined && Math.abs(after - before) > column.spread;
  }
  return before !== after;
}

function comparison(rows: readonly BaselineRow[]): Section {
  const headings = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures ?? {})))];
  const sorted = [...rows].sort((a, b) => a.mse - b.mse);
  return {
    id: 'comparison',
    title: 'Is it worth it?',
    lead: 'The same examples rebuilt in simpler ways: a model that does not beat PCA (the best that straight lines can do with a code of the same size) has no reason to be used.',
    body: html`${chart('baselines', 'Reconstruction error beside simpler methods')}
${scrollable(
  'Reconstruction error beside simpler methods',
  html`<table>
<thead><tr><th scope="col">Method</th><th scope="col">Mean squared error</th>${headings.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr></thead>
<tbody>${sorted.map(
    (row) =>
      html`<tr${row.role === 'model' && html` class="chosen"`}><th scope="row">${row.name}</th><td>${figure(
        row.mse,
      )}</td>${headings.map((name) => html`<td>${figure(row.figures?.[name])}</td>`)}</tr>`,
  )}</tbody></table>`,
)}`,
  };
}

function codeMap(map: NonNullable<ReportData['codeMap']>): Section {
  const [first, second] = map.explained;
  const labelled = map.labels ? ' The labels only colour the points; the model never saw them.' : '';
  return {
    id: 'codes',
    title: 'A map of the codes',
    lead: `Each point is one example, placed by its code so that similar examples lie close together; this flat view keeps ${percent(
      first + second,
    )} of how the codes vary.${labelled}`,
    body: chart('code-map', 'Map of the codes'),
  };
}

function codeActivity({ noun, values, dead }: NonNullable<ReportData['codeActivity']>): Section {
  const used = values.length - dead.length;
  const lead =
    dead.length === 0
      ? `How much each ${noun} is used: all ${wholeNumber(values.length)} carry something.`
      : `How much each ${noun} is used: ${wholeNumber(used)} of ${wholeNumber(values.length)} carry something; the other ${wholeNumber(dead.length)} (crossed) are dead: they say the same whatever the example, or nothing.`;
  return { id: 'activity', title: 'How the code is used', lead, body: chart('code-activity', 'Use of the code') };
}

function featureError(error: NonNullable<ReportData['featureError']>): Section {
  const lead =
    error.form === 'images'
      ? 'The mean squared error of each pixel over the validation pictures: bright places are where the model errs most.'
      : 'The mean squared error of each column over the validation rows, worst first: the columns at the top are the ones that the code keeps least well.';
  return { id: 'errors', title: 'Where it errs', lead, body: chart('feature-error', 'Error by feature') };
}

function nextCommands(run: ReportData): Section {
  return {
    id: 'next',
    title: 'What to do with it',
    lead: 'Copy one of these lines into a terminal, in the folder where you trained.',
    body: html`<dl class="commands">${run.nextCommands.map(
      ({ command, purpose }) => html`<div><dt>${purpose}</dt><dd><code>${unbroken(command)}</code></dd></div>`,
    )}</dl>`,
  };
}

function details(run: ReportData): Section {
  const { model } = run;
  const facts = {
    name: 'Model',
    settings: [
      { name: 'file', value: model.file },
      { name: 'parameters', value: wholeNumber(model.parameters) },
      { name: 'example → code', value: `${wholeNumber(model.exampleSize)} → ${wholeNumber(model.codeSize)} numbers` },
      { name: 'training examples', value: wholeNumber(model.trainExamples) },
      { name: 'validation examples', value: wholeNumber(model.validationExamples) },
      { name: 'training time', value: duration(model.seconds) },
      { name: 'speed', value: `${wholeNumber(model.examplesPerSecond)} examples/s` },
      { name: 'seed', value: model.seed },
    ],
  };
  const versions = {
    name: 'Versions',
    settings: Object.entries(model.versions).map(([name, value]) => ({ name, value })),
  };
  return {
    id: 'details',
    title: 'The small print',
    lead: 'Everything needed to make this model again: the same settings, seed, data and versions give the same numbers.',
    body: html`<div class="groups">${[facts, ...run.settings, versions].map(
      (group) =>
        html`<div><h3>${group.name}</h3><dl>${group.settings.map(
          ({ name, value }) => html`<div><dt>${name}</dt><dd>${String(value)}</dd></div>`,
        )}</dl></div>`,
    )}</div>`,
  };
}

/** A command that breaks between words only, not after the first hyphen of `--option`. */
function unbroken(command: string): readonly Html[] {
  return command.split(' ').map((word, i) => html`${i > 0 && ' '}<span>${word}</span>`);
}
