/** Models whose codes are maps, made for one size of picture and taken to others. */
import { OptionError } from '../base/errors.ts';
import { parseOptions } from '../base/options.ts';
import { type Blueprint, blueprintSchema, findNetwork } from './blueprint.ts';
import type { CodeMap } from './networks/network.ts';

/**
 * The same model for data of another height and width, `shape` as the blueprint's. Its parameters are the same.
 *
 * @throws OptionError as `mapOf` does.
 */
export function resized(blueprint: Blueprint, shape: readonly number[]): Blueprint {
  return blueprintSchema.parse({ ...blueprint, shape: [...shape], latent: mapOf(blueprint).latent(shape) });
}

/**
 * The code of a model that takes data of any height and width.
 *
 * @throws OptionError for a network whose code is one vector, made for one size; and for a kind that is told classes.
 */
export function mapOf(blueprint: Blueprint): CodeMap {
  const { network, classes, shape } = blueprint;
  const map = classes > 0 ? undefined : ownMap(blueprint);
  if (map) return map;
  throw new OptionError({
    where: 'the model',
    expected: `one for any size of picture: its code a map${classes > 0 ? ', and told no classes' : ''}`,
    got: `a ${network.name} one for examples of shape [${shape}]`,
    fix: 'train with --network convolutional --code-channels 8, or give examples of its own size',
  });
}

/** Whether the code is a map, whose numbers grow with the picture, and not one vector. */
export function hasMap(blueprint: Blueprint): boolean {
  return ownMap(blueprint) !== undefined;
}

function ownMap({ network: { name, options } }: Pick<Blueprint, 'network'>): CodeMap | undefined {
  const network = findNetwork(name);
  return network.map?.(parseOptions(network.options, options, `--network ${name}`));
}
