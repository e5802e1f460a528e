/** Names by numbers, given out as they come. */
export interface Numbering {
  readonly names: readonly string[];
  /** The number of a name, from 0: the next one where it is new. */
  of(name: string): number;
}

export function numbering(): Numbering {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  return {
    names,
    of(name) {
      const number = numbers.get(name) ?? names.push(name) - 1;
      numbers.set(name, number);
      return number;
    },
  };
}
