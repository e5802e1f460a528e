/**
 * A face, 48 × 48 pixels in colour, from who it is and how that one looks at the moment.
 *
 *   identity (never changes) ──┐
 *   manner: pose, expression, ─┴─ shapes on a head that turns, from the back to the front ──> bytes
 *   light, background
 *
 * The plane of the shapes has its origin between the eyes and the mouth; a unit is half the height of a head, v grows downwards.
 */
import {
  blended,
  type Canvas,
  type Colour,
  ellipse,
  lay,
  lit,
  type Shape,
  squircleSize,
  stroke,
  within,
} from './portrait-canvas.ts';

export const PORTRAIT_SIDE = 48;

/** What stays the same in every picture of one person. */
export interface Identity {
  readonly name: string;
  readonly skin: Colour;
  readonly hair: Colour;
  readonly iris: Colour;
  readonly lips: Colour;
  readonly cloth: Colour;
  /** Half the width of the head, and how square it is, 0 (an ellipse) … 1. */
  readonly width: number;
  readonly squareness: number;
  /** From the middle to an eye, and half the width of one. */
  readonly eyeApart: number;
  readonly eyeWidth: number;
  readonly browThickness: number;
  readonly browArch: number;
  readonly noseWidth: number;
  readonly mouthWidth: number;
  readonly lipThickness: number;
  /** Where hair begins on the forehead, how far it stands out, and how far down it hangs at the sides. */
  readonly hairline: number;
  readonly hairVolume: number;
  readonly hairEnd: number;
  /** How strongly a beard shows, 0 … 1. */
  readonly beard: number;
}

/** What changes from picture to picture; 0 is straight, at rest, and lit from the front. */
export interface Manner {
  /** Pixels. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** 1 is as large as usual. */
  readonly size: number;
  /** Radians, to the right where positive: turned about the neck, and tilted to a shoulder. */
  readonly turn: number;
  readonly tilt: number;
  /** −1 (frowning, sad) … 1. */
  readonly smile: number;
  readonly brows: number;
  /** 0 (closed) … 1. */
  readonly mouthOpen: number;
  readonly eyesOpen: number;
  /** −1 (left) … 1. */
  readonly gaze: number;
  readonly light: number;
  /** 1 is as bright as usual. */
  readonly brightness: number;
  readonly background: Colour;
}

