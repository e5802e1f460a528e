/**
 * Planes of pictures to maps of codes and back, by a model whose code is a map: small planes as a whole, large ones in pieces, each with so
 * much around it that no seam is seen.
 *
 *   plane ── whole cells ── pieces ── encoder ── cells          cells ── pieces ── decoder ── cut to size ── plane
 */
import { OptionError } from '../../base/errors.ts';
import type { Picture } from '../../data/picture.ts';
import type { Model } from '../../model/model.ts';
import { mapOf } from '../../model/resized.ts';
import { sizedRunners } from '../sized-runners.ts';
import { spans } from '../tiles.ts';
import type { TrainedModel } from '../trained.ts';

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
  /** Of a picture of one channel. */
  analyse(plane: Picture): Promise<Cells>;
  /** The plane of `width` and `height` that cells stand for, around 0 … 1. */
  synthesise(cells: Cells, width: number, height: number): Promise<Picture>;
  dispose(): Promise<void>;
}

/** Pixels of a piece's side: bounds the memory that a large picture takes. */
const PIECE = 1024;
/** A side that every size of cell divides, up to 16 and 64 itself. */
const PROBE = 2_882_880;

/** @throws OptionError for a model whose code is no map, or is not rounded, or that is not for pictures of one channel. */
export function makeTransform(trained: Omit<TrainedModel, 'card'>): Transform {
  const { model, parameters } = trained;
  const { codeChannels: channels, blueprint } = model;
  if (!model.steps || blueprint.shape.length !== 3 || blueprint.shape[0] !== 1) throw unfit(model);
  const { latent, reach } = mapOf(blueprint);
  const cell = PROBE / Math.sqrt(latent([1, PROBE, PROBE]) / channels);
  const around = Math.ceil(reach / cell);
  const piece = Math.max(Math.floor(PIECE / cell), 4 * around);
  const runners = sizedRunners(trained);
  const piecesOf = (height: number, width: number): Piece[] =>
    spans(height, piece, around).flatMap((rows) => spans(width, piece, around).map((columns) => ({ rows, columns })));
  return {
    channels,
    cell,
    async analyse(plane) {
      const [height, width] = [Math.ceil(plane.height / cell), Math.ceil(plane.width / cell)];
      const cells = { values: new Float32Array(channels * height * width), channels, height, width };
      const grid = extended(plane, height * cell, width * cell);
      for (const place of piecesOf(height, width)) {
        const { values, height: high, width: wide } = cutOut(grid, place, cell);
        const runner = await runners.at(high, wide);
        const { unrounded } = await runner.encode(parameters, { values, count: 1 });
        keep({ values: unrounded, channels, height: high / cell, width: wide / cell }, cells, place, 1);
      }
      return cells;
    },
    async synthesise(cells, width, height) {
      const [high, wide] = [cells.height * cell, cells.width * cell];
      const grid = { values: new Float32Array(high * wide), channels: 1, height: high, width: wide };
      for (const place of piecesOf(cells.height, cells.width)) {
        const cut = cutOut(cells, place, 1);
        const [pieceHigh, pieceWide] = [cut.height * cell, cut.width * cell];
        const runner = await runners.at(pieceHigh, pieceWide);
        const values = await runner.decode(parameters, cut.values);
        keep({ values, channels: 1, height: pieceHigh, width: pieceWide }, grid, place, cell);
      }
      const whole = { rows: { from: 0, to: height }, columns: { from: 0, to: width } };
      return { name: 'plane', ...cutOut(grid, whole, 1), channels: 1 };
    },
    dispose: () => runners.dispose(),
  };
}

type Grid = Cells;

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly rows: Range;
  readonly columns: Range;
}

/** What goes through at once, in cells, and which part of it is kept. */
interface Piece {
  readonly rows: ReturnType<typeof spans>[number];
  readonly columns: ReturnType<typeof spans>[number];
}

/** A plane made larger by the pixels of its edge. */
function extended({ values, width, height }: Picture, high: number, wide: number): Grid {
  if (high === height && wide === width) return { values, channels: 1, height, width };
  const larger = new Float32Array(high * wide);
  let to = 0;
  for (let y = 0; y < high; y++) {
    const row = Math.min(height - 1, y) * width;
    for (let x = 0; x < wide; x++) larger[to++] = values[row + Math.min(width - 1, x)];
  }
  return { values: larger, channels: 1, height: high, width: wide };
}

/** A part of a grid; `scale` numbers of it for a cell. */
function cutOut({ values, channels, height, width }: Grid, { rows, columns }: Place, scale: number): Grid {
  const [high, wide] = [(rows.to - rows.from) * scale, (columns.to - columns.from) * scale];
  if (high === height && wide === width) return { values, channels, height, width };
  const cut = new Float32Array(channels * high * wide);
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let y = 0; y < high; y++, to += wide) {
      const from = (channel * height + rows.from * scale + y) * width + columns.from * scale;
      cut.set(values.subarray(from, from + wide), to);
    }
  return { values: cut, channels, height: high, width: wide };
}

/** Copies the kept part of a piece to where it belongs. */
function keep(from: Grid, to: Grid, { rows, columns }: Piece, scale: number): void {
  const length = (columns.keepTo - columns.keepFrom) * scale;
  const left = (columns.keepFrom - columns.from) * scale;
  for (let channel = 0; channel < from.channels; channel++)
    for (let y = rows.keepFrom * scale; y < rows.keepTo * scale; y++) {
      const source = (channel * from.height + y - rows.from * scale) * from.width + left;
      const target = (channel * to.height + y) * to.width + columns.keepFrom * scale;
      to.values.set(from.values.subarray(source, source + length), target);
    }
}

function unfit({ blueprint }: Model): OptionError {
  return new OptionError({
    where: 'the model',
    expected: 'one of grey pictures whose code is a rounded map (--kind compressive --network lapped)',
    got: `${blueprint.kind.name}, ${blueprint.network.name}, for examples of shape [${blueprint.shape}]`,
    fix: 'train one: autoencoder compress --fit PICTURES',
  });
}
