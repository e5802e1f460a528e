/** Weights in the layouts of PyTorch and Keras, written by hand, beside the same nets worked out number by number in double precision. */
import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { importWeights } from '../../src/index.ts';
import { makeWorkplace } from '../command.ts';

vi.setConfig({ testTimeout: 60_000 });

const engine = nodeEngine({ threads: 1 });

interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type Stored = Readonly<Record<string, Tensor>>;

function drawn(shape: readonly number[], seed: number): Tensor {
  const random = createRandom(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => random.normal() / 3) };
}

/** A file as `safetensors.torch.save_file` writes it: no digest, names in any order. */
function stored(
  tensors: Stored,
  dtype = 'F32',
  bytesOf = (data: Float32Array) => new Uint8Array(data.buffer),
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const bytes = bytesOf(data);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  return container(JSON.stringify(header), Buffer.concat(parts));
}

function container(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** act(W x + b) with W `[out, in]`. */
function linear(
  x: readonly number[],
  { data, shape: [units, inputs] }: Tensor,
  bias: Tensor,
  act: (x: number) => number,
) {
  return Array.from({ length: units }, (_, unit) => {
    let sum = bias.data[unit];
    for (let at = 0; at < inputs; at++) sum += data[unit * inputs + at] * x[at];
    return act(sum);
  });
}

const relu = (x: number): number => Math.max(0, x);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const same = (x: number): number => x;

function close(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  for (const [at, value] of wanted.entries()) expect(got[at]).toBeCloseTo(value, 4);
}

/** 6-5-2-5-6, a nn.Sequential each way. */
const torch: Stored = {
  'encoder.0.weight': drawn([5, 6], 1),
  'encoder.0.bias': drawn([5], 2),
  'encoder.2.weight': drawn([2, 5], 3),
  'encoder.2.bias': drawn([2], 4),
  'decoder.0.weight': drawn([5, 2], 5),
  'decoder.0.bias': drawn([5], 6),
  'decoder.2.weight': drawn([6, 5], 7),
  'decoder.2.bias': drawn([6], 8),
};
const map = {
  layout: 'torch',
  data: { shape: [6], offset: 1, scale: 2 },
  model: { network: 'dense', hidden: [5], latent: 2, activation: 'relu', output: 'sigmoid' },
  tensors: {
    'encoder.0.weight': 'encoder.0.weight',
    'encoder.0.bias': 'encoder.0.bias',
    'encoder.1.weight': 'encoder.2.weight',
    'encoder.1.bias': 'encoder.2.bias',
    'decoder.0.weight': 'decoder.0.weight',
    'decoder.0.bias': 'decoder.0.bias',
    'decoder.1.weight': 'decoder.2.weight',
    'decoder.1.bias': 'decoder.2.bias',
  },
};
const rows = [
  [1, 2, 3, 4, 5, 6],
  [-1, 0, 2, -3, 1, 9],
];

function denseNet(row: readonly number[]) {
  const at = (name: string): readonly [Tensor, Tensor] => [torch[`${name}.weight`], torch[`${name}.bias`]];
  const scaled = row.map((value) => (value - 1) / 2);
  const code = linear(linear(scaled, ...at('encoder.0'), relu), ...at('encoder.2'), same);
  const rebuilt = linear(linear(code, ...at('decoder.0'), relu), ...at('decoder.2'), sigmoid);
  return { code, rebuilt: rebuilt.map((value) => 2 * value + 1) };
}

describe('a dense net', () => {
  test.each([
    ['PyTorch', torch, 'torch'],
    [
      'Keras',
      Object.fromEntries(Object.entries(torch).map(([name, tensor]) => [name, matrixTransposed(tensor)])),
      'keras',
    ],
  ])('of %s says what it says there', async (_, tensors, layout) => {
    const model = await importWeights(stored({ ...tensors, steps: drawn([1], 9) }), { ...map, layout }, { engine });
    close(
      (await model.encode(rows)).values,
      rows.flatMap((row) => denseNet(row).code),
    );
    const rebuilt = await model.reconstruct(rows);
    close(
      rebuilt.form === 'array' ? rebuilt.values : [],
      rows.flatMap((row) => denseNet(row).rebuilt),
    );
  });

  test.each([
    ['F64', (data: Float32Array) => new Uint8Array(Float64Array.from(data).buffer), 1e-6],
    ['BF16', (data: Float32Array) => halves(data, (bits) => bits >>> 16), 0.05],
    ['F16', (data: Float32Array) => halves(data, toHalf), 0.005],
  ])('stored as %s', async (dtype, bytesOf, tolerance) => {
    const model = await importWeights(stored(torch, dtype, bytesOf), map, { engine });
    const { values } = await model.encode(rows);
    for (const [at, value] of rows.flatMap((row) => denseNet(row).code).entries())
      expect(Math.abs(values[at] - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
  });
});

function matrixTransposed({ shape, data }: Tensor): Tensor {
  if (shape.length === 1) return { shape, data };
  const [rowCount, columns] = shape;
  return {
    shape: [columns, rowCount],
    data: Float32Array.from(data, (_, i) => data[(i % rowCount) * columns + Math.floor(i / rowCount)]),
  };
}

function halves(data: Float32Array, of: (bits: number) => number): Uint8Array {
  return new Uint8Array(Uint16Array.from(new Uint32Array(data.slice().buffer), of).buffer);
}

/** float32 to binary16, cut off rather than rounded; of numbers between 2⁻¹⁴ and 65504, and smaller ones as 0. */
function toHalf(bits: number): number {
  const exponent = ((bits >>> 23) & 255) - 127 + 15;
  return ((bits >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 1023));
}

/** One stage down and one up, 2 channels of 4×4 pictures. */
describe('a convolutional net', () => {
  const net = {
    down: drawn([3, 2, 3, 3], 11),
    downBias: drawn([3], 12),
    code: drawn([2, 12], 13),
    codeBias: drawn([2], 14),
    wide: drawn([12, 2], 15),
    wideBias: drawn([12], 16),
    // in, out: as ConvTranspose2d has it.
    up: drawn([3, 2, 3, 3], 17),
    upBias: drawn([2], 18),
  };
  const parameters = ['encoder.0', 'encoder.1', 'decoder.0', 'decoder.1'];
  const convolutional = {
    data: { shape: [2, 4, 4] },
    model: {
      network: 'convolutional',
      channels: [3],
      kernel: 3,
      latent: 2,
      activation: 'relu',
      output: 'linear',
      up: 'transposed',
    },
  };
  const picture = drawn([2, 4, 4], 19);

  /** Conv2d(2, 3, 3, stride=2, padding=1), and ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1). */
  function worked() {
    const down = new Float64Array(12);
    for (let o = 0; o < 3; o++)
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 2; x++) {
          let sum = net.downBias.data[o];
          for (let c = 0; c < 2; c++)
            for (let a = 0; a < 3; a++)
              for (let b = 0; b < 3; b++) {
                const [row, column] = [2 * y + a - 1, 2 * x + b - 1];
                if (row < 0 || row > 3 || column < 0 || column > 3) continue;
                sum += net.down.data[((o * 2 + c) * 3 + a) * 3 + b] * picture.data[(c * 4 + row) * 4 + column];
              }
          down[(o * 2 + y) * 2 + x] = relu(sum);
        }
    const code = linear(Array.from(down), net.code, net.codeBias, same);
    const wide = linear(code, net.wide, net.wideBias, relu);
    const rebuilt = Array.from({ length: 32 }, (_, at) => net.upBias.data[Math.floor(at / 16)]);
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 2; x++)
          for (let o = 0; o < 2; o++)
            for (let a = 0; a < 3; a++)
              for (let b = 0; b < 3; b++) {
                const [row, column] = [2 * y + a - 1, 2 * x + b - 1];
                if (row < 0 || row > 3 || column < 0 || column > 3) continue;
                rebuilt[(o * 4 + row) * 4 + column] +=
                  wide[(c * 2 + y) * 2 + x] * net.up.data[((c * 2 + o) * 3 + a) * 3 + b];
              }
    return { code, rebuilt };
  }

  const tensorsOf = (names: readonly string[]) =>
    Object.fromEntries(
      parameters.flatMap((parameter, at) => [
        [`${parameter}.weight`, names[2 * at]],
        [`${parameter}.bias`, names[2 * at + 1]],
      ]),
    );

  test('of PyTorch', async () => {
    const weights = stored({ ...net });
    const model = await importWeights(
      weights,
      { ...convolutional, layout: 'torch', tensors: tensorsOf(Object.keys(net)) },
      { engine },
    );
    const wanted = worked();
    const given = { values: picture.data, shape: [1, 2, 4, 4] };
    close((await model.encode(given)).values, wanted.code);
    const rebuilt = await model.reconstruct(given);
    close(rebuilt.form === 'array' ? rebuilt.values : [], wanted.rebuilt);
  });

  test('of Keras: channels last, in kernels and where pictures become rows', async () => {
    // Height, width, in, out; of Conv2DTranspose height, width, out, in. Its Flatten goes through channels last.
    const kernel = (tensor: Tensor): Tensor => axesMoved(tensor, [2, 3, 1, 0]);
    const code = axesMoved({ shape: [2, 3, 2, 2], data: net.code.data }, [2, 3, 1, 0]);
    const wide = axesMoved({ shape: [3, 2, 2, 2], data: net.wide.data }, [3, 1, 2, 0]);
    const wideBias = axesMoved({ shape: [3, 2, 2], data: net.wideBias.data }, [1, 2, 0]);
    const weights = stored({
      ...net,
      down: kernel(net.down),
      up: kernel(net.up),
      code: { shape: [12, 2], data: code.data },
      wide: { shape: [2, 12], data: wide.data },
      wideBias: { shape: [12], data: wideBias.data },
    });
    const tensors = {
      ...tensorsOf(Object.keys(net)),
      'encoder.1.weight': { from: 'code', shape: [2, 2, 3, 2], axes: [2, 0, 1, 3] },
      'decoder.0.weight': { from: 'wide', shape: [2, 2, 2, 3], axes: [0, 3, 1, 2] },
      'decoder.0.bias': { from: 'wideBias', shape: [2, 2, 3], axes: [2, 0, 1] },
    };
    const model = await importWeights(weights, { ...convolutional, layout: 'keras', tensors }, { engine });
    const rebuilt = await model.reconstruct({ values: picture.data, shape: [1, 2, 4, 4] });
    close(rebuilt.form === 'array' ? rebuilt.values : [], worked().rebuilt);
  });
});

function axesMoved({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const target = order.map((axis) => shape[axis]);
  const values = Float32Array.from(data, (_, i) => {
    let rest = i;
    const place = new Array<number>(shape.length).fill(0);
    for (let axis = target.length - 1; axis >= 0; axis--) {
      place[order[axis]] = rest % target[axis];
      rest = Math.floor(rest / target[axis]);
    }
    return data[place.reduce((flat, at, axis) => flat * shape[axis] + at, 0)];
  });
  return { shape: target, data: values };
}

describe('what does not fit is refused', () => {
  const good = stored(torch);
  const entry = (shape: unknown, from: unknown, to: unknown, dtype: unknown = 'F32') =>
    container(JSON.stringify({ a: { dtype, shape, data_offsets: [from, to] } }), new Uint8Array(8));
  test.each([
    ['an empty file', new Uint8Array(0), 'at least 8 bytes'],
    ['a header longer than the file', new Uint8Array(8).fill(255), 'the length of a header'],
    ['a header that is no JSON', container('{', new Uint8Array(0)), 'a JSON header'],
    ['sizes beyond all memory', entry([2 ** 40, 2 ** 40], 0, 8), 'at bytes 0 to'],
    ['offsets beyond the file', entry([1e9], 0, 4e9), 'of 8'],
    ['a negative length', entry([-1], 0, 8), 'tensor a'],
    ['a type that there is not', entry([2], 0, 8, 'constructor'), 'a dtype that is known'],
    ['bytes that nobody has', entry([1], 0, 4), '4 bytes of tensors'],
    ['a file cut short', good.subarray(0, good.length - 4), 'at bytes'],
  ])('%s', async (_, bytes, said) => {
    const refused = importWeights(bytes, map, { engine });
    await expect(refused).rejects.toThrow(said);
    await expect(refused).rejects.toMatchObject({ exitCode: 4 });
  });

  const { 'encoder.0.bias': _, ...withoutBias } = map.tensors;
  test.each([
    [
      'a tensor of another shape',
      { ...map, model: { ...map.model, hidden: [4] } },
      'numbers for encoder.0.weight [6,4]',
      4,
    ],
    [
      'axes that are none',
      { ...map, tensors: { ...map.tensors, 'encoder.0.weight': { from: 'encoder.0.weight', axes: [0, 0] } } },
      'with axes',
      4,
    ],
    ['a parameter without a tensor', { ...map, tensors: withoutBias }, 'encoder.0.bias [5]', 2],
    [
      'a parameter that there is not',
      { ...map, tensors: { ...map.tensors, 'encoder.9.bias': 'a' } },
      'tensors.encoder.9.bias',
      2,
    ],
    [
      'a tensor that there is not',
      { ...map, tensors: { ...map.tensors, 'encoder.0.bias': 'encoder.0.bais' } },
      'encoder.0.bias',
      2,
    ],
    ['an option that there is not', { ...map, model: { ...map.model, hiden: [5] } }, '--hiden', 2],
    ['a map without a layout', { ...map, layout: undefined }, 'the map, layout', 2],
    ['a map without data', { ...map, data: undefined }, 'data and model', 2],
    ['a map that is a list', [], 'the map', 2],
    ['a shape beyond all memory', { ...map, data: { shape: [1e9, 1e9] } }, 'data.shape', 2],
  ])('%s', async (_name, wrong, said, exitCode) => {
    const refused = importWeights(good, wrong, { engine });
    await expect(refused).rejects.toThrow(said);
    await expect(refused).rejects.toMatchObject({ exitCode });
  });

  test('numbers that are not finite, and whole numbers', async () => {
    const bad = { ...torch, 'decoder.2.bias': { shape: [6], data: new Float32Array(6).fill(Number.NaN) } };
    await expect(importWeights(stored(bad), map, { engine })).rejects.toThrow('NaN in place 1');
    const whole = stored(torch, 'I32');
    await expect(importWeights(whole, map, { engine })).rejects.toThrow('floating-point numbers');
  });
});

test('the command: import WEIGHTS --map, and --model in place of data and model', async () => {
  const { write, run, json } = await makeWorkplace();
  await write('torch.safetensors', stored({ ...torch, steps: drawn([1], 9) }));
  await write('map.json', JSON.stringify(map));
  expect(await json('import torch.safetensors --map map.json --out mine.safetensors')).toEqual({
    weights: 'torch.safetensors',
    out: 'mine.safetensors',
    parameters: 30 + 5 + 10 + 2 + 10 + 5 + 30 + 6,
    unused: ['steps'],
  });
  await write('only-names.json', JSON.stringify({ layout: 'torch', tensors: map.tensors }));
  const again = 'import torch.safetensors --map only-names.json --out again.safetensors';
  expect((await run(again)).stderr).toContain('or --model');
  await json(`${again} --model mine.safetensors`);
  const both = await Promise.all(['mine', 'again'].map((name) => json(`info ${name}.safetensors`)));
  expect(both[1].tensors).toEqual(both[0].tensors);
  await write('broken.json', '{');
  const refused = await run('import torch.safetensors --map broken.json --out b.safetensors');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--map broken.json');
});