/** `[3, 48, 48]` bytes. */
export function drawPortrait(identity: Identity, manner: Manner): Uint8Array {
  const side = PORTRAIT_SIDE;
  const { shiftX, shiftY, size, tilt, light, brightness, background } = manner;
  const frame = { x: side / 2 - 0.5 + shiftX, y: side / 2 + 0.5 + shiftY, unit: 16.5 * size, tilt };
  const canvas: Canvas = { side, values: new Float32Array(3 * side * side), frame };
  const still: Canvas = { ...canvas, frame: { ...frame, tilt: 0.3 * tilt } };
  const everywhere: Shape = { box: [0, 0, 4, 4], inside: () => 1 };
  lay(still, everywhere, (u, v) => lit(background, 1 + 0.18 * light * u - 0.12 * v));
  drawBack(canvas, still, identity, manner);
  drawHead(canvas, identity, manner);
  for (const eye of [-1, 1]) drawEye(canvas, identity, manner, eye);
  drawNose(canvas, identity, manner);
  drawMouth(canvas, identity, manner);
  drawHair(canvas, identity, manner);
  const bytes = new Uint8ClampedArray(canvas.values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * brightness * canvas.values[i];
  return new Uint8Array(bytes.buffer);
}

/** Where a point of a straight head is seen when it turns, and how narrow what lies there has become. */
function turned(u: number, v: number, { turn }: Manner): { readonly u: number; readonly squeeze: number } {
  const depth = Math.sqrt(Math.max(0.08, 1 - u * u - 0.35 * v * v));
  const squeeze = Math.cos(turn) - (u / depth) * Math.sin(turn);
  return { u: u * Math.cos(turn) + 0.75 * depth * Math.sin(turn), squeeze: Math.min(1.2, Math.max(0.35, squeeze)) };
}

/** How bright a point of the head is: from the side of the light, less to its edges, less below. */
function shade(u: number, v: number, { width }: Identity, { light }: Manner): number {
  return 0.98 + (0.26 * light * u) / width - 0.16 * (u / width) ** 2 - 0.08 * v * v - 0.04 * v;
}

/** Hair behind the head, neck and shoulders. */
function drawBack(canvas: Canvas, still: Canvas, identity: Identity, manner: Manner): void {
  const { skin, hair, cloth, width, hairVolume, hairEnd } = identity;
  const middle = 0.12 * Math.sin(manner.turn);
  const height = (hairEnd + 1.08) / 2;
  if (hairEnd > 0.2)
    lay(canvas, ellipse(-middle, hairEnd - height, width + 1.4 * hairVolume, height, 0.7), (u, v) =>
      lit(hair, 0.62 * shade(u, 0.6 * v, identity, manner)),
    );
  lay(still, ellipse(0, 1.05, 0.36 + 0.16 * (width - 0.6), 0.6, 0.9), lit(skin, 0.72));
  lay(still, ellipse(0, 2.1, 1.2, 0.98, 0.6), (u) => lit(cloth, 0.85 + 0.2 * manner.light * u));
}

function headShape({ width, squareness }: Identity, v0 = 0): Shape {
  // Wider above than at the chin.
  return {
    box: [0, v0, width, 1],
    inside: (u, v) => {
      const narrow = width * (1 - 0.17 * Math.max(0, v - v0) ** 2);
      return (1 - squircleSize(u / narrow, v - v0, squareness)) * width;
    },
  };
}

function drawHead(canvas: Canvas, identity: Identity, manner: Manner): void {
  const { skin, hair, width, beard } = identity;
  const middle = 0.1 * Math.sin(manner.turn);
  for (const side of [-1, 1])
    lay(
      canvas,
      ellipse(side * (width + 0.01) - 0.9 * middle, 0.02, 0.1, 0.2),
      lit(skin, 0.8 + 0.16 * side * manner.light),
    );
  const head = headShape(identity);
  lay(canvas, head, (u, v) => lit(skin, shade(u, v, identity, manner)));
  for (const side of [-1, 1]) {
    const cheek = turned(side * 0.42, 0.3, manner);
    const blush = { ...ellipse(cheek.u, 0.32, 0.2 * cheek.squeeze, 0.16), softness: 0.25, opacity: 0.22 };
    lay(canvas, blush, [0.85, 0.35, 0.3]);
  }
  if (beard === 0) return;
  const chin: Shape = {
    box: [0, 0.6, 1, 0.6],
    inside: (u, v) => Math.min(head.inside(u, v), v - 0.34 - 0.5 * (1 - ((u - 2 * middle) / width) ** 2) * 0.2),
    softness: 0.16,
    opacity: beard,
  };
  lay(canvas, chin, (u, v) => lit(hair, 1.1 * shade(u, 0.5 * v, identity, manner)));
}

function drawEye(canvas: Canvas, identity: Identity, manner: Manner, side: number): void {
  const { skin, hair, iris, eyeApart, eyeWidth, browThickness, browArch } = identity;
  const { eyesOpen, gaze, brows, smile } = manner;
  const { u, squeeze } = turned(side * eyeApart, -0.1, manner);
  const v = -0.1;
  const halfWidth = eyeWidth * squeeze;
  // Laughing eyes are narrower.
  const open = 0.13 * eyesOpen * (1 - 0.2 * Math.max(0, smile)) + 0.005;
  lay(canvas, { ...ellipse(u, v, 1.5 * halfWidth, 0.2), softness: 0.2, opacity: 0.25 }, lit(skin, 0.6));
  const white = ellipse(u, v, halfWidth, open);
  lay(canvas, white, [0.95, 0.95, 0.94]);
  const look = u + 0.42 * halfWidth * gaze;
  lay(canvas, within(ellipse(look, v, 0.115 * Math.min(1, squeeze), 0.115), white), iris);
  lay(canvas, within(ellipse(look, v, 0.055, 0.055), white), [0.05, 0.05, 0.06]);
  lay(canvas, stroke(u, v - open, halfWidth, 0.035, { bend: 0.75 * open }), [0.16, 0.11, 0.1]);
  const lift = -0.36 - 0.09 * brows;
  // Raised brows bend, knitted ones fall towards the nose.
  const brow = stroke(u, lift, 1.25 * halfWidth, browThickness, {
    bend: browArch + 0.04 * brows,
    slant: -side * 0.08 * Math.min(0, brows),
  });
  lay(canvas, brow, lit(hair, 0.75));
}

function drawNose(canvas: Canvas, identity: Identity, manner: Manner): void {
  const { skin, noseWidth } = identity;
  const { light, turn } = manner;
  const tip = 0.9 * Math.sin(turn);
  const shadowSide = light > 0 ? -1 : 1;
  const ridge = {
    ...ellipse(0.9 * tip + shadowSide * 0.4 * noseWidth, 0.08, 0.06, 0.24),
    softness: 0.1,
    opacity: 0.2 + 0.2 * Math.abs(light),
  };
  lay(canvas, ridge, lit(skin, 0.55));
  lay(canvas, { ...ellipse(tip, 0.2, 0.7 * noseWidth, 0.12), softness: 0.14, opacity: 0.5 }, lit(skin, 1.12));
  lay(canvas, { ...stroke(tip, 0.31, noseWidth, 0.04, { bend: -0.05 }), opacity: 0.75 }, lit(skin, 0.5));
}

function drawMouth(canvas: Canvas, identity: Identity, manner: Manner): void {
  const { lips, hair, beard, mouthWidth, lipThickness } = identity;
  const { smile, mouthOpen } = manner;
  const { u, squeeze } = turned(0, 0.58, manner);
  const v = 0.58;
  const halfWidth = mouthWidth * squeeze * (1 + 0.22 * smile - 0.2 * mouthOpen);
  const bend = -0.13 * smile;
  const open = 0.15 * mouthOpen;
  if (beard > 0)
    lay(
      canvas,
      { ...stroke(u, v - 0.13, 1.15 * halfWidth, 0.085, { bend: 0.08 }), opacity: 0.5 + 0.5 * beard },
      lit(hair, 1.1),
    );
  const whole = stroke(u, v + 0.5 * open, halfWidth, lipThickness + open, { bend });
  lay(canvas, whole, (x) => lit(lips, 0.95 + 0.15 * manner.light * x));
  if (open > 0.02) {
    const hole = stroke(u, v + 0.5 * open, 0.8 * halfWidth, open, { bend });
    lay(canvas, hole, [0.25, 0.06, 0.07]);
    lay(canvas, within(stroke(u, v - 0.35 * open, 0.7 * halfWidth, 0.5 * open, { bend }), hole), [0.93, 0.92, 0.88]);
  } else lay(canvas, { ...stroke(u, v, 0.92 * halfWidth, 0.025, { bend }), opacity: 0.8 }, lit(lips, 0.45));
}

/** Hair over the forehead and down the sides of the head. */
function drawHair(canvas: Canvas, identity: Identity, manner: Manner): void {
  const { hair, width, squareness, hairline, hairVolume, hairEnd } = identity;
  const outer = headShape({ ...identity, width: width + hairVolume, squareness: 0.6 * squareness }, -0.08);
  const part = turned(0.25, -0.7, manner).u;
  const middle = 0.55 * Math.sin(manner.turn);
  const fringe: Shape = {
    box: [0, -0.1, width + hairVolume, 1.1],
    inside: (u, v) => {
      const across = (u - middle) / width;
      // From the parting the hair falls to both sides, and then beside the face.
      const line = hairline + 0.28 * Math.abs(u - part) ** 1.5;
      const beside = Math.min(Math.abs(across) - 0.86, hairEnd - v);
      return Math.min(outer.inside(u, v), Math.max(line - v, beside * width));
    },
  };
  lay(canvas, fringe, (u, v) => {
    const strand = 0.1 * Math.sin(17 * (u - part) + 5 * v);
    const shine = 0.35 * Math.exp(-(((v + 0.75) / 0.16) ** 2)) * (1 + manner.light * u);
    return blended(lit(hair, shade(u, 0.6 * v, identity, manner) + strand), [1, 1, 0.95], 0.35 * shine);
  });
}
