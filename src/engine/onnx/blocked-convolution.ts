/**
 * Convolution by ONNX Runtime's own operators for pictures whose channels lie in blocks, `[batch, channels / block, height, width, block]`,
 * as wide as a vector register. The runtime makes such nodes itself where weights are constants, which in training they are not; so
 * they are written here, with the kernel laid out anew in the graph. They are internal to the runtime, hence only for graphs that it
 * runs at once, after a probe (`engine/block-probe.ts`), and never for a model that leaves the machine. Measured in
 * docs/decisions/0006-convolution.md.
 */
import type { LoweredAttribute, Shape } from '../../graph/tensor.ts';

/** Channels in a block: 16 float32 with AVX-512, 8 with AVX. */
export type Block = 16 | 8;

/** The operators' domain, and its version. */
export const BLOCKED = { domain: 'com.microsoft.nchwc', version: 1 };

/** Adds one node of a domain (ONNX's own where there is none) and returns the name of its output. */
export type AddNode = (
  operator: string,
  inputs: readonly string[],
  attributes?: Readonly<Record<string, LoweredAttribute>>,
  domain?: string,
) => string;

/** Whether blocks are faster for a kernel `[out, in, kh, kw]`: where they are full, and each number is used for several positions. */
export function gainsFromBlocks([units, channels, rows, columns]: Shape): boolean {
  return units % 16 === 0 && channels % 16 === 0 && rows * columns > 1;
}

/** ONNX's `Conv` of `[x, kernel, bias?]`, back in the usual layout. */
export function blockedConvolution(
  [x, kernel, ...bias]: readonly string[],
  [units, channels, rows, columns]: Shape,
  attributes: Readonly<Record<string, LoweredAttribute>>,
  block: Block,
  node: AddNode,
  ints: (values: readonly number[]) => string,
): string {
  const reshape = (of: string, shape: readonly number[]): string => node('Reshape', [of, ints(shape)]);
  const window = rows * columns;
  // [out / block, in / block, kh · kw, block of in, block of out]: the reordering of pictures does the first half.
  const byOutput = node('ReorderInput', [reshape(kernel, [1, units, channels, window])], {}, BLOCKED.domain);
  const split = reshape(byOutput, [units / block, channels / block, block, window, block]);
  const byBoth = node('Transpose', [split], { perm: { ints: [0, 1, 3, 2, 4] } });
  const weights = reshape(byBoth, [units, channels, rows, columns]);
  const pictures = node('ReorderInput', [x], {}, BLOCKED.domain);
  const result = node('Conv', [pictures, weights, ...bias], attributes, BLOCKED.domain);
  return node('ReorderOutput', [result], { channels: { int: units } }, BLOCKED.domain);
}
