/** A training state as bytes: what `--resume` goes on from. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../model/file/safetensors.ts';
import type { Model } from '../model/model.ts';
import { type Group, slotsOf } from './layout.ts';
import { positionSchema, type TrainingState } from './state.ts';
import { stateName } from './step.ts';

/** Changed whenever a state of the old version could be misread as one of the new. */
const VERSION = '1';

/** The state and whatever the caller needs to set the training up again. */
export async function encodeCheckpoint(state: TrainingState, setup: unknown): Promise<Uint8Array> {
  const tensors = new Map<string, NamedTensor>();
  for (const [group, vectors] of state.vectors)
    for (const [slot, data] of vectors.entries()) tensors.set(stateName(group, slot), { shape: [group.size], data });
  for (const [name, data] of state.best) tensors.set(`best.${name}`, { shape: [data.length], data });
  const metadata = {
    format: 'autoencoder-checkpoint',
    version: VERSION,
    position: JSON.stringify(state.position),
    setup: JSON.stringify(setup),
  };
  return encodeSafetensors({ tensors, metadata });
}

export interface Checkpoint {
  readonly setup: unknown;
  /** The state, for the training laid out as it was. */
  stateFor(model: Model, groups: readonly Group[], slotCount: number): TrainingState;
}

/** @throws ModelFileError when the bytes are not a whole checkpoint. */
export async function decodeCheckpoint(bytes: Uint8Array, where: string): Promise<Checkpoint> {
  const { tensors, metadata } = await decodeSafetensors(bytes, where);
  if (metadata.format !== 'autoencoder-checkpoint')
    throw unfit(where, 'a checkpoint of a training run', `format "${metadata.format ?? 'none'}"`);
  if (metadata.version !== VERSION) throw unfit(where, `version ${VERSION}`, `version ${metadata.version ?? 'none'}`);
  const position = parsed(positionSchema, metadata.position, where);
  const setup = parsed(z.unknown(), metadata.setup, where);
  const vector = (name: string, size: number): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor?.data.length !== size)
      throw unfit(where, `${name} with ${size} numbers`, tensor ? `${tensor.data.length}` : 'none');
    return tensor.data;
  };
  return {
    setup,
    stateFor(model, groups, slotCount) {
      const hasBest = position.bestEpoch > 0;
      return {
        position,
        vectors: new Map(
          groups.map((group) => [
            group,
            Array.from({ length: slotsOf(group, slotCount) }, (_, slot) => vector(stateName(group, slot), group.size)),
          ]),
        ),
        best: new Map(
          (hasBest ? model.parameters : []).map(({ name, shape }) => [
            name,
            vector(
              `best.${name}`,
              shape.reduce((size, length) => size * length, 1),
            ),
          ]),
        ),
      };
    },
  };
}

function parsed<Value>(schema: z.ZodType<Value>, text: string | undefined, where: string): Value {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new ModelFileError(`${where}: the checkpoint's description does not parse; train anew`, { cause });
  }
}

function unfit(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'resume in the folder of an interrupted run, or train anew' });
}
