/**
 * What the JavaScript peers share: the arguments, the data, shuffled batches, the clock and the line they print.
 * pytorch.py holds the same in Python; the two give the same bytes for `--data random`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const EXAMPLES = 60_000;
const WARM_UP_STEPS = 5;
const BLOCK_STEPS = 10;
const nets = JSON.parse(readFileSync(new URL('./nets.json', import.meta.url), 'utf8'));

/** Reads `--net seed --threads 1 --seconds 5 --data random|PATH.npy`. */
export function readSetup() {
  const { values } = parseArgs({
    options: {
      net: { type: 'string', default: 'seed' },
      threads: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '5' },
      data: { type: 'string', default: 'random' },
    },
    strict: false,
  });
  const net = nets[values.net];
  if (!net) throw new Error(`--net: expected one of ${Object.keys(nets).join(', ')}, got ${values.net}`);
  const began = performance.now();
  const data = values.data === 'random' ? randomBytes(EXAMPLES * net.widths[0]) : readBytes(values.data);
  const { widths, channels, kind = 'vanilla', batch } = net;
  if (data.length % widths[0] !== 0) {
    throw new Error(`--data: expected examples of ${widths[0]} values, got ${data.length} values in all`);
  }
  return {
    net: values.net,
    threads: Number(values.threads),
    seconds: Number(values.seconds),
    widths,
    /** Of convolutional stages between pictures of 28×28 and the code; absent where all layers are dense. */
    channels,
    /** `vanilla` with squared error, or `variational` with cross-entropy and a divergence. */
    kind,
    batch,
    /** `[examples, width]` */
    data,
    examples: data.length / widths[0],
    /** Making or reading the data is nobody's start-up time. */
    dataMs: performance.now() - began,
  };
}

/**
 * Runs `step(indices)` (returning a loss that `read` turns into a number) for about `seconds`, and prints one line.
 * `indices` is an Int32Array of the batch's rows in the epoch's shuffled order.
 */
export async function measure(setup, { peer, version, step, read, settle = async () => {}, extra = {} }) {
  const nextBatch = shuffledBatches(setup.examples, setup.batch);
  let loss = step(nextBatch());
  await settle(loss);
  const startToFirstStepSeconds = (performance.now() - setup.dataMs) / 1000;
  const warmUpBegan = performance.now();
  for (let i = 0; i < WARM_UP_STEPS; i++) {
    loss = step(nextBatch());
    await settle(loss);
  }
  // A peer that takes seconds a step is not held for blocks of ten.
  const blockSteps = performance.now() - warmUpBegan < 1000 ? BLOCK_STEPS : 1;

  let steps = 0;
  const began = performance.now();
  let elapsed = 0;
  while (elapsed < setup.seconds * 1000) {
    for (let i = 0; i < blockSteps; i++) loss = step(nextBatch());
    await settle(loss);
    steps += blockSteps;
    elapsed = performance.now() - began;
  }
  const stepsPerSecond = (steps / elapsed) * 1000;
  console.log(
    JSON.stringify({
      peer,
      net: setup.net,
      threads: setup.threads,
      stepsPerSecond,
      examplesPerSecond: stepsPerSecond * setup.batch,
      startToFirstStepSeconds,
      peakMemoryMB: peakMemoryMB(),
      finalLoss: await read(loss),
      version,
      ...extra,
    }),
  );
}

/** Runs `step` for about `seconds`, and prints one line of milliseconds with what else there is to say. */
export async function measureMilliseconds(step, seconds, extra) {
  for (let i = 0; i < WARM_UP_STEPS; i++) await step();
  const times = [];
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const from = performance.now();
    await step();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ medianMs: times[Math.floor(times.length / 2)], leastMs: times[0], ...extra }));
}

/** Weights as PyTorch starts a Linear layer: uniform in ±1/√inputs, for weights and biases alike. */
export function initialParameters(widths) {
  const draw = uniform(2);
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i];
    const bound = 1 / Math.sqrt(inputs);
    const fill = (count) => Float32Array.from({ length: count }, () => (2 * draw() - 1) * bound);
    return { inputs, outputs, weight: fill(inputs * outputs), bias: fill(outputs) };
  });
}

/** The top byte of the linear congruential generator of Numerical Recipes, started at 1. */
function randomBytes(count) {
  const bytes = new Uint8Array(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function uniform(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Every example once an epoch, in a new order; the incomplete last batch is dropped. */
function shuffledBatches(examples, batch) {
  const order = Int32Array.from({ length: examples }, (_, i) => i);
  const draw = uniform(3);
  let at = examples;
  return () => {
    if (at + batch > examples) {
      for (let i = examples - 1; i > 0; i--) {
        const j = Math.floor(draw() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
      at = 0;
    }
    at += batch;
    return order.slice(at - batch, at);
  };
}

/** A little-endian npy file of bytes in C order. */
function readBytes(path) {
  const file = readFileSync(path);
  const headerAt = file[6] === 1 ? 10 : 12;
  const headerLength = file[6] === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8);
  const header = file.toString('latin1', headerAt, headerAt + headerLength);
  if (!/'descr': '[|<]u1'/.test(header) || !/'fortran_order': False/.test(header)) {
    throw new Error(`${path}: expected uint8 in C order, got ${header.trim()}`);
  }
  return new Uint8Array(file.subarray(headerAt + headerLength));
}

/** The kernel's own high-water mark: `ru_maxrss` would inherit the parent's. */
export function peakMemoryMB() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
