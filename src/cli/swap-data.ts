/** Pictures of two sets as a command's argument: data with two labels, or two folders. */
import { basename } from 'node:path';
import type { TwoSets } from '../applications/swap.ts';
import { DataError, OptionError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import { builtIns } from '../data/builtin/builtin.ts';
import type { ArraySource, Source } from '../data/dataset.ts';
import { type DataFlags, readData } from './data-flags.ts';
import type { Terminal } from './terminal.ts';

export interface SwapData {
  readonly train: TwoSets;
  readonly test?: TwoSets;
}

/** Whether data are drawn by the program, and so of nobody. */
export function isDrawn(name: string): boolean {
  return builtIns.some((set) => set.name === name);
}

/** @throws OptionError for pictures that are not the program's own, without the word that those in them agree. */
export function requireConsent(names: readonly string[], hasConsent: boolean | undefined): void {
  const [real] = names.filter((name) => !isDrawn(name));
  if (real === undefined || hasConsent) return;
  throw new OptionError({
    where: 'autoencoder swap',
    expected: '--i-have-consent: that those who are seen in the pictures agree to this use of them',
    got: real,
    fix: 'ask them, and add --i-have-consent; or try it on portraits that are drawn: autoencoder swap --fit portraits',
  });
}

/** @throws DataError for anything but coloured or grey pictures of one size with two labels. */
export async function readSwapData(
  { fit, and, ...flags }: { readonly fit: string; readonly and?: string } & Pick<DataFlags, 'limit' | 'strict'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<SwapData> {
  const { train, test } = await readData(fit, flags, terminal, signal);
  if (and === undefined) return { train: twoSets(train), ...(test ? { test: twoSets(test) } : {}) };
  const other = await readData(and, flags, terminal, signal);
  return { train: joined(pictures(train), pictures(other.train), [basename(fit), basename(and)]) };
}

/** @throws DataError for a source that is no pictures. */
export function pictures(source: Source): ArraySource & { readonly values: Uint8Array } {
  const isPictures =
    source.form === 'array' && source.shape.length === 4 && (source.shape[1] === 1 || source.shape[1] === 3);
  if (isPictures && source.values instanceof Uint8Array) return { ...source, values: source.values };
  throw new DataError({
    where: source.name,
    expected: 'pictures of one size, grey or in colour',
    got: source.form === 'table' ? 'a table' : `numbers of shape [${source.shape}]`,
    fix: 'name a folder of pictures, or a set such as portraits',
  });
}

function twoSets(source: Source): TwoSets {
  const { name, values, shape, labels } = pictures(source);
  const [, channels, height, width] = shape;
  if (labels?.names.length !== 2)
    throw new DataError({
      where: name,
      expected: 'pictures with two labels: a folder of two folders, or --fit A --and B',
      got: labels ? `${labels.names.length} labels` : 'none',
      fix: 'put the pictures of each into a folder of its own',
    });
  return {
    name,
    values,
    shape: [channels, height, width],
    labels: labels.values,
    names: [labels.names[0], labels.names[1]],
  };
}

function joined(
  a: ArraySource & { readonly values: Uint8Array },
  b: ArraySource & { readonly values: Uint8Array },
  names: readonly [string, string],
): TwoSets {
  const [count, channels, height, width] = a.shape;
  if (a.shape.slice(1).join() !== b.shape.slice(1).join())
    throw new DataError({
      where: `--and ${b.name}`,
      expected: `pictures of [${a.shape.slice(1)}] (channels, height, width), as ${a.name} has`,
      got: `[${b.shape.slice(1)}]`,
      fix: 'scale or crop them to one size',
    });
  const values = new Uint8Array(a.values.length + b.values.length);
  values.set(a.values);
  values.set(b.values, a.values.length);
  return {
    name: names.join(' and '),
    values,
    shape: [channels, height, width],
    labels: Int32Array.from({ length: count + b.shape[0] }, (_, at) => (at < count ? 0 : 1)),
    names,
  };
}

/** Whom each picture is to show: the one who is named, else the other of the two. */
export function targetsOf(
  labels: { readonly values: Int32Array; readonly names: readonly string[] } | undefined,
  names: readonly string[],
  count: number,
  to: string | undefined,
): Int32Array {
  if (to !== undefined) {
    const label = names.indexOf(to);
    if (label >= 0) return new Int32Array(count).fill(label);
    throw new OptionError({
      where: `--to ${to}`,
      expected: `one of ${names.join(', ')}`,
      got: to,
      fix: suggestion(to, names),
    });
  }
  const known = labels?.names.map((name) => names.indexOf(name));
  if (labels && known?.every((label) => label >= 0)) return labels.values.map((label) => 1 - known[label]);
  throw new OptionError({
    where: 'autoencoder swap',
    expected: `--to ${names.join(' or --to ')}, or pictures with these labels`,
    got: labels ? `the labels ${labels.names.join(', ')}` : 'neither',
    fix: `add --to ${names[1]}`,
  });
}
