/** Whether the runtime's blocked convolution can be relied on, on this machine. */
import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../base/errors.ts';
import { convolve } from '../graph/ops/convolution.ts';
import { input } from '../graph/ops/input.ts';
import { type Shape, sizeOf } from '../graph/tensor.ts';
import { float32, type HostTensor } from './engine.ts';
import type { Block } from './onnx/blocked-convolution.ts';
import { compileWith, type Runtime } from './onnxruntime.ts';

/**
 * The block with which a small convolution gives what plain `Conv` does. None where the runtime refuses the operators, or means
 * another layout by them: then the numbers are wrong.
 */
export async function probeBlock(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
): Promise<Block | undefined> {
  // Several blocks both ways, with all that a lowering may ask for.
  const x = input('x', 'float32', [2, 48, 9, 7]);
  const kernel = input('kernel', 'float32', [32, 48, 3, 2]);
  const bias = input('bias', 'float32', [32]);
  const y = convolve(x, kernel, { stride: [2, 1], padding: [1, 0, 1, 1], dilation: [1, 2] }, bias);
  const feeds = Object.fromEntries(
    Object.entries({ x, kernel, bias }).map(([name, { shape }]) => [name, wholeNumbers(shape)]),
  );
  const numbersWith = async (block: Block | undefined): Promise<HostTensor['data']> => {
    // A refusal is an answer here, and nothing to report.
    const quiet = { ...options, logSeverityLevel: 4 } as const;
    const program = await compileWith(runtime, quiet, { y }, async () => block);
    try {
      return (await program.run(feeds)).y.data;
    } finally {
      await program.dispose();
    }
  };
  const expected = await numbersWith(undefined);
  for (const block of [16, 8] as const) {
    const actual = await numbersWith(block).catch((error: unknown) => {
      if (error instanceof EngineError) return undefined;
      throw error;
    });
    if (actual?.every((value, at) => value === expected[at])) return block;
  }
  return undefined;
}

/** Small and whole, so that sums of their products are exact in any order; 61 divides no length here, so channels differ. */
function wholeNumbers(shape: Shape): HostTensor {
  return float32(
    Array.from({ length: sizeOf(shape) }, (_, i) => ((i * i + 7 * i) % 61) - 30),
    shape,
  );
}
