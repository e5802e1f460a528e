/** The models that are served, by id. */
import { OptionError } from '../base/errors.ts';
import { Refusal } from './refusal.ts';
import type { ServedModel } from './served-model.ts';

export interface Registry {
  /** @throws OptionError for an id that is taken, or a model that HTTP has no form for. */
  add(model: ServedModel): void;
  has(id: string): boolean;
  /** @throws Refusal 404 */
  get(id: string): ServedModel;
  remove(id: string): Promise<void>;
  all(): readonly ServedModel[];
}

export function makeRegistry(): Registry {
  const models = new Map<string, ServedModel>();
  return {
    add(model) {
      if (models.has(model.id))
        throw new OptionError({
          where: 'the models',
          expected: 'names that differ: a model is called like its file or folder',
          got: `${model.id} twice`,
          fix: 'rename one of them',
        });
      if (model.trained.model.blueprint.absent !== 'none')
        throw new OptionError({
          where: model.id,
          expected: 'a model whose examples are whole',
          got: 'one of ratings, which lists its entries',
          fix: 'use: autoencoder recommend',
        });
      models.set(model.id, model);
    },
    has: (id) => models.has(id),
    get(id) {
      const model = models.get(id);
      if (model) return model;
      throw new Refusal(404, {
        where: 'the id of the model',
        expected: models.size > 0 ? `one of ${[...models.keys()].slice(0, 20).join(', ')}` : 'one that is served',
        got: 'another one',
        fix: 'see GET /models',
      });
    },
    async remove(id) {
      const model = models.get(id);
      models.delete(id);
      await model?.dispose();
    },
    all: () => [...models.values()],
  };
}
