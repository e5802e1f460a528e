/** A small canvas of red, green and blue on which soft shapes are laid over one another, placed by a frame that may be moved and turned. */

/** Red, green and blue, 0 … 1. */
export type Colour = readonly [number, number, number];

/** Where the plane that shapes are described in lies on the canvas: its origin, pixels for a unit, and its turn in radians. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly unit: number;
  readonly tilt: number;
}

export interface Canvas {
  readonly side: number;
  /** `[3, side, side]` */
  readonly values: Float32Array;
  readonly frame: Frame;
}

/** A shape in the plane. */
export interface Shape {
  /** Middle and half sizes of a box that holds it. */
  readonly box: readonly [u: number, v: number, halfWidth: number, halfHeight: number];
  /** How far inside a point is, in units; negative outside. */
  readonly inside: (u: number, v: number) => number;
  /** Share that is laid over what is there, 1 when absent. */
  readonly opacity?: number;
  /** Units over which the edge is soft; a pixel when absent. */
  readonly softness?: number;
}

/** Lays a shape over what is there; its colour may change from point to point. */
export function lay(canvas: Canvas, shape: Shape, colour: Colour | ((u: number, v: number) => Colour)): void {
  const { side, values, frame } = canvas;
  const { box, inside, opacity = 1, softness = 1 / frame.unit } = shape;
  const [cos, sin] = [Math.cos(frame.tilt), Math.sin(frame.tilt)];
  const [u0, v0, halfWidth, halfHeight] = box;
  const [middleX, middleY] = [
    frame.x + frame.unit * (u0 * cos - v0 * sin),
    frame.y + frame.unit * (u0 * sin + v0 * cos),
  ];
  const [reachX, reachY] = [
    frame.unit * (halfWidth * Math.abs(cos) + halfHeight * Math.abs(sin) + softness),
    frame.unit * (halfWidth * Math.abs(sin) + halfHeight * Math.abs(cos) + softness),
  ];
  const [left, right] = [Math.max(0, Math.ceil(middleX - reachX)), Math.min(side - 1, Math.floor(middleX + reachX))];
  const [top, bottom] = [Math.max(0, Math.ceil(middleY - reachY)), Math.min(side - 1, Math.floor(middleY + reachY))];
  const plane = side * side;
  for (let y = top; y <= bottom; y++) {
    const offY = (y - frame.y) / frame.unit;
    for (let x = left; x <= right; x++) {
      const offX = (x - frame.x) / frame.unit;
      const u = offX * cos + offY * sin;
      const v = offY * cos - offX * sin;
      const covered = opacity * Math.min(1, Math.max(0, inside(u, v) / softness + 0.5));
      if (covered <= 0) continue;
      const paint = typeof colour === 'function' ? colour(u, v) : colour;
      for (let channel = 0, at = y * side + x; channel < 3; channel++, at += plane)
        values[at] += covered * (paint[channel] - values[at]);
    }
  }
}

/** An ellipse; the higher `squareness` (0 … 1), the nearer it comes to its box (the squircle of Fernández Guasti 1992). */
export function ellipse(u0: number, v0: number, halfWidth: number, halfHeight: number, squareness = 0): Shape {
  const least = Math.min(halfWidth, halfHeight);
  return {
    box: [u0, v0, halfWidth, halfHeight],
    inside: (u, v) => (1 - squircleSize((u - u0) / halfWidth, (v - v0) / halfHeight, squareness)) * least,
  };
}

/** 1 on the border of a squircle, less inside. */
export function squircleSize(u: number, v: number, squareness: number): number {
  const [across, down] = [u * u, v * v];
  return Math.sqrt(Math.max(across, down, across + down - squareness * across * down));
}

/** A stroke from one side of a point to the other that bends by `bend` at its ends (downwards where positive) and falls by `slant`. */
export function stroke(
  u0: number,
  v0: number,
  halfLength: number,
  thickness: number,
  { bend = 0, slant = 0 }: { readonly bend?: number; readonly slant?: number },
): Shape {
  const reach = thickness + Math.abs(bend) + Math.abs(slant);
  return {
    box: [u0, v0, halfLength + thickness, reach],
    inside: (u, v) => {
      const t = (u - u0) / halfLength;
      const near = Math.min(1, Math.max(-1, t));
      const middle = v0 + bend * near * near + slant * near;
      // Thinner towards its ends.
      const half = thickness * (1 - 0.45 * near * near);
      return half - Math.hypot((t - near) * halfLength, v - middle);
    },
  };
}

/** What is in both. */
export function within(shape: Shape, other: Shape): Shape {
  return { ...shape, inside: (u, v) => Math.min(shape.inside(u, v), other.inside(u, v)) };
}

/** A colour made lighter or darker. */
export function lit([red, green, blue]: Colour, light: number): Colour {
  return [red * light, green * light, blue * light];
}

export function blended(from: Colour, to: Colour, share: number): Colour {
  return [
    from[0] + share * (to[0] - from[0]),
    from[1] + share * (to[1] - from[1]),
    from[2] + share * (to[2] - from[2]),
  ];
}
