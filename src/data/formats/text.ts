/** Plain text: one text a line, as a table of one column. */
import { type ByteStream, decodeText } from '../bytes.ts';
import type { TableSource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { needMore } from './lines.ts';
import { checkColumnNames, tableSource } from './table.ts';

/** Only where text is asked for: endings say nothing of it, and most files of text are tables. */
export const text: Format = {
  name: 'text',
  files: /(?!)/,
  holds: 'table',
  isReadPacked: true,
  read: readText,
};

const COLUMN = 'text';

/** Empty lines are missing values. */
async function readText(stream: ByteStream, options: ReadOptions = {}): Promise<TableSource> {
  const { limit = Infinity } = options;
  const values: (string | null)[] = [];
  for await (const line of linesOf(stream)) {
    values.push(line.trim() === '' ? null : line);
    if (values.length >= limit) break;
  }
  checkColumnNames(stream.name, [COLUMN], options);
  return tableSource(stream.name, values.length, [{ type: 'category', name: COLUMN, values }], options);
}

/** Lines as they are, without what ends them. @throws DataError for what is not UTF-8. */
export async function* linesOf(stream: ByteStream): AsyncGenerator<string> {
  let [rest, row] = ['', 1];
  for await (const text of decodeText(stream)) {
    rest += text;
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, end).replace(/\r$/, '');
      start = end + 1;
      row++;
    }
    rest = rest.slice(start);
    needMore(rest.length, stream.name, row);
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}
