/**
 * Sentences of a small grammar in English and in French, which has genders, agreement, elision and another order of words.
 *
 *   the old bird does not eat any green apples near the school  →  le vieil oiseau ne mange pas de pommes vertes près de l'école
 */
import type { Random } from '../../base/random.ts';
import type { Column } from '../dataset.ts';
import {
  type Adjective,
  adjectives,
  type Noun,
  nouns,
  numbers,
  prepositions,
  pronouns,
  times,
  verbs,
} from './lexicon.ts';

const TRAIN = 8000;
const TEST = 500;

export interface Pair {
  readonly en: string;
  readonly fr: string;
}

/** `text` and `translation`: 8000 sentences to learn from, or 500 others. */
export function makeSentences(part: 'train' | 'test', random: Random): readonly Column[] {
  const source = random.fork('sentences');
  const seen = new Map<string, string>();
  while (seen.size < TRAIN + TEST) {
    const { en, fr } = makeSentence(source);
    seen.set(en, fr);
  }
  const pairs = [...seen].slice(...(part === 'train' ? [0, TRAIN] : [TRAIN]));
  return [
    { type: 'category', name: 'text', values: pairs.map(([en]) => en) },
    { type: 'category', name: 'translation', values: pairs.map(([, fr]) => fr) },
  ];
}

function makeSentence(random: Random): Pair {
  const subject = random.uniform() < 0.4 ? choose(pronouns, random) : nounSubject(random);
  const verb = choose(verbs, random);
  const isNegated = random.uniform() < 0.25;
  const base = isNegated ? `${subject.english === 1 ? 'does' : 'do'} not ${verb.en[0]}` : verb.en[subject.english];
  const form = verb.fr[subject.french];
  const french = isNegated
    ? `${subject.fr} ${elided('ne', form)} pas`
    : subject.fr === 'je'
      ? elided('je', form)
      : `${subject.fr} ${form}`;
  const object = verb.objects.length === 0 ? undefined : nounPhrase(choose(verb.objects, random), random, isNegated);
  const place = random.uniform() < 0.4 ? placePhrase(random) : undefined;
  const time = random.uniform() < 0.3 ? choose(times, random) : undefined;
  const rest = [object, place, time].filter((phrase) => phrase !== undefined);
  return {
    en: [subject.en, base, ...rest.map(({ en }) => en)].join(' '),
    fr: [french, ...rest.map(({ fr }) => fr)].join(' '),
  };
}

function nounSubject(random: Random): Pair & { readonly english: 0 | 1; readonly french: 2 | 4 } {
  const phrase = nounPhrase('living', random, false);
  return { ...phrase, english: phrase.isPlural ? 0 : 1, french: phrase.isPlural ? 4 : 2 };
}

function placePhrase(random: Random): Pair {
  const preposition = choose(prepositions, random);
  const place = nounPhrase('place', random, false);
  return { en: `${preposition.en} ${place.en}`, fr: contracted(`${preposition.fr} ${place.fr}`) };
}

/** Determiner, adjective and noun. */
function nounPhrase(sort: Noun['sort'], random: Random, isNegated: boolean): Pair & { readonly isPlural: boolean } {
  const noun = choose(
    nouns.filter((candidate) => candidate.sort === sort),
    random,
  );
  const of = sort === 'living' ? 'living' : 'lifeless';
  const fitting = adjectives.filter((candidate) => candidate.of === 'all' || candidate.of === of);
  const adjective = random.uniform() < 0.45 ? choose(fitting, random) : undefined;
  const isPlural = random.uniform() < 0.35;
  const determiner = choose(isPlural ? [...plurals, choose(numbers, random)] : singulars, random);
  const english = [adjective?.en, isPlural ? (noun.enPlural ?? `${noun.en}s`) : noun.en].filter(Boolean).join(' ');
  const french = frenchNoun(noun, adjective, isPlural);
  return {
    en: `${englishDeterminer(determiner.en, isNegated, english)} ${english}`,
    fr: frenchDeterminer(determiner.fr, noun.gender, isNegated, adjective?.place === 'before', french),
    isPlural,
  };
}

const singulars: readonly Pair[] = [
  { en: 'the', fr: 'le' },
  { en: 'the', fr: 'le' },
  { en: 'a', fr: 'un' },
  { en: 'my', fr: 'mon' },
  { en: 'your', fr: 'ton' },
  { en: 'this', fr: 'ce' },
];
const plurals: readonly Pair[] = [
  { en: 'the', fr: 'les' },
  { en: 'some', fr: 'des' },
  { en: 'my', fr: 'mes' },
  { en: 'these', fr: 'ces' },
];

function englishDeterminer(word: string, isNegated: boolean, next: string): string {
  if (word === 'a') return /^[aeiou]/.test(next) ? 'an' : 'a';
  return word === 'some' && isNegated ? 'any' : word;
}

/** With what follows it: le → la, l'; mon → ma, but mon amie; des → de before an adjective; un, des → de after a negation. */
function frenchDeterminer(
  word: string,
  gender: 'm' | 'f',
  isNegated: boolean,
  isBeforeAdjective: boolean,
  next: string,
): string {
  if ((word === 'des' && isBeforeAdjective) || (isNegated && (word === 'un' || word === 'des')))
    return elided('de', next);
  if (word === 'le') return elided(gender === 'm' ? 'le' : 'la', next);
  const isVowel = startsWithVowel(next);
  if (word === 'ce') return `${gender === 'f' ? 'cette' : isVowel ? 'cet' : 'ce'} ${next}`;
  if (gender === 'f' && word === 'un') return `une ${next}`;
  if (gender === 'f' && !isVowel && (word === 'mon' || word === 'ton')) return `${word.slice(0, 1)}a ${next}`;
  return `${word} ${next}`;
}

/** The adjective before or after its noun, in its gender and number. */
function frenchNoun(noun: Noun, adjective: Adjective | undefined, isPlural: boolean): string {
  const name = isPlural ? pluralOf(noun.fr) : noun.fr;
  if (!adjective) return name;
  const isBefore = adjective.place === 'before';
  const special = isBefore && noun.gender === 'm' && !isPlural && startsWithVowel(name);
  const form = adjective.fr[noun.gender === 'm' ? 0 : 1];
  const agreed = isPlural ? pluralOf(form) : ((special ? adjective.beforeVowel : undefined) ?? form);
  return isBefore ? `${agreed} ${name}` : `${name} ${agreed}`;
}

/** cheval → chevaux, oiseau → oiseaux, heureux → heureux, others with s. */
function pluralOf(word: string): string {
  if (/[sxz]$/.test(word)) return word;
  if (/(eau|eu)$/.test(word)) return `${word}x`;
  return word.endsWith('al') ? `${word.slice(0, -1)}ux` : `${word}s`;
}

/** de le → du, de les → des, de un → d'un; de swallows des. */
function contracted(phrase: string): string {
  return phrase
    .replace(/\bde le /, 'du ')
    .replace(/\bde les /, 'des ')
    .replace(/\bde (?:des|de) (.+)/, (_, next: string) => elided('de', next))
    .replace(/\bde d'/, "d'")
    .replace(/\bde (une?) /, "d'$1 ");
}

/** le, la, je, ne, de lose their vowel before another. */
function elided(word: string, next: string): string {
  return startsWithVowel(next) ? `${word.slice(0, -1)}'${next}` : `${word} ${next}`;
}

function startsWithVowel(word: string): boolean {
  // Every h of the lexicon is mute.
  return /^[aeiouyhéèêœ]/.test(word);
}

function choose<Item>(items: readonly Item[], random: Random): Item {
  return items[random.integer(items.length)];
}
