/**
 * Tokens from codes, one after the other: the most likely ones or drawn ones, after a beginning that may be given.
 *
 *   code ── decoder ── logits ── + T · Gumbel noise ── largest ── token ──┐
 *                ▲─────────────────────────────────────────────────────────┘      the largest is a draw of softmax(logits / T): Gumbel 1954
 */
import type { Random } from '../base/random.ts';
import { type Engine, float32, type Program } from '../engine/engine.ts';
import { add, multiply } from '../graph/ops/arithmetic.ts';
import { reshape, sum } from '../graph/ops/broadcast.ts';
import { logSoftmax } from '../graph/ops/chances.ts';
import { cast, less, oneHot, where } from '../graph/ops/comparison.ts';
import { input } from '../graph/ops/input.ts';
import { scan } from '../graph/ops/scan.ts';
import { gather, transpose } from '../graph/ops/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Parameters } from './file/model-file.ts';
import type { Model } from './model.ts';
import { batchFor, inRuns, keysFor, parameterFeeds, parameterInputs } from './runner.ts';
import { mostLikely } from './terms/categorical.ts';
import { type Trace, traceWith } from './trace.ts';

export interface Writing {
  /** Tokens that are given, `[count, length]`, −1 where the model is to go on. */
  readonly begun?: Float32Array;
  /** T: 0 (the default) takes the most likely token, 1 draws by the model's chances. */
  readonly temperature?: number;
  /** For T above 0. */
  readonly random?: Random;
}

export interface Writer {
  /** Tokens `[count, length]` from codes `[count, latent]`. */
  write(parameters: Parameters, codes: Float32Array, writing?: Writing): Promise<Float32Array>;
  /** log p of each of those tokens given the ones before it and its code: `[count, length]`; 0 for −1, which is none. */
  logChances(parameters: Parameters, codes: Float32Array, tokens: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Noise of a batch, at most: one number for every token that there is, at every place. */
const MOST_NOISE = 2 ** 23;

/** For models of tokens. */
export function makeWriter(engine: Engine, model: Model): Writer {
  const programs = new Map<string, Promise<Program>>();
  const { latent, vocabulary, shape } = model.blueprint;
  const [length] = shape;
  const compiled = (key: string, build: () => Record<string, Tensor>): Promise<Program> => {
    const program = programs.get(key) ?? engine.compile(build());
    programs.set(key, program);
    return program;
  };
  return {
    async write(parameters, codes, { begun, temperature = 0, random } = {}) {
      const count = codes.length / latent;
      const isDrawn = temperature > 0;
      const most = 2 ** Math.floor(Math.log2(Math.max(1, MOST_NOISE / (vocabulary * length))));
      const batch = Math.min(batchFor(count), isDrawn ? most : Infinity);
      const program = await compiled(`${isDrawn ? 'draw' : 'write'} ${batch}`, () =>
        writingGraph(model, batch, isDrawn),
      );
      const feeds = {
        ...parameterFeeds(model, parameters),
        codes: float32(codes, [count, latent]),
        begun: float32(begun ?? new Float32Array(count * length).fill(-1), [count, length]),
        ...(isDrawn ? { temperature: float32(Float32Array.of(temperature), []) } : {}),
      };
      const { tokens } = await inRuns(count, batch, (rows, runs) =>
        program.run({
          ...feeds,
          index: { data: rows, shape: [runs, batch] },
          ...(isDrawn ? { keys: keysFor(runs, random) } : {}),
        }),
      );
      return tokens;
    },
    async logChances(parameters, codes, tokens) {
      const count = codes.length / latent;
      const batch = batchFor(count);
      const program = await compiled(`chances ${batch}`, () => chancesGraph(model, batch));
      const feeds = {
        ...parameterFeeds(model, parameters),
        codes: float32(codes, [count, latent]),
        tokens: float32(tokens, [count, length]),
      };
      const { chances } = await inRuns(count, batch, (rows, runs) =>
        program.run({ ...feeds, index: { data: rows, shape: [runs, batch] } }),
      );
      return chances;
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

function writingGraph(model: Model, batch: number, isDrawn: boolean): Record<string, Tensor> {
  const { latent, shape } = model.blueprint;
  const codes = input('codes', 'float32', [2, latent], { anyLength: true });
  const begun = input('begun', 'float32', [2, shape[0]], { anyLength: true });
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });
  const temperature = input('temperature', 'float32', []);
  const parameters = parameterInputs(model);
  const { outputs } = scan({ carried: [], scanned: isDrawn ? [index, keys] : [index] }, (_, [rows, key]) => {
    const trace = traceWith(parameters, { purpose: 'inference', key: key ?? input('key', 'uint32', [2]) });
    return {
      carried: [],
      outputs: [written(model, trace, gather(codes, rows), gather(begun, rows), isDrawn ? temperature : undefined)],
    };
  });
  return { tokens: outputs[0] };
}

/** `[batch, length]` */
function written(model: Model, trace: Trace, code: Tensor, begun: Tensor, temperature?: Tensor): Tensor {
  const { vocabulary, shape } = model.blueprint;
  const [batch] = code.shape;
  const [length] = shape;
  const noise = temperature && multiply(temperature, trace.noise.gumbel([length, batch, vocabulary]));
  const beside = [transpose(begun, [1, 0]), ...(noise ? [noise] : [])];
  const chosen = (logits: Tensor, given: Tensor, raised?: Tensor): Tensor => {
    const own = cast(mostLikely(raised ? add(logits, raised) : logits), 'float32');
    return where(less(given, 0), own, given);
  };
  const logits = model.output(trace, code, undefined, {
    beside,
    shown: (output, [given, raised]) =>
      reshape(
        oneHot(cast(chosen(reshape(output, [batch, vocabulary]), given, raised), 'int32'), vocabulary),
        output.shape,
      ),
  });
  return chosen(logits, begun, noise && transpose(noise, [1, 0, 2]));
}

function chancesGraph(model: Model, batch: number): Record<string, Tensor> {
  const { latent, shape, vocabulary } = model.blueprint;
  const [length] = shape;
  const codes = input('codes', 'float32', [2, latent], { anyLength: true });
  const tokens = input('tokens', 'float32', [2, length], { anyLength: true });
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const trace = traceWith(parameterInputs(model), { purpose: 'inference', key: input('key', 'uint32', [2]) });
  const { outputs } = scan({ carried: [], scanned: [index] }, (_, [rows]) => {
    const given = gather(tokens, rows);
    const x = oneHot(cast(given, 'int32'), vocabulary);
    const logits = model.output(trace, gather(codes, rows), undefined, { target: x });
    return { carried: [], outputs: [sum(multiply(logSoftmax(logits), x), [2])] };
  });
  return { chances: outputs[0] };
}
