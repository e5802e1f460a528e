/** What may not stand beside what on the command line, for uses that train a model of their own. */
import { OptionError } from '../base/errors.ts';
import { flagOf } from '../base/options.ts';

/** Those of the flags that are given, as they are written. */
export function givenFlags(flags: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return names.filter((name) => flags[name] !== undefined).map(flagOf);
}

/** @throws OptionError where anything stands beside `--resume`. */
export function refuseBesideResume([besides]: readonly string[]): void {
  if (besides === undefined) return;
  throw new OptionError({
    where: '--resume',
    expected: 'nothing else beside it: the training goes on as it began',
    got: besides,
    fix: `leave ${besides} out, or train anew with --fit`,
  });
}

/** For a flag that does not go with what stands beside it. */
export function notBeside(where: string, expected: string, got: string): OptionError {
  return new OptionError({ where, expected, got, fix: `leave ${where} or what stands beside it out` });
}
