/** Plain text: one text a line, as a table of one column. */
import { type ByteStream, decodeText } from '../bytes.ts';
import { columnBuilder } from '../columns/builder.ts';
import type { TableSource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { eachRecord, needMore, STOP } from './lines.ts';
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

/** Lines as they are, without what ends them; empty lines are missing values. */
async function readText(stream: ByteStream, options: ReadOptions = {}): Promise<TableSource> {
  const { name } = stream;
  const { limit = Infinity } = options;
  const builder = columnBuilder(COLUMN, name, 'category');
  let rows = 0;
  await eachRecord(decodeText(stream), (lines, start, isLast) => {
    const end = lines.indexOf('\n', start);
    if (end < 0 && !isLast) return needMore(lines.length - start, name, rows + 1);
    const stop = end < 0 ? lines.length : end;
    const line = lines.slice(start, stop).replace(/\r$/, '');
    rows += 1;
    if (line.trim() === '') builder.addMissing(rows);
    else builder.addText(line, rows);
    return rows >= limit ? STOP : end < 0 ? stop : end + 1;
  });
  checkColumnNames(name, [COLUMN], options);
  return tableSource(name, rows, [builder.finish()], options);
}
