/**
 * A space as users write it: `latent=2..64:log,kind=vanilla|denoising,hidden=256,64|512,128,dropout=0..0.3`.
 *
 *   name=FROM..TO        numbers between, both included; `:log` for a logarithmic scale
 *   name=A|B|C           one of these; a list has commas between its numbers, an empty one is `none`
 *   name                 what its schema says is worth a search
 */
import { OptionError } from '../../base/errors.ts';
import { flagOf, suggestion } from '../../base/options.ts';
import { searchHintOf } from '../../base/search-range.ts';
import { allOptionNames, type Chosen, type Dimension, type Property, propertyOf, type Range } from './space.ts';

/** What no search can compare, with the reason. */
const FIXED: Readonly<Record<string, string>> = {
  epochs: 'how long is decided by the search itself; --epochs says the most',
  seed: 'a lucky seed is no better model',
  validation: 'trials must be measured on the same examples',
  scale: 'errors are in scaled units, and those would differ',
  vocabulary: 'errors of different vocabularies do not compare',
  loss: 'it decides the scaling, and errors are in scaled units; tune once for each',
};

/** @throws OptionError for what cannot be read, an option that nothing has, and one that no search can compare. */
export function parseSpace(text: string, chosen: Chosen): Dimension[] {
  const parts = text
    .split(/,(?=\s*[a-z][\w-]*\s*(?:=|,|$))/i)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw unreadable(text, 'nothing');
  const dimensions = parts.map((part) => parsePart(part, chosen));
  const names = dimensions.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw unreadable(text, `${twice} twice`);
  return dimensions;
}

function parsePart(part: string, chosen: Chosen): Dimension {
  const at = part.indexOf('=');
  const name = camelCase(at < 0 ? part : part.slice(0, at).trim());
  if (Object.hasOwn(FIXED, name))
    throw new OptionError({
      where: `--search ${name}`,
      expected: 'an option whose values a search can compare',
      got: name,
      fix: `${FIXED[name]}: leave it out`,
    });
  const known = allOptionNames();
  if (!known.includes(name))
    throw new OptionError({
      where: `--search ${part}`,
      expected: 'an option of a kind, of a network or of training',
      got: name,
      fix: suggestion(name, known, (option) => option, 'see autoencoder train --help for those there are'),
    });
  const property = propertyOf(name, chosen);
  return { name, range: at < 0 ? presetRange(name, property) : parseRange(name, part.slice(at + 1).trim(), property) };
}

function presetRange(name: string, property: Property): Range {
  const hint = searchHintOf(property);
  if (!hint && property.enum) return { type: 'choice', values: property.enum };
  if (!hint && property.type === 'boolean') return { type: 'choice', values: [false, true] };
  if (!hint) throw unreadable(name, 'no values, and nothing says what is worth a search');
  const { range } = hint;
  return 'values' in range
    ? { type: 'choice', values: range.values }
    : { type: 'range', ...range, isWhole: property.type === 'integer' };
}

function parseRange(name: string, text: string, property: Property): Range {
  const ends = /^([^.|]*(?:\.\d[^.|]*)?)\.\.([^|:]+)(?::(log|linear))?$/.exec(text);
  if (!ends) {
    if (text === '') throw unreadable(`${name}=`, 'no values');
    return { type: 'choice', values: text.split('|').map((word) => parseValue(name, word.trim(), property)) };
  }
  const [, from, to, scale] = ends;
  if (property.type !== 'integer' && property.type !== 'number')
    throw unreadable(`${name}=${text}`, `a range of ${flagOf(name)}, which is no number: write A|B|C`);
  return {
    type: 'range',
    from: parseNumber(name, from),
    to: parseNumber(name, to),
    scale: scale === 'log' ? 'log' : 'linear',
    isWhole: property.type === 'integer',
  };
}

function parseValue(name: string, word: string, { type }: Property): unknown {
  if (type === 'integer' || type === 'number') return parseNumber(name, word);
  if (type === 'array') return word === 'none' ? [] : word.split(',').map((part) => parseNumber(name, part));
  if (type !== 'boolean') return word;
  if (word === 'true' || word === 'false') return word === 'true';
  throw unreadable(`${name}=${word}`, `${word}, where true or false was expected`);
}

function parseNumber(name: string, word: string): number {
  const value = Number(word);
  if (word.trim() !== '' && Number.isFinite(value)) return value;
  throw unreadable(`${name}=${word}`, `${JSON.stringify(word)}, which is no number`);
}

/** `learning-rate` and `--learning-rate` are `learningRate`. */
function camelCase(name: string): string {
  return name.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function unreadable(text: string, got: string): OptionError {
  return new OptionError({
    where: `--search ${text}`,
    expected: 'name=FROM..TO, name=FROM..TO:log or name=A|B|C, with commas between',
    got,
    fix: 'for example: --search "latent=2..64:log,hidden=256,64|512,128"',
  });
}
