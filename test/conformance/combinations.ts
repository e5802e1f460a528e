/** Every kind on every network under every likelihood, and the forms of kinds that compute something else than their defaults. */
import { kinds } from '../../src/model/kinds/kinds.ts';
import { networkFamilies } from '../../src/model/networks/networks.ts';
import type { TinyOptions } from './tiny-models.ts';

const LOSSES = ['squared-error', 'cross-entropy'] as const;
/** Losses of data that has one axis, tables and sequences, on the networks that one would take for it. */
const lossesOn = (network: string): readonly string[] => {
  if (network === 'dense') return [...LOSSES, 'mixed', 'categorical', 'multinomial'];
  if (network === 'recurrent') return [...LOSSES, 'categorical'];
  return isComposed(network) ? [LOSSES[0]] : LOSSES;
};
/** Networks of layers that the others are made of, too: what losses and forms of kinds do is seen there. */
const isComposed = (network: string): boolean => network === 'convolutional-recurrent' || network === 'lapped';
/** Forms of a kind that compute something else than its defaults. */
const forms: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  sparse: [{ sparsity: 'kl' }],
  topk: [{ active: 2, deadAfter: 1 }],
  contractive: [{ jacobian: 'projected' }],
  adversarial: [{ labels: 'some' }],
  compressive: [{ rounding: 'noise', fidelity: [100, 1000] }],
  variational: [{ freeBits: 0.1 }, { importanceSamples: 3 }, { labels: 'given' }],
};
/** A number of a map tells of three columns, not of twelve: what it costs is to be less. */
const withMaps: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { sparse: { sparsityWeight: 0.01 } };
export interface Combination {
  readonly kind: string;
  readonly form: string;
  readonly options: TinyOptions;
  readonly network: string;
  readonly loss: string;
}

const plain = { form: '', options: {} };
export const combinations: readonly Combination[] = kinds.flatMap(({ name: kind }) => [
  ...networkFamilies.flatMap(({ name: network }) => [
    ...lossesOn(network).map((loss) => ({ ...plain, kind, network, loss })),
    ...(isComposed(network) ? [] : (forms[kind] ?? [])).map((kindOptions) => ({
      kind,
      form: JSON.stringify(kindOptions),
      options: { kindOptions },
      network,
      loss: LOSSES[0],
    })),
  ]),
  {
    kind,
    form: 'with a decoder for each class',
    options: { architecture: { decoders: 'each' } },
    network: 'dense',
    loss: LOSSES[0],
  },
  {
    kind,
    form: 'with maps',
    options: { kindOptions: withMaps[kind], networkOptions: { codeChannels: 2 } },
    network: 'convolutional',
    loss: LOSSES[0],
  },
]);
