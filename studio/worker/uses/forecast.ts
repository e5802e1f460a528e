/** What comes next in series. */
import { forecaster } from 'autoencoder/browser';
import { keep } from './keep.ts';
import { type Block, number, type StudioUse } from './use.ts';

/** Steps of the past that are drawn. */
const PAST = 120;

export const forecast: StudioUse = {
  name: 'Forecast',
  about: 'What comes next in series, and how surely.',
  makesModel: true,
  command: 'forecast',
  refusal({ source: { train } }) {
    if (train.form !== 'table' || !train.columns.some(({ type }) => type === 'numeric'))
      return 'A table whose rows follow one another in time is needed.';
    return undefined;
  },
  fields: () => [number('steps', 24, 'how far', 1, 500)],
  async run(context) {
    const { source, answers, engine, signal } = context;
    const steps = Number(answers.steps);
    const teller = await forecaster(source, { steps, engine, signal });
    context.progress('Forecasting');
    const { plan, told, lower, upper, results, channels } = await teller.forecast(source);
    const blocks: Block[] = plan.series.map((name, at) => {
      const known = channels.values[at];
      const past = Array.from(known.subarray(Math.max(0, known.length - PAST)));
      const of = (values: Float64Array): (number | null)[] => [
        ...past.map(() => null),
        ...Array.from({ length: steps }, (_, step) => values[step * plan.series.length + at]),
      ];
      return {
        block: 'curves',
        name,
        x: Array.from({ length: past.length + steps }, (_, step) => step - past.length + 1),
        xName: 'steps from the end',
        lines: [
          {
            name: 'known',
            values: [
              ...past.map((value) => (Number.isNaN(value) ? null : value)),
              ...Array.from({ length: steps }, () => null),
            ],
          },
          { name: 'told', values: of(told) },
          { name: 'at least', values: of(lower), isDashed: true },
          { name: 'at most', values: of(upper), isDashed: true },
        ],
      };
    });
    blocks.push({
      block: 'table',
      name: 'How far off such forecasts were in the part that nothing was learned from',
      columns: ['series', 'mean error', 'a season before', 'last value', 'share within the bounds'],
      rows: results.map(({ name, model, seasonBefore, lastValue, coverage }) => [
        name,
        model.mae,
        seasonBefore?.mae ?? null,
        lastValue.mae,
        coverage,
      ]),
    });
    return [...blocks, ...keep('forecast', 'DATA', await teller.files())];
  },
};
