/** What a recommender is asked on the command line: for users, for somebody new, for items like an item. */
import { answerForItems, answersFor, type NamedRecommendation, similarTo } from '../applications/answers.ts';
import type { Recommender } from '../applications/recommend.ts';
import { OptionError } from '../base/errors.ts';
import { short, type Terminal, table } from './terminal.ts';

export interface QueryFlags {
  readonly user?: readonly string[];
  readonly items?: readonly string[];
  readonly similar?: string;
}

const QUERIES = ['user', 'items', 'similar'] as const;

export function isQuery(flags: QueryFlags): boolean {
  return QUERIES.some((name) => flags[name] !== undefined);
}

interface Asked extends QueryFlags {
  readonly top: number;
  readonly out?: string;
}

/** Prints the answer. @throws OptionError for several questions at once, or --out; DataError for an item that is not known. */
export async function answerQuery(recommender: Recommender, flags: Asked, terminal: Terminal): Promise<void> {
  refuseMixture(flags);
  const { user, items, similar, top } = flags;
  if (user) return answerUsers(recommender, user, top, terminal);
  const found = items
    ? await answerForItems(recommender, items, top)
    : await similarTo(recommender, similar ?? '', top);
  terminal.say(items ? `Somebody new who likes ${items.join(', ')}:` : `Like ${similar}:`);
  for (const line of listLines(found)) terminal.say(line);
  terminal.result({ ...(items ? { items } : { similar }), recommendations: found });
}

async function answerUsers(
  recommender: Recommender,
  users: readonly string[],
  top: number,
  terminal: Terminal,
): Promise<void> {
  const answers = [];
  for await (const answer of answersFor(recommender, users, top)) {
    const { user, isKnown, items } = answer;
    answers.push(answer);
    terminal.say(isKnown ? `${user}:` : `${user} has rated nothing that is known here; what most like:`);
    for (const line of listLines(items)) terminal.say(line);
  }
  terminal.result({ users: answers });
}

function listLines(found: readonly NamedRecommendation[]): string[] {
  if (found.length === 0) return ['  nothing is left'];
  return table(found.map(({ item, score }, at) => [`${at + 1}. ${item}`, short(score)])).map((line) => `  ${line}`);
}

function refuseMixture(flags: Asked): void {
  const given = QUERIES.filter((name) => flags[name] !== undefined);
  if (given.length > 1)
    throw new OptionError({
      where: `--${given[1]}`,
      expected: 'one question at a time',
      got: given.map((name) => `--${name}`).join(' and '),
      fix: 'ask one after the other',
    });
  if (flags.out !== undefined)
    throw new OptionError({
      where: `--out ${flags.out}`,
      expected: `no folder beside --${given[0]}: the answer is printed`,
      got: 'one',
      fix: 'leave --out out; --json gives the answer to programs',
    });
}
