/**
 * Planes of pictures to maps of codes and back, by a model whose code is a map. A plane of any size: small ones as a whole, large ones tile
 * by tile, with so much around each tile that no seam is seen.
 *
 *   plane ── pad to whole cells ── tiles ── encoder ── code map          code map ── tiles ── decoder ── cut ── plane
 */
import { OptionError } from '../../base/errors.ts';
import { resized } from '../../model/blueprint.ts';
import { type Model, makeModel } from '../../model/model.ts';
import { makeRunner, type Runner } from '../../model/runner.ts';
import type { TrainedModel } from '../trained.ts';

/** One channel of a picture. */
export interface Plane {
  /** `[height, width]`, 0 … 255. */
  readonly values: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What the encoder says of a plane: a vector of `channels` for each cell. */
export interface Cells {
  /** `[channels, height, width]` */
  readonly values: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Transform {
  readonly channels: number;
  /** Pixels of a cell's side. */
  readonly cell: number;
  analyse(plane: Plane): Promise<Cells>;
  /** The plane of `width` and `height` that cells stand for, 0 … 255, not rounded. */
  synthesise(cells: Cells, width: number, height: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Planes up to so many pixels go through in one piece. */
const WHOLE = 2 ** 20;
/** Pixels of a tile's side. */
const TILE = 512;
/** Cells around a tile that go through with it. */
const AROUND = 4;
/** Sizes whose programs are kept. */
const KEPT = 4;
/** A side that every number of stages divides. */
const PROBE = 256;

/** @throws OptionError for a model whose code is no map, or is not rounded, or that is not for pictures of one channel. */
export function makeTransform({ engine, model, parameters }: TrainedModel): Transform {
  const { codeChannels: channels, blueprint } = model;
  if (!model.steps || blueprint.shape.length !== 3 || blueprint.shape[0] !== 1 || blueprint.inputScale === 1)
    throw unfit(model);
  const cell = PROBE / Math.sqrt(resized(blueprint, [1, PROBE, PROBE]).latent / channels);
  const runners = new Map<string, Runner>();
  const runnerFor = async (height: number, width: number): Promise<Runner> => {
    const key = `${height}×${width}`;
    const known = runners.get(key);
    const runner = known ?? makeRunner(engine, makeModel(resized(blueprint, [1, height, width])));
    runners.delete(key);
    runners.set(key, runner);
    for (const [oldest, old] of runners) {
      if (runners.size <= KEPT) break;
      runners.delete(oldest);
      await old.dispose();
    }
    return runner;
  };
  return {
    channels,
    cell,
    async analyse(plane) {
      const [height, width] = [Math.ceil(plane.height / cell), Math.ceil(plane.width / cell)];
      const cells = { values: new Float32Array(channels * height * width), channels, height, width };
      for (const tile of tilesOf(height, width, cell)) {
        const runner = await runnerFor(tile.height * cell, tile.width * cell);
        const values = pixelsOf(plane, tile, cell);
        const { unrounded } = await runner.encode(parameters, { values, count: 1 });
        const from = { values: unrounded, channels, height: tile.height, width: tile.width };
        copyInner(from, cells, tile, 1);
      }
      return cells;
    },
    async synthesise(cells, width, height) {
      const wide = { channels: 1, height: cells.height * cell, width: cells.width * cell };
      const plane = { ...wide, values: new Float32Array(wide.height * wide.width) };
      for (const tile of tilesOf(cells.height, cells.width, cell)) {
        const runner = await runnerFor(tile.height * cell, tile.width * cell);
        const values = await runner.decode(parameters, cutOut(cells, tile));
        copyInner({ ...wide, values, height: tile.height * cell, width: tile.width * cell }, plane, tile, cell);
      }
      const cut = new Float32Array(width * height);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) cut[y * width + x] = 255 * plane.values[y * plane.width + x];
      return cut;
    },
    async dispose() {
      for (const runner of runners.values()) await runner.dispose();
      runners.clear();
    },
  };
}

/** What goes through at once, in cells, and which part of it is kept. */
interface Tile {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Rows and columns of the whole that are taken from this tile: [from, to). */
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

function tilesOf(height: number, width: number, cell: number): Tile[] {
  if (height * width * cell * cell <= WHOLE)
    return [{ top: 0, left: 0, height, width, rows: [0, height], columns: [0, width] }];
  const side = Math.ceil(TILE / cell);
  const parts = (length: number): { from: number; to: number; first: number; last: number }[] =>
    Array.from({ length: Math.ceil(length / side) }, (_, at) => {
      const [from, to] = [at * side, Math.min(length, (at + 1) * side)];
      return { from, to, first: Math.max(0, from - AROUND), last: Math.min(length, to + AROUND) };
    });
  return parts(height).flatMap((row) =>
    parts(width).map((column) => ({
      top: row.first,
      left: column.first,
      height: row.last - row.first,
      width: column.last - column.first,
      rows: [row.from, row.to] as const,
      columns: [column.from, column.to] as const,
    })),
  );
}

/** A tile's pixels; beyond the plane those of its edge. */
function pixelsOf({ values, width, height }: Plane, tile: Tile, cell: number): Uint8Array {
  const pixels = new Uint8Array(tile.height * tile.width * cell * cell);
  let to = 0;
  for (let y = 0; y < tile.height * cell; y++) {
    const row = Math.min(height - 1, tile.top * cell + y) * width;
    for (let x = 0; x < tile.width * cell; x++)
      pixels[to++] = values[row + Math.min(width - 1, tile.left * cell + x)] + 0.5;
  }
  return pixels;
}

interface Grid {
  readonly values: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

function cutOut({ values, channels, height, width }: Grid, tile: Tile): Float32Array {
  const cut = new Float32Array(channels * tile.height * tile.width);
  let to = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < tile.height; y++) {
      const from = (channel * height + tile.top + y) * width + tile.left;
      cut.set(values.subarray(from, from + tile.width), to);
      to += tile.width;
    }
  return cut;
}

/** Copies the kept part of a tile to where it belongs; `scale` numbers of the grids for a cell. */
function copyInner(from: Grid, to: Grid, tile: Tile, scale: number): void {
  const [left, right] = [tile.columns[0] * scale, tile.columns[1] * scale];
  for (let channel = 0; channel < from.channels; channel++)
    for (let y = tile.rows[0] * scale; y < tile.rows[1] * scale; y++) {
      const source = (channel * from.height + y - tile.top * scale) * from.width + left - tile.left * scale;
      to.values.set(from.values.subarray(source, source + right - left), (channel * to.height + y) * to.width + left);
    }
}

function unfit({ blueprint }: Model): OptionError {
  return new OptionError({
    where: 'the model',
    expected:
      'one of grey pictures whose code is a rounded map (--kind compressive --network convolutional --code-channels 64)',
    got: `${blueprint.kind.name}, ${blueprint.network.name}, for examples of shape [${blueprint.shape}]`,
    fix: 'train one: autoencoder compress --fit DATA',
  });
}
