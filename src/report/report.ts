/**
 * The report of a training run: one HTML file that holds its style, script and data, and asks no network for anything.
 *
 *   ReportData ── sections (static HTML) ──┐
 *              ── JSON in a script element ├──> page
 *   dist/report/page.js (charts, pictures) ┘
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FileError } from '../base/errors.ts';
import { type Html, html, scriptCode, scriptJson } from './html.ts';
import type { CodeMap, ImageStack, PageData, ReportData } from './report-data.ts';
import { sections } from './sections.ts';
import { style } from './style.ts';
import { fitThumbnails } from './thumbnails.ts';

/** Thumbnails of the code map may take this much of the file. */
const THUMBNAIL_BYTES = 3_000_000;
/** Nothing from any network, whatever the data say. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * Writes a training run as one HTML page: curves, pictures, tables, and what to try next.
 *
 * @returns the text of the file.
 * @throws FileError where the page's script has not been built.
 * @example writeFileSync('report.html', renderReport(run));
 */
export function renderReport(run: ReportData): string {
  return renderPage(run.title, sections(run), forPage(run));
}

/**
 * Any page: its body, and what its charts are drawn from.
 *
 * @throws FileError where the page's script has not been built.
 */
export function renderPage(title: string, body: Html, data: PageData): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – autoencoder report</title>
<style>${{ html: style }}</style>
</head>
<body>
${body}
<script type="application/json" id="report-data">${{ html: scriptJson({ ...data, codeMaps: data.codeMaps && mapsForPage(data.codeMaps) }) }}</script>
<script>${{ html: scriptCode(pageScript()) }}</script>
</body>
</html>
`;
  return page.html;
}

/** What the script needs: what the static HTML shows already stays out. */
function forPage(run: ReportData): PageData {
  const { title, history, bestEpoch, baselines, examples, samples, codeMap, codeActivity, featureError } = run;
  return {
    title,
    history,
    bestEpoch,
    baselines,
    examples: examples?.form === 'table' ? undefined : examples,
    samples: samples?.form === 'table' ? undefined : samples,
    codeMaps: codeMap && { '': codeMap },
    codeActivity,
    featureError,
  };
}

function mapsForPage(maps: Readonly<Record<string, CodeMap>>): Record<string, CodeMap> {
  return Object.fromEntries(Object.entries(maps).map(([of, map]) => [of, compact(map)]));
}

/** Coordinates to four digits, and no more thumbnails than the file can bear. */
function compact(map: CodeMap): CodeMap {
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    ...map,
    points: map.points.map(([x, y]) => [round(x), round(y)] as const),
    thumbnails: map.thumbnails && thumbnailsOf(map.thumbnails),
  };
}

function thumbnailsOf(stack: ImageStack): ImageStack | undefined {
  const fitted = fitThumbnails(stack, THUMBNAIL_BYTES);
  return fitted.count > 0 ? fitted : undefined;
}

/** The bundle lies beside this file once built; from the sources (tests, tsx) it is taken from dist. */
function pageScript(): string {
  const places = ['./page.js', '../../dist/report/page.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    throw new FileError({
      where: places[1],
      expected: 'the built script of the report page',
      got: 'no file',
      fix: 'run `npm run build` (or `node scripts/build-report.mjs`)',
    });
  }
  return readFileSync(found, 'utf8');
}
