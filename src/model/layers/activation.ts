/** The non-linearities, by name. */
import { add, maximum, minimum, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { erf, exp, relu, sigmoid, tanh } from '../../graph/ops/elementwise.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Initialiser } from '../trace.ts';
import { glorotUniform, heNormal } from './initialisers.ts';

export interface Activation {
  readonly apply: (x: Tensor) => Tensor;
  /** How the weights before it start. */
  readonly initialise: Initialiser;
}

/** Every activation that a network may be given. */
export const activations = {
  linear: { apply: (x) => x, initialise: glorotUniform },
  relu: { apply: relu, initialise: heNormal },
  /** max(x, x/100). Maas et al. 2013. */
  'leaky-relu': { apply: (x) => maximum(x, multiply(x, 0.01)), initialise: heNormal },
  /** x above 0, eˣ − 1 below. Clevert et al. 2016. */
  elu: { apply: (x) => add(relu(x), subtract(exp(minimum(x, 0)), 1)), initialise: heNormal },
  /** x Φ(x). Hendrycks & Gimpel 2016, exact form. */
  gelu: { apply: (x) => multiply(x, multiply(0.5, add(1, erf(multiply(x, Math.SQRT1_2))))), initialise: heNormal },
  /** x σ(x). Elfwing et al. 2018. */
  silu: { apply: (x) => multiply(x, sigmoid(x)), initialise: heNormal },
  tanh: { apply: tanh, initialise: glorotUniform },
  sigmoid: { apply: sigmoid, initialise: glorotUniform },
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as readonly ActivationName[];
