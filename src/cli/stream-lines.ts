/** `anomalies --stream`: lines on standard input, a score per line at once. A line that cannot be read is told and passed over. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Detector } from '../applications/detector.ts';
import { makeStream } from '../applications/stream.ts';
import { DataError } from '../base/errors.ts';
import { byteStream } from '../data/bytes.ts';
import type { TableSource } from '../data/dataset.ts';
import { quoteWhereNeeded, readCsv } from '../data/formats/csv.ts';
import { readJsonLines } from '../data/formats/json-lines.ts';

export interface StreamRequest {
  readonly detector: Detector;
  readonly threshold: number;
  readonly halfLife?: number;
  /** Further columns than the detector's are passed over. */
  readonly input: Readable;
  readonly output: Writable;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What was read. */
export interface StreamSummary {
  readonly lines: number;
  readonly anomalies: number;
  readonly malformed: number;
}

/** Until the input ends, or nobody reads what is written any more. @throws DataError for a header without the detector's columns. */
export async function scoreLines(request: StreamRequest): Promise<StreamSummary> {
  const { detector, threshold, halfLife, input, output, note, signal } = request;
  const stream = makeStream(detector, threshold, { halfLife });
  const wanted = columnsOf(detector);
  let [header, lines, anomalies, malformed] = ['', 0, 0, 0];
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
  };
  output.on('error', close);
  const write = async (text: string): Promise<void> => {
    if (!output.write(`${text}\n`) && !isClosed) await Promise.race([once(output, 'drain'), once(output, 'close')]);
  };
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal });
  await write('line,score,threshold,anomaly,because,value,expected');
  let number = 0;
  for await (const line of reader) {
    number++;
    if (isClosed || signal.aborted) break;
    if (line.trim() === '') continue;
    const isObject = /^\s*\{/.test(line);
    if (!isObject && header === '') {
      header = line;
      await checkHeader(header, wanted);
      continue;
    }
    try {
      const row = await readRow(header, line, isObject, wanted);
      const told = await stream.push(row);
      lines++;
      if (told?.isAnomaly) anomalies++;
      await write(told ? [number, ...cellsOf(told)].join(',') : `${number},,,,,,`);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      malformed++;
      note(`line ${number}: ${error.message}`);
    }
  }
  reader.close();
  output.off('error', close);
  return { lines, anomalies, malformed };
}

function cellsOf({
  score,
  threshold,
  isAnomaly,
  because,
  value,
  expected,
}: NonNullable<Awaited<ReturnType<ReturnType<typeof makeStream>['push']>>>): string[] {
  const numbers = [score, threshold].map((each) => each.toPrecision(6));
  return [...numbers, isAnomaly ? 'yes' : 'no', ...[because, value, expected].map(quoteWhereNeeded)];
}

interface Wanted {
  readonly name: string;
  readonly type: 'numeric' | 'category';
}

/** The columns that a row must have. */
function columnsOf({ members: [{ card }], windows }: Detector): Wanted[] {
  if (windows)
    return [
      ...new Map(
        windows.channels.map((channel) => {
          const [name, category] = channel.split('=');
          return [name, { name, type: category === undefined ? ('numeric' as const) : ('category' as const) }];
        }),
      ).values(),
    ];
  if (card.scaling.form === 'columns') return card.scaling.columns.map(({ name, type }) => ({ name, type }));
  throw new DataError({
    where: '--stream',
    expected: 'a detector of a table or of a series',
    got: `one of examples of shape [${card.blueprint.shape}]`,
    fix: 'make one from a CSV file: autoencoder anomalies --fit log.csv',
  });
}

/** @throws DataError for a header without a column that the detector needs: no line after it could be scored. */
async function checkHeader(header: string, wanted: readonly Wanted[]): Promise<void> {
  const { columns } = await readCsv(bytesOf(`${header}\n${header}\n`), { header: 'yes' });
  for (const { name } of wanted)
    if (!columns.some((column) => column.name === name)) throw missing('the header', name, columns);
}

function missing(where: string, name: string, columns: TableSource['columns']): DataError {
  return new DataError({
    where,
    expected: `a column ${JSON.stringify(name)}, as the detector was made with`,
    got: columns.map((each) => each.name).join(', '),
    fix: 'send the header as the first line, or JSON objects',
  });
}

function bytesOf(text: string): ReturnType<typeof byteStream> {
  return byteStream('the line', new TextEncoder().encode(text));
}

async function readRow(
  header: string,
  line: string,
  isObject: boolean,
  wanted: readonly Wanted[],
): Promise<TableSource> {
  const table = isObject
    ? await readJsonLines(bytesOf(line))
    : await readCsv(bytesOf(`${header}\n${line}\n`), { header: 'yes' });
  const columns = wanted.map(({ name, type }) => {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (!column) throw missing('the line', name, table.columns);
    return asType(column, type);
  });
  return { form: 'table', name: 'standard input', rows: 1, columns };
}

/** One cell says little of what its column is: the detector knows. */
function asType(column: TableSource['columns'][number], type: Wanted['type']): TableSource['columns'][number] {
  const { name } = column;
  if (type === 'category') {
    const [cell] = column.values;
    const text = cell === null || Number.isNaN(cell) ? null : String(cell);
    return { type, name, values: [text] };
  }
  if (column.type === 'numeric') return column;
  const [cell] = column.values;
  if (cell === null) return { type, name, values: Float64Array.of(Number.NaN) };
  throw new DataError({
    where: `column ${JSON.stringify(name)}`,
    expected: 'a number',
    got: JSON.stringify(cell),
    fix: 'correct the line; an empty cell is a missing value',
  });
}
