/**
 * Handwritten digits, 28 × 28 bytes, drawn rather than collected.
 *
 *   style of the digit ── warp, slant, size, jitter ──> curves ── pen of varying width ──> bytes
 *
 * Curves are Catmull–Rom splines (1974) cut into short segments; a pixel's ink is the pen's coverage by its distance to the
 * nearest segment, computed only in the segment's bounding box.
 */
import type { Random } from '../../base/random.ts';
import type { ArraySource } from '../dataset.ts';
import { type Glyph, glyphs, type Stroke } from './glyphs.ts';

const SIDE = 28;
/** Segments per span between two points of a stroke. */
const PIECES = 3;
/** Width of the pen's soft edge in pixels. */
const EDGE = 1.1;

/**
 * The first `count` digits, with labels, of the sequence that `random` fixes: `[count, 1, 28, 28]`.
 *
 * @example makeDigits(100, createRandom(7).fork('train'))
 */
export function makeDigits(count: number, random: Random): ArraySource {
  const values = new Uint8Array(count * SIDE * SIDE);
  const labels = new Int32Array(count);
  const shares = glyphs.map((styles) => styles.reduce((sum, style) => sum + style.share, 0));
  for (let i = 0; i < count; i++) {
    const digit = random.integer(10);
    labels[i] = digit;
    const glyph = chooseStyle(glyphs[digit], random.uniform() * shares[digit]);
    drawGlyph(glyph, values.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE), random);
  }
  return {
    form: 'array',
    name: 'digits',
    values,
    shape: [count, 1, SIDE, SIDE],
    labels: { values: labels, names: glyphs.map((_, digit) => String(digit)) },
  };
}

function chooseStyle(styles: readonly Glyph[], at: number): Glyph {
  let rest = at;
  for (const style of styles) {
    rest -= style.share;
    if (rest < 0) return style;
  }
  return styles[styles.length - 1];
}

/** How one hand, once, bends the box of 1 × 1 and where it puts it. */
interface Hand {
  readonly height: number;
  readonly width: number;
  readonly slant: number;
  readonly turn: number;
  readonly bendX: number;
  readonly bendY: number;
  readonly phaseX: number;
  readonly phaseY: number;
  readonly pen: number;
  readonly pressure: number;
  readonly pressurePhase: number;
  readonly centreX: number;
  readonly centreY: number;
}

function randomHand(random: Random): Hand {
  return {
    height: within(19 + 1.3 * random.normal(), 15, 22),
    width: within(17.5 + 2.6 * random.normal(), 11, 23),
    slant: within(0.1 + 0.2 * random.normal(), -0.45, 0.6),
    turn: 0.07 * random.normal(),
    bendX: 0.045 * random.normal(),
    bendY: 0.04 * random.normal(),
    phaseX: 2 * Math.PI * random.uniform(),
    phaseY: 2 * Math.PI * random.uniform(),
    pen: within(1.15 * Math.exp(0.28 * random.normal()), 0.65, 2.3),
    pressure: 0.22 * random.uniform(),
    pressurePhase: 2 * Math.PI * random.uniform(),
    centreX: SIDE / 2 - 0.5 + 0.9 * random.normal(),
    centreY: SIDE / 2 - 0.5 + 0.7 * random.normal(),
  };
}

function drawGlyph(glyph: Glyph, image: Uint8Array, random: Random): void {
  const hand = randomHand(random);
  const curves = glyph.strokes.map((stroke) => movedPoints(stroke, hand, random));
  centre(curves, hand);
  for (const points of curves) drawCurve(points, image, hand);
}

/** The points of a stroke in pixels; both of a doubled point (a corner) move together. */
function movedPoints(stroke: Stroke, hand: Hand, random: Random): Float64Array {
  const points = new Float64Array(stroke.length);
  const last = stroke.length - 2;
  for (let i = 0; i <= last; i += 2) {
    const [x, y] = [stroke[i], stroke[i + 1]];
    if (i > 0 && x === stroke[i - 2] && y === stroke[i - 1]) {
      points[i] = points[i - 2];
      points[i + 1] = points[i - 1];
      continue;
    }
    // Ends vary more than what lies between.
    const jitter = i === 0 || i === last ? 0.042 : 0.025;
    const u = x - 0.5 + hand.bendX * Math.sin(5 * y + hand.phaseX) + jitter * random.normal();
    const v = y - 0.5 + hand.bendY * Math.sin(5 * x + hand.phaseY) + jitter * random.normal();
    const across = u * hand.width - hand.slant * v * hand.height;
    const down = v * hand.height;
    points[i] = across - hand.turn * down;
    points[i + 1] = down + hand.turn * across;
  }
  return points;
}

/** Puts the middle of the bounding box at the hand's centre. */
function centre(curves: readonly Float64Array[], { centreX, centreY }: Hand): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const points of curves) {
    for (let i = 0; i < points.length; i += 2) {
      left = Math.min(left, points[i]);
      right = Math.max(right, points[i]);
      top = Math.min(top, points[i + 1]);
      bottom = Math.max(bottom, points[i + 1]);
    }
  }
  const moveX = centreX - (left + right) / 2;
  const moveY = centreY - (top + bottom) / 2;
  for (const points of curves) {
    for (let i = 0; i < points.length; i += 2) {
      points[i] += moveX;
      points[i + 1] += moveY;
    }
  }
}

function drawCurve(points: Float64Array, image: Uint8Array, hand: Hand): void {
  const last = points.length - 2;
  let fromX = points[0];
  let fromY = points[1];
  for (let i = 0; i < last; i += 2) {
    const before = Math.max(0, i - 2);
    const after = Math.min(last, i + 4);
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      const toX = spline(points[before], points[i], points[i + 2], points[after], t);
      const toY = spline(points[before + 1], points[i + 1], points[i + 3], points[after + 1], t);
      const pen = hand.pen * (1 + hand.pressure * Math.sin(hand.pressurePhase + 0.6 * (i / 2 + t)));
      drawSegment(image, fromX, fromY, toX, toY, pen);
      fromX = toX;
      fromY = toY;
    }
  }
}

/** Catmull–Rom between b and c. */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Inks the pixels whose centre is within `pen` of the segment; ink of crossing strokes does not add up. */
function drawSegment(image: Uint8Array, fromX: number, fromY: number, toX: number, toY: number, pen: number): void {
  const reach = pen + EDGE / 2;
  const left = Math.max(0, Math.ceil(Math.min(fromX, toX) - reach));
  const right = Math.min(SIDE - 1, Math.floor(Math.max(fromX, toX) + reach));
  const top = Math.max(0, Math.ceil(Math.min(fromY, toY) - reach));
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(fromY, toY) + reach));
  const alongX = toX - fromX;
  const alongY = toY - fromY;
  const inverse = 1 / (alongX * alongX + alongY * alongY + 1e-12);
  const solid = Math.max(0, pen - EDGE / 2);
  for (let y = top; y <= bottom; y++) {
    for (let x = left, at = y * SIDE + left; x <= right; x++, at++) {
      if (image[at] === 255) continue;
      let offX = x - fromX;
      let offY = y - fromY;
      const t = within((offX * alongX + offY * alongY) * inverse, 0, 1);
      offX -= t * alongX;
      offY -= t * alongY;
      const squared = offX * offX + offY * offY;
      if (squared >= reach * reach) continue;
      const ink = squared <= solid * solid ? 255 : Math.round((255 * (reach - Math.sqrt(squared))) / EDGE);
      if (ink > image[at]) image[at] = ink;
    }
  }
}

function within(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
