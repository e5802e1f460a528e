/** CSV and JSON lines: pieces are found by their bytes. */
import { openFile, openPart } from '../files.ts';
import { csv, readCsv, readCsvLayout } from '../formats/csv.ts';
import type { CsvLayout } from '../formats/format.ts';
import { jsonLines, readJsonLines } from '../formats/json-lines.ts';
import { cutLines } from './cut-lines.ts';
import type { PieceReader } from './piece.ts';

export const csvPieces: PieceReader = {
  reads: (path) => csv.files.test(path),
  async survey(path, most, options) {
    const { isHeader, names, delimiter } = await readCsvLayout(await openFile(path), options);
    const layout: CsvLayout = { names, delimiter };
    return { layout, ...(await cutLines(await openFile(path), { most, delimiter, isHeader })) };
  },
  read: (path, { bytes: [from, to] = [0, 0], line }, options) =>
    readCsv(openPart(path, from, to), { ...options, firstLine: line }),
};

export const jsonLinesPieces: PieceReader = {
  reads: (path) => jsonLines.files.test(path),
  survey: async (path, most) => cutLines(await openFile(path), { most, isHeader: false }),
  read: (path, { bytes: [from, to] = [0, 0], line }, options) =>
    readJsonLines(openPart(path, from, to), { ...options, firstLine: line }),
};
