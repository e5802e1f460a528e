import { expect, test } from 'vitest';
import { byteStream } from '../bytes.ts';
import { readCsv } from '../formats/csv.ts';
import { readJsonLines } from '../formats/json-lines.ts';
import { takeRows } from '../split.ts';
import { parseTime } from './time.ts';

test.each([
  ['0', 0],
  ['12.5', 12.5],
  ['1970-01-02', 86_400],
  ['2014-04-01 00:00:00', 1_396_310_400],
  ['2014-04-01T00:05', 1_396_310_700],
  ['2014-04-01T02:00:00.5+0200', 1_396_310_400.5],
  ['2014-04-01 00:00:00Z', 1_396_310_400],
  ['1e999', undefined],
  ['April', undefined],
  ['2014-13-01', undefined],
  ['01/04/2014', undefined],
])('%s is so many seconds', (text, seconds) => {
  expect(parseTime(text)).toBe(seconds);
});

const text = (lines: string[]) => byteStream('log', new TextEncoder().encode(lines.join('\n')));

test('the time of a table is kept out of its columns, and goes with its rows', async () => {
  const table = await readCsv(text(['at,value', '2014-04-01 00:00:00,1', '2014-04-01 00:05:00,2', '2014-04-02,3']), {
    time: 'at',
  });
  expect(table.columns.map(({ name }) => name)).toEqual(['value']);
  expect(takeRows(table, [2, 0])).toMatchObject({
    rows: 2,
    time: { name: 'at', values: Float64Array.of(1_396_396_800, 1_396_310_400) },
  });
  const lines = await readJsonLines(text(['{"at": 1, "value": 3}', '{"at": "1.5", "value": 4}']), {
    time: 'at',
    columns: ['value'],
  });
  expect(lines.time?.values).toEqual(Float64Array.of(1, 1.5));
});

test('what is no time, or goes back, is told with its row', async () => {
  const read = (cells: string[]) => readCsv(text(['at,value', ...cells]), { time: 'at' });
  await expect(read(['1,1', 'noon,2'])).rejects.toThrow('log row 3 column "at": expected a time');
  await expect(read(['1,1', ',2'])).rejects.toThrow('log row 3 column "at": expected a time');
  await expect(read(['5,1', '5,1', '4,2'])).rejects.toThrow('log row 4 column "at": expected a time not before');
  await expect(readJsonLines(text(['{"at": 1, "v": 3}', '{"v": 4}']), { time: 'at' })).rejects.toThrow('log row 2');
  await expect(readCsv(text(['at', '1', '2']), { time: 'at' })).rejects.toThrow('none besides "at"');
  await expect(readCsv(text(['at,v', '1,2']), { time: 'On' })).rejects.toThrow('expected one of the columns');
});
