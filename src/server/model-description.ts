/** What the server tells of a model. */
import * as z from 'zod';
import type { ServedModel } from './served-model.ts';

export const modelSchema = z.object({
  id: z.string(),
  kind: z.string(),
  network: z.string(),
  latent: z.int(),
  /** Of one example. */
  shape: z.array(z.int()),
  takes: z.enum(['pixels', 'array', 'columns', 'tokens']),
  columns: z
    .array(
      z.object({
        name: z.string(),
        type: z.enum(['numeric', 'category']),
        categories: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  /** Classes that the model knows. */
  classes: z.array(z.string()),
  allowsMissing: z.boolean(),
  canGenerate: z.boolean(),
  canSearch: z.boolean(),
  canDetect: z.boolean(),
  parameters: z.int(),
  results: z.record(z.string(), z.number()),
});

export type ModelDescription = z.infer<typeof modelSchema>;

export function describeModel({
  id,
  trained: { card, model, parameters },
  search,
  detect,
}: ServedModel): ModelDescription {
  const { kind, network, latent, shape, hasMissing, classes } = card.blueprint;
  return {
    id,
    kind: kind.name,
    network: network.name,
    latent,
    shape,
    takes: card.scaling.form,
    ...(card.scaling.form === 'columns'
      ? {
          columns: card.scaling.columns.map((rule) =>
            rule.type === 'category'
              ? { name: rule.name, type: rule.type, categories: rule.categories }
              : { name: rule.name, type: rule.type },
          ),
        }
      : {}),
    classes: classes > 0 ? card.data.labelNames : [],
    allowsMissing: hasMissing,
    canGenerate: model.prior !== undefined,
    canSearch: search !== undefined,
    canDetect: detect !== undefined,
    parameters: [...parameters.values()].reduce((total, { length }) => total + length, 0),
    results: card.results,
  };
}
