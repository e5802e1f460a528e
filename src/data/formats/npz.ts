/** NumPy's .npz: a zip archive of .npy arrays; `file.npz:key` picks one. */
import { zipSync } from 'fflate';
import { DataError } from '../../base/errors.ts';
import { suggestion } from '../../base/options.ts';
import { type ByteStream, collectBytes } from '../bytes.ts';
import type { ArraySource, Labels, Source } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { encodeNpy, encodeNpySource, parseNpy, parseNpyLabels } from './npy.ts';
import { readZip, type ZipMember } from './zip.ts';

export const npz: Format = {
  name: 'npz',
  files: /\.npz$/i,
  holds: 'arrays',
  isReadPacked: false,
  read: readNpz,
};

const dataKeys = ['X', 'x', 'data', 'images'];
const labelKeys = ['y', 'Y', 'labels', 'label'];

/** Reads array `key` (else `X`, `x`, `data`, `images`, or the only one) with the labels `label` (else `y`, `labels`). */
async function readNpz(stream: ByteStream, { key, label, limit }: ReadOptions): Promise<ArraySource> {
  const members = new Map(
    readZip(await collectBytes(stream), stream.name)
      .filter((member) => member.name.endsWith('.npy'))
      .map((member) => [member.name.slice(0, -'.npy'.length), member]),
  );
  const names = [...members.keys()];
  const labelKey = label ?? labelKeys.find((name) => members.has(name) && name !== key);
  const features = names.filter((name) => name !== labelKey);
  const dataKey =
    key ?? dataKeys.find((name) => features.includes(name)) ?? (features.length === 1 ? features[0] : undefined);
  if (dataKey === undefined) {
    throw new DataError({
      where: stream.name,
      expected: `an array called ${dataKeys.join(', ')}, or only one`,
      got: names.length === 0 ? 'no array' : `arrays ${names.join(', ')}`,
      fix: `name one: ${stream.name}:${features[0] ?? 'key'}`,
    });
  }
  const data = parseNpy(memberOf(members, dataKey, stream.name).unpack(), `${stream.name}:${dataKey}`, limit);
  if (labelKey === undefined) return { ...data, name: stream.name };
  const where = `${stream.name}:${labelKey}`;
  const labels = parseNpyLabels(memberOf(members, labelKey, stream.name).unpack(), where, limit);
  if (labels.values.length !== data.shape[0]) {
    // Beside an array that was asked for by name, labels of another length are those of another array.
    if (key !== undefined && label === undefined) return { ...data, name: stream.name };
    throw new DataError({
      where,
      expected: `one label for each of ${data.shape[0]} examples`,
      got: `${labels.values.length}`,
      fix: 'name the right array of labels with --label',
    });
  }
  return { ...data, name: stream.name, labels };
}

function memberOf(members: ReadonlyMap<string, ZipMember>, key: string, where: string): ZipMember {
  const member = members.get(key);
  if (member !== undefined) return member;
  const names = [...members.keys()];
  throw new DataError({
    where,
    expected: `one of the arrays ${names.join(', ') || '(there is none)'}`,
    got: JSON.stringify(key),
    fix: suggestion(key, names, (name) => `${where}:${name}`),
  });
}

/**
 * The .npz of a source: its numbers as `X`, and as `y` its labels, where it has any.
 *
 * @throws DataError for classes whose names are no whole numbers, and for tables with text.
 */
export function encodeNpzSource(source: Source): Uint8Array {
  const { labels } = source;
  const members = {
    'X.npy': encodeNpySource(source),
    ...(labels ? { 'y.npy': encodeNpy(numbersOf(labels, source.name), [labels.values.length]) } : {}),
  };
  // A date that is always the same: the same source gives the same bytes.
  return zipSync(members, { level: 6, mtime: FIRST_DATE });
}

/** The first that a zip archive can tell. */
const FIRST_DATE = '1980-01-01T00:00:00';

function numbersOf({ values, names }: Labels, name: string): Float64Array {
  const numbers = names.map(Number);
  const bad = names.find((_, at) => !Number.isInteger(numbers[at]));
  if (bad !== undefined)
    throw new DataError({
      where: name,
      expected: 'classes that are whole numbers, which is all that labels in .npz are here',
      got: JSON.stringify(bad),
      fix: 'write .csv, or a folder of pictures',
    });
  return Float64Array.from(values, (value) => numbers[value] ?? Number.NaN);
}
