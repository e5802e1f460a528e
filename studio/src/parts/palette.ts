/** Colours of points: apart from one another for classes, from dark to light for numbers; both to be seen on light and dark ground. */

const CLASSES = [
  '#2f7fd6',
  '#e0762b',
  '#2b9e5f',
  '#d04a5e',
  '#8a6bd1',
  '#a8743f',
  '#d869b0',
  '#8a949e',
  '#a5a524',
  '#22a5b3',
];

/** After Viridis (van der Walt & Smith 2015), its middle. */
const AMOUNTS = ['#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#e8e337'];

export function classColors(count: number): string[] {
  return Array.from({ length: Math.max(1, count) }, (_, at) => CLASSES[at % CLASSES.length]);
}

export const amountColors: readonly string[] = AMOUNTS;
