/**
 * Every kind on every network under every likelihood: it learns, its gradients are right, it can be stopped and resumed, and both
 * engines agree. A new kind or network gets all this by being in its list.
 */
import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { webEngine } from '../../src/engine/web.ts';
import { gradient } from '../../src/graph/gradient.ts';
import { constant, input } from '../../src/graph/ops/input.ts';
import { mean } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference.ts';
import type { Examples } from '../../src/model/examples.ts';
import { decodeModelFile, encodeModelFile } from '../../src/model/file/model-file.ts';
import type { Model } from '../../src/model/model.ts';
import { makeRunner } from '../../src/model/runner.ts';
import { traceWith } from '../../src/model/trace.ts';
import { averageLosses } from '../../src/training/measure.ts';
import { combinations } from './combinations.ts';
import { cardOf, examplesOf, formOf, parametersFor, tinyModel } from './tiny-models.ts';
import { interrupted, losses, node, timeless, trained } from './train-tiny.ts';

// Seconds of training where other work shares the machine.
vi.setConfig({ testTimeout: 60_000 });

const enough = { epochs: 30, learningRate: 0.02 };

/** The same examples several times over: as many steps in fewer epochs, each of which costs a validation. */
function repeated(examples: Examples, times: number): Examples {
  const { values, labels, count } = examples;
  const again = Array.from({ length: times });
  return {
    ...examples,
    count: times * count,
    values: Float32Array.from(again.flatMap(() => Array.from(values))),
    ...(labels
      ? { labels: { ...labels, values: Int32Array.from(again.flatMap(() => Array.from(labels.values))) } }
      : {}),
  };
}

/** The terms over `rows` examples as a graph of the parameters, with the numbers that it takes. */
function traced(
  model: Model,
  rows: number,
  { copies = 1, key = [5, 7] }: { readonly copies?: number; readonly key?: readonly number[] } = {},
) {
  const { values, labels } = examplesOf(rows, { seed: 3, form: formOf(model) });
  const parameters = new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const trace = traceWith(parameters, { purpose: 'training', key: constant(key, [2], 'uint32') });
  const repeat = (numbers: ArrayLike<number>): number[] =>
    Array.from({ length: copies }, () => Array.from(numbers)).flat();
  const batch = model.read(trace, {
    values: constant(repeat(values), [copies * rows, ...model.blueprint.shape]),
    ...(model.blueprint.classes > 0
      ? { labels: constant(repeat(labels?.values ?? []), [copies * rows], 'int32') }
      : {}),
  });
  const terms = model.terms(trace, batch);
  const feeds = Object.fromEntries([...parametersFor(model, 4)].map(([name, data]) => [name, Float64Array.from(data)]));
  return { parameters, terms, feeds };
}

