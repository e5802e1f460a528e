/** The card of a model whose numbers come from another program: what was measured before does not hold any more. */
import type { ModelCard } from '../../model/file/model-file.ts';

export function cardAfterElsewhere(card: ModelCard): ModelCard {
  return {
    ...card,
    training: { ...card.training, history: [], bestEpoch: 0 },
    baselines: {},
    results: {},
    warnings: [],
  };
}
