/** What of an option is worth trying when options are searched: said in its schema, beside its default, and read from there. */
import * as z from 'zod';

const values = z.array(z.union([z.string(), z.number(), z.boolean(), z.array(z.number())])).min(1);

const searchSchema = z.strictObject({
  /**
   * `training`: any loss tells which value is better. `purpose`: the value changes what is asked of the model (how small a code, how much
   * noise), so only a use can tell.
   */
  of: z.enum(['training', 'purpose']),
  range: z.union([
    z.strictObject({ from: z.number(), to: z.number(), scale: z.enum(['linear', 'log']) }),
    z.strictObject({ values }),
  ]),
});

export type SearchHint = z.infer<typeof searchSchema>;

/** For a schema's `meta`: an option that is searched where nobody says what to search, over `range`. */
export function searched(of: SearchHint['of'], range: SearchHint['range']): { readonly search: SearchHint } {
  return { search: { of, range } };
}

/** What a schema's JSON form says of searching it; undefined where it is only searched on demand. */
export function searchHintOf(property: { readonly search?: unknown }): SearchHint | undefined {
  return property.search === undefined ? undefined : searchSchema.parse(property.search);
}