describe.each(combinations)('$kind $form on $network, $loss', ({ kind, options, network, loss }) => {
  const model = tinyModel({ kind, network, ...options, architecture: { loss, ...options.architecture } });
  const { apart } = model.kind;
  const form = formOf(model);
  // What is remembered, left out or kept of a training does not depend on what its error is measured by.
  const isFirstLoss = loss === combinations[0].loss;
  const untrainedLosses = async (examples: Examples): Promise<Readonly<Record<string, number>>> => {
    const runner = makeRunner(node, model);
    const progress = { share: 1, epoch: 1 };
    const found = await averageLosses({ runner, model }, examples, parametersFor(model), createRandom(0), progress);
    await runner.dispose();
    return found;
  };

  test('its loss falls, and it rebuilds better than the untrained net', async () => {
    const { history } = await trained({ model, train: repeated(examplesOf(100, { form }), 4), options: enough });
    const [first, last] = [history[0], history[history.length - 1]];
    // The loss is the weighted sum of the terms, none of which is left out.
    const weights = model.kind.weights?.({ share: 1, epoch: enough.epochs }) ?? {};
    for (const { loss: whole, mse: _, ...terms } of [last.train, last.validation]) {
      const sum = Object.entries(terms)
        .filter(([term]) => !apart?.terms.includes(term))
        .reduce((sofar, [term, value]) => sofar + value * (weights[term] ?? 1), 0);
      expect(whole / sum).toBeCloseTo(1, 5);
    }
    // Against an adversary the loss is no measure of progress.
    if (!apart?.isAdversary) expect(last.train.loss).toBeLessThan(first.train.loss);
    if (!apart?.isAdversary) expect(last.validation.loss).toBeLessThan(first.validation.loss);
    const untrained = await untrainedLosses(examplesOf(30, { form, seed: 1 }));
    // In twelve columns a noisy code hardly pays for its divergence: then only the loss has to fall.
    // And where other terms have their say too, a share of the error stays.
    const share = model.kind.weights ? 1 : 0.65;
    if (!model.kind.isStochastic) expect(last.validation.mse).toBeLessThan(share * untrained.mse);
  });

  test.runIf(isFirstLoss)('it learns eight examples by heart', async () => {
    const eight = examplesOf(8, { form });
    const { history } = await trained({
      model,
      train: repeated(eight, 20),
      validation: eight,
      options: { epochs: 30, batchSize: 8, learningRate: 0.01, schedule: 'constant' },
    });
    const errors = history.map(({ validation }) => validation.mse);
    // Terms beside the reconstruction hold against that.
    const share = model.kind.weights ? 0.65 : 0.2;
    expect(Math.min(...errors)).toBeLessThan(share * (await untrainedLosses(eight)).mse);
  });

  test('it learns from data with missing values', async () => {
    const { history } = await trained({
      model: tinyModel({
        kind,
        network,
        ...options,
        architecture: { loss, ...options.architecture },
        hasMissing: true,
      }),
      train: examplesOf(100, { form, missing: 0.2 }),
      validation: examplesOf(30, { form, missing: 0.2, seed: 1 }),
      options: { ...enough, epochs: 10 },
    });
    const all = losses(history);
    expect(all.every(Number.isFinite)).toBe(true);
    if (!apart?.isAdversary) expect(Math.min(...all.slice(1))).toBeLessThan(all[0]);
  });

  test('its gradients are those of central differences', () => {
    const { parameters, terms, feeds } = traced(model, 3);
    const { estimatesGradient: estimated = [] } = model.kind;
    const learned = model.parameters
      .filter(({ name, role }) => role !== 'state' && !estimated.some((prefix) => name.startsWith(prefix)))
      .map(({ name }) => name);
    const random = createRandom(6);
    for (const [term, values] of Object.entries(terms)) {
      const average = mean(values);
      const slopes = evaluate(
        gradient(
          average,
          learned.map((name) => parameters.get(name) ?? constant(0)),
        ),
        feeds,
      );
      // One direction through all parameters at once sees an error in any of them.
      const direction = new Map(learned.map((name) => [name, feeds[name].map(() => random.normal())]));
      const at = (step: number): number => {
        const moved = { ...feeds };
        for (const [name, towards] of direction) moved[name] = feeds[name].map((value, i) => value + step * towards[i]);
        return evaluate([average], moved)[0][0];
      };
      // So short that it hardly ever crosses the kink of a rectifier: there are thousands of them.
      const step = 1e-8;
      const expected = (at(step) - at(-step)) / (2 * step);
      const actual = learned.reduce(
        (sofar, name, which) =>
          sofar + slopes[which].reduce((inner, slope, i) => inner + slope * (direction.get(name)?.[i] ?? 0), 0),
        0,
      );
      expect(Math.abs(actual - expected), term).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
    }
  });

  test('a batch twice over has the same loss', () => {
    if (model.kind.comparesBatch) return;
    const once = traced(model, 4);
    const twice = traced(model, 4, { copies: 2 });
    const otherNoise = traced(model, 4, { key: [8, 9] });
    for (const term of Object.keys(once.terms)) {
      const [[one], [two], [other]] = [once, twice, otherNoise].map(
        ({ terms, feeds }) => evaluate([mean(terms[term])], feeds)[0],
      );
      // What draws numbers draws others for the second copy.
      if (one === other) expect(Math.abs(two - one), term).toBeLessThan(1e-9 * Math.max(1, one));
    }
  });

  test.runIf(isFirstLoss)('interrupted and resumed it ends with the same bits', async () => {
    const run = { model, options: { epochs: 3, seed: 2 } };
    expect(timeless(await interrupted(run, 8))).toEqual(timeless(await trained(run)));
  });

  test('its file brings it back bit for bit', async () => {
    const parameters = parametersFor(model, 7);
    const bytes = await encodeModelFile({ card: cardOf(model), parameters }, model);
    const again = await decodeModelFile(bytes, 'model');
    expect(Object.fromEntries(again.parameters)).toEqual(Object.fromEntries(parameters));
    expect(again.model.blueprint).toEqual(model.blueprint);
  });

  test('both engines tell the same story', async () => {
    const options = { epochs: 3, seed: 3 };
    const native = await trained({ model, options });
    const portable = await trained({ model, options, engine: webEngine({ threads: 1 }) });
    for (const [i, value] of losses(native.history).entries())
      expect(Math.abs(losses(portable.history)[i] / value - 1)).toBeLessThan(2e-3);
  });
});
