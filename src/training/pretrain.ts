/**
 * Greedy layer-wise pretraining: autoencoders one hidden layer deeper each, every one starting from the layers of the one before.
 * Bengio et al. 2007, with the difference that layers learned earlier go on learning.
 */
import { OptionError } from '../base/errors.ts';
import { type Blueprint, blueprintSchema, findNetwork } from '../model/blueprint.ts';
import type { Parameters } from '../model/file/model-file.ts';
import { makeModel } from '../model/model.ts';
import type { Stage } from '../model/networks/network.ts';
import { makeRunner } from '../model/runner.ts';
import type { TrainingEvent } from './events.ts';
import type { TrainRequest } from './request.ts';
import { type TrainResult, train } from './train.ts';

/**
 * Parameters for the whole model to start with; none without pretraining.
 *
 * @throws OptionError where the network cannot be grown layer by layer.
 */
export async function* pretrain(request: TrainRequest): AsyncGenerator<TrainingEvent, Parameters> {
  const { options, model, engine } = request;
  const { blueprint } = model;
  if (options.pretraining === 0) return new Map();
  const stages = stagesOf(blueprint);
  let given: Parameters = new Map();
  for (const [at, stage] of stages.entries()) {
    yield { type: 'stage', stage: at + 1, stages: stages.length };
    const network = { name: blueprint.network.name, options: stage.options };
    const shallow = makeModel(blueprintSchema.parse({ ...blueprint, network, latent: stage.latent }));
    const runner = makeRunner(engine, shallow);
    const own = new Map<string, Float32Array>();
    for (const { name } of shallow.parameters) {
      const known = given.get(wholeName(stage, name) ?? '');
      if (known) own.set(name, known);
    }
    const learned = yield* progressOf(
      train({
        ...request,
        model: shallow,
        runner,
        given: own,
        checkpoint: undefined,
        options: { ...options, epochs: options.pretraining, patience: 0 },
      }),
    );
    await runner.dispose();
    given = new Map(
      [...learned.parameters].flatMap(([name, values]) => {
        const inWhole = wholeName(stage, name);
        return inWhole === undefined ? [] : [[inWhole, values] as const];
      }),
    );
  }
  yield { type: 'stage', stage: stages.length + 1, stages: stages.length };
  return given;
}

function stagesOf({ network: { name, options } }: Blueprint) {
  const { stages } = findNetwork(name);
  if (stages) return stages(options);
  throw new OptionError({
    where: '--pretraining',
    expected: 'a network of hidden layers (dense)',
    got: name,
    fix: 'leave --pretraining out, or choose --network dense',
  });
}

async function* progressOf(
  training: AsyncGenerator<TrainingEvent, TrainResult>,
): AsyncGenerator<TrainingEvent, TrainResult> {
  for (;;) {
    const { value, done } = await training.next();
    if (done) return value;
    if (value.type === 'progress') yield value;
  }
}

/** What a parameter of the shallow network is called in the whole one; the decoders of classes have their class before it. */
function wholeName(stage: Stage, name: string): string | undefined {
  const [, before = '', own = ''] = /^(class\d+\.)?(.*)$/.exec(name) ?? [];
  const inWhole = stage.nameOf(own);
  return inWhole === undefined ? undefined : `${before}${inWhole}`;
}
