import { beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error: a build script, plain JavaScript
import { bundlePage } from '../../scripts/build-report.mjs';
import { renderReport } from './report.ts';
import { imageStack, type PageData, type ReportData } from './report-data.ts';

const run: ReportData = {
  title: 'Digits',
  kind: 'variational',
  network: 'dense',
  dataset: 'digits',
  history: [1, 2, 3].map((epoch) => ({
    epoch,
    train: { loss: 90 / epoch, mse: 0.06 / epoch },
    validation: { loss: 95 / epoch, mse: epoch === 3 ? Number.NaN : 0.07 / epoch },
    learningRate: 0.001,
    seconds: 0.4,
  })),
  bestEpoch: 2,
  baselines: [
    { name: 'This model', role: 'model', mse: 0.01 },
    { name: 'PCA, 32 components', role: 'pca', mse: 0.02, figures: { 'PSNR (dB)': 17 } },
  ],
  settings: [{ name: 'Training', settings: [{ name: 'batch size', value: 256 }] }],
  warnings: [],
  model: {
    parameters: 222384,
    exampleSize: 784,
    codeSize: 32,
    trainExamples: 900,
    validationExamples: 100,
    seconds: 200,
    examplesPerSecond: 123456.7,
    seed: 0,
    versions: { autoencoder: '0.1.0' },
    file: 'model.safetensors',
  },
  nextCommands: [{ command: 'autoencoder encode runs/digits digits', purpose: 'Encode' }],
};

const table: ReportData['examples'] = {
  form: 'table',
  columns: [{ name: 'age', unit: 'years', spread: 10 }, { name: 'colour' }],
  original: [
    [30, 'red'],
    [null, 'blue'],
  ],
  reconstruction: [
    [45, 'red'],
    [31, 'green'],
  ],
};

beforeAll(async () => {
  await bundlePage('report');
});

describe('renderReport', () => {
  it('shows a section per part of the run, each with a heading and one sentence, and none for what is missing', () => {
    const page = renderReport(run);
    expect(page.match(/<section /g)).toHaveLength(4);
    expect(page.match(/<h2 /g)).toHaveLength(4);
    expect(page.match(/<p class="lead">/g)).toHaveLength(4);
    expect(page).not.toContain('id="codes"');
    const mapped = { points: [[0, 1]], explained: [0.5, 0.25] } as const;
    expect(renderReport({ ...run, codeMap: mapped })).toContain('keeps 75% of how the codes vary');
  });

  it('links every entry of the navigation to a section', () => {
    const page = renderReport({ ...run, examples: table });
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(4);
    for (const id of targets) expect(page).toContain(`id="${id}"`);
  });

  it('says how the model compares with PCA, and with the mean where there is no PCA', () => {
    expect(renderReport(run)).toContain('<strong>50% lower than PCA’s</strong>');
    const worse = run.baselines.map((row) => ({ ...row, mse: row.role === 'model' ? 0.03 : row.mse }));
    expect(renderReport({ ...run, baselines: worse })).toContain('as well or better');
    const mean = { name: 'Mean', role: 'mean', mse: 0.04 } as const;
    expect(renderReport({ ...run, baselines: [run.baselines[0], mean] })).toContain('75% lower');
  });

  it('marks values that are off by more than a spread and other categories, and only those', () => {
    const page = renderReport({ ...run, examples: table });
    expect([...page.matchAll(/<mark>([^<]*)<\/mark>/g)].map(([, text]) => text)).toEqual(['45', 'green']);
    expect(page).toContain('<td>missing</td>');
  });

  it('shows a number that is not finite as a dash', () => {
    expect(renderReport(run)).toContain('<td>–</td>');
  });

  it('escapes whatever the data say, in text, attributes and embedded JSON', () => {
    const hostile = '</script><script>alert(1)</script><!-- " \' & \u2028';
    const page = renderReport({
      ...run,
      title: hostile,
      dataset: hostile,
      baselines: [{ name: hostile, role: 'model', mse: 1, figures: { [hostile]: 1 } }],
      warnings: [{ text: hostile, advice: hostile }],
      nextCommands: [{ command: hostile, purpose: hostile }],
    });
    expect(page).not.toContain('<script>alert');
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/gi)).toHaveLength(2);
    expect(embedded(page).title).toBe(hostile);
  });

  it('embeds the numbers that the charts need, with what is not finite as null', () => {
    const data = embedded(renderReport(run));
    expect(data.history?.[0]).toEqual(run.history[0]);
    expect(data.history?.[2].validation?.mse).toBeNull();
  });

  it('loads nothing: a policy that forbids it, and no address to load from', () => {
    const page = renderReport({ ...run, examples: table });
    expect(page).toContain('default-src &#39;none&#39;; script-src &#39;unsafe-inline&#39;');
    expect(page).not.toMatch(/<(link|img|iframe|object|embed|base)\b/i);
    expect(page).not.toMatch(/(src|href|action)\s*=\s*["']?(https?:)?\/\//i);
    expect(page).not.toMatch(/\bimport\s*\(|@import|url\(\s*["']?(https?:)?\/\//i);
    const addresses = new Set(page.match(/https?:\/\/[^\s"'`)]+/g));
    // Names of XML languages are not fetched.
    for (const address of addresses) expect(address).toMatch(/^http:\/\/www\.w3\.org\//);
  });

  it('keeps thumbnails small and below 3 MB', () => {
    const thumbnails = imageStack(new Uint8Array(1200 * 3 * 64 * 48).fill(200), [1200, 3, 64, 48]);
    const points = Array.from({ length: 1200 }, (_, i) => [i, i / 3] as const);
    const data = embedded(renderReport({ ...run, codeMap: { points, explained: [0.6, 0.4], thumbnails } }));
    const kept = data.codeMaps?.['']?.thumbnails;
    expect([kept?.channels, kept?.height, kept?.width]).toEqual([3, 32, 24]);
    expect(kept?.base64.length).toBeLessThan(3_000_000);
    expect(kept?.count).toBeGreaterThan(900);
    expect(Buffer.from(kept?.base64 ?? '', 'base64').every((pixel) => pixel === 200)).toBe(true);
    expect(data.codeMaps?.['']?.points[1][1]).toBe(0.3333);
  });
});

describe('imageStack', () => {
  it('holds the bytes it was given, across the pieces it is encoded in', () => {
    const pixels = Uint8Array.from({ length: 2 * 3 * 100 * 97 }, (_, i) => (i * 7) % 256);
    const stack = imageStack(pixels, [2, 3, 100, 97]);
    expect(Buffer.from(stack.base64, 'base64').equals(pixels)).toBe(true);
  });

  it('refuses bytes that do not fill the shape', () => {
    expect(() => imageStack(new Uint8Array(5), [1, 1, 2, 2])).toThrow('internal: imageStack: 5 bytes');
  });
});

function embedded(page: string): PageData {
  return JSON.parse(/id="report-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '');
}
