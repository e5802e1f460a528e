/** All uses that the page has, in the order that it shows them. */
import { anomalies } from './anomalies.ts';
import { compress } from './compress.ts';
import { forecast } from './forecast.ts';
import { generate } from './generate.ts';
import { impute } from './impute.ts';
import { labelErrors } from './label-errors.ts';
import { recommend } from './recommend.ts';
import { cleaner, enlarger, filler } from './restore.ts';
import { search } from './search.ts';
import { swap } from './swap.ts';
import { complete, translate } from './texts.ts';
import type { StudioUse } from './use.ts';

export const uses: readonly StudioUse[] = [
  anomalies,
  generate,
  search,
  impute,
  labelErrors,
  forecast,
  recommend,
  translate,
  complete,
  cleaner,
  filler,
  enlarger,
  compress,
  swap,
];
