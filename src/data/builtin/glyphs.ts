/**
 * How people write the ten digits: for each, several styles; for each style, its strokes as points that a smooth curve runs
 * through. x to the right and y down, in a box of 1 × 1; a point written twice is a corner.
 */

/** x₀, y₀, x₁, y₁, … */
export type Stroke = readonly number[];

export interface Glyph {
  /** How often this style is chosen, relative to the others of its digit. */
  readonly share: number;
  readonly strokes: readonly Stroke[];
}

const zero: readonly Glyph[] = [
  // An oval closed at the top.
  {
    share: 4,
    strokes: [
      [0.55, 0.02, 0.31, 0.13, 0.2, 0.5, 0.31, 0.88, 0.53, 0.98, 0.73, 0.85, 0.81, 0.48, 0.71, 0.13, 0.5, 0.03],
    ],
  },
  // Started inside, ends overlapping.
  {
    share: 2,
    strokes: [
      [
        0.62, 0.1, 0.42, 0.02, 0.23, 0.28, 0.2, 0.66, 0.38, 0.97, 0.64, 0.93, 0.82, 0.6, 0.78, 0.2, 0.57, 0.02, 0.4,
        0.12,
      ],
    ],
  },
  // Pointed and narrow.
  { share: 1, strokes: [[0.62, 0.01, 0.4, 0.25, 0.3, 0.62, 0.4, 0.97, 0.58, 0.9, 0.7, 0.5, 0.68, 0.14, 0.6, 0.02]] },
];

const one: readonly Glyph[] = [
  { share: 6, strokes: [[0.5, 0, 0.5, 0.34, 0.5, 0.67, 0.5, 1]] },
  // With a flag.
  { share: 2, strokes: [[0.31, 0.24, 0.52, 0.02, 0.52, 0.02, 0.52, 0.5, 0.52, 1]] },
  // With flag and base.
  {
    share: 1,
    strokes: [
      [0.31, 0.22, 0.52, 0.02, 0.52, 0.02, 0.52, 0.5, 0.52, 0.98],
      [0.27, 0.98, 0.52, 0.98, 0.77, 0.97],
    ],
  },
];

const two: readonly Glyph[] = [
  // Corner at the foot.
  {
    share: 3,
    strokes: [
      [
        0.2, 0.24, 0.32, 0.05, 0.57, 0, 0.77, 0.16, 0.71, 0.42, 0.45, 0.7, 0.17, 0.97, 0.17, 0.97, 0.5, 0.95, 0.86,
        0.95,
      ],
    ],
  },
  // Loop at the foot.
  {
    share: 3,
    strokes: [
      [
        0.22, 0.2, 0.4, 0.02, 0.67, 0.06, 0.73, 0.3, 0.54, 0.62, 0.3, 0.9, 0.15, 0.92, 0.19, 0.78, 0.38, 0.8, 0.6, 0.95,
        0.88, 0.9,
      ],
    ],
  },
  // Swan's neck: a round foot.
  {
    share: 1,
    strokes: [[0.24, 0.14, 0.5, 0, 0.74, 0.14, 0.72, 0.38, 0.5, 0.66, 0.24, 0.9, 0.42, 0.88, 0.64, 0.97, 0.84, 0.86]],
  },
];

const three: readonly Glyph[] = [
  {
    share: 4,
    strokes: [
      [
        0.22, 0.12, 0.45, 0, 0.71, 0.1, 0.69, 0.33, 0.41, 0.47, 0.41, 0.47, 0.71, 0.55, 0.79, 0.78, 0.58, 0.98, 0.3,
        0.98, 0.16, 0.86,
      ],
    ],
  },
  // Flat top.
  {
    share: 1,
    strokes: [[0.2, 0.04, 0.77, 0.03, 0.77, 0.03, 0.44, 0.4, 0.44, 0.4, 0.74, 0.52, 0.78, 0.8, 0.5, 1, 0.2, 0.9]],
  },
  // A small loop at the waist.
  {
    share: 2,
    strokes: [
      [
        0.24, 0.08, 0.52, 0.01, 0.72, 0.17, 0.58, 0.4, 0.38, 0.5, 0.4, 0.42, 0.62, 0.46, 0.77, 0.68, 0.64, 0.94, 0.36,
        1, 0.18, 0.9,
      ],
    ],
  },
];

const four: readonly Glyph[] = [
  // Open.
  {
    share: 4,
    strokes: [
      [0.25, 0.03, 0.2, 0.3, 0.19, 0.56, 0.19, 0.56, 0.5, 0.56, 0.84, 0.51],
      [0.7, 0.06, 0.67, 0.5, 0.64, 1],
    ],
  },
  // Closed: a triangle.
  {
    share: 2,
    strokes: [
      [0.62, 0.01, 0.4, 0.32, 0.15, 0.63, 0.15, 0.63, 0.5, 0.62, 0.87, 0.6],
      [0.62, 0.01, 0.62, 0.5, 0.6, 1],
    ],
  },
  // Round, in one stroke.
  { share: 2, strokes: [[0.24, 0.04, 0.17, 0.34, 0.33, 0.53, 0.6, 0.45, 0.75, 0.06, 0.75, 0.06, 0.69, 0.55, 0.63, 1]] },
];

const five: readonly Glyph[] = [
  {
    share: 2,
    strokes: [
      [
        0.8, 0.03, 0.55, 0.04, 0.32, 0.05, 0.32, 0.05, 0.27, 0.42, 0.27, 0.42, 0.55, 0.36, 0.79, 0.55, 0.76, 0.83, 0.5,
        1, 0.18, 0.9,
      ],
    ],
  },
  // The bar last, as a stroke of its own.
  {
    share: 2,
    strokes: [
      [0.34, 0.08, 0.27, 0.43, 0.27, 0.43, 0.58, 0.39, 0.8, 0.6, 0.7, 0.9, 0.42, 1, 0.17, 0.91],
      [0.34, 0.07, 0.6, 0.05, 0.86, 0],
    ],
  },
  // Drawn like an S.
  {
    share: 1,
    strokes: [[0.8, 0.05, 0.54, 0.02, 0.33, 0.1, 0.31, 0.34, 0.57, 0.48, 0.75, 0.67, 0.65, 0.92, 0.4, 1, 0.18, 0.9]],
  },
];

const six: readonly Glyph[] = [
  {
    share: 3,
    strokes: [
      [0.7, 0, 0.43, 0.2, 0.25, 0.55, 0.28, 0.87, 0.51, 1, 0.75, 0.87, 0.75, 0.65, 0.54, 0.53, 0.34, 0.64, 0.26, 0.82],
    ],
  },
  // A straight stem and a small bowl.
  {
    share: 2,
    strokes: [[0.47, 0, 0.31, 0.38, 0.24, 0.74, 0.4, 0.98, 0.67, 0.93, 0.75, 0.72, 0.57, 0.58, 0.36, 0.7, 0.27, 0.86]],
  },
  // A wide bowl that stays open.
  {
    share: 1,
    strokes: [[0.6, 0.02, 0.34, 0.26, 0.22, 0.62, 0.34, 0.94, 0.62, 0.97, 0.8, 0.76, 0.68, 0.56, 0.46, 0.62]],
  },
];

const seven: readonly Glyph[] = [
  { share: 4, strokes: [[0.15, 0.06, 0.5, 0.05, 0.81, 0.05, 0.81, 0.05, 0.6, 0.46, 0.43, 1]] },
  // Crossed.
  {
    share: 1,
    strokes: [
      [0.15, 0.07, 0.5, 0.05, 0.81, 0.05, 0.81, 0.05, 0.6, 0.46, 0.43, 1],
      [0.32, 0.52, 0.54, 0.5, 0.76, 0.47],
    ],
  },
  // With a serif.
  { share: 2, strokes: [[0.15, 0.24, 0.18, 0.06, 0.18, 0.06, 0.5, 0.06, 0.8, 0.05, 0.8, 0.05, 0.57, 0.5, 0.46, 1]] },
  // Round shoulder.
  { share: 2, strokes: [[0.15, 0.15, 0.4, 0.06, 0.72, 0.04, 0.76, 0.22, 0.58, 0.58, 0.48, 1]] },
];

const eight: readonly Glyph[] = [
  // One stroke, begun at the top right.
  {
    share: 4,
    strokes: [
      [
        0.72, 0.13, 0.5, 0, 0.28, 0.14, 0.33, 0.36, 0.57, 0.54, 0.75, 0.76, 0.57, 0.98, 0.33, 0.95, 0.25, 0.75, 0.45,
        0.52, 0.67, 0.33, 0.72, 0.12,
      ],
    ],
  },
  // Two rings.
  {
    share: 1,
    strokes: [
      [0.5, 0.02, 0.31, 0.1, 0.29, 0.32, 0.5, 0.45, 0.71, 0.32, 0.69, 0.1, 0.5, 0.02],
      [0.5, 0.45, 0.27, 0.58, 0.22, 0.84, 0.5, 1, 0.78, 0.84, 0.73, 0.58, 0.5, 0.45],
    ],
  },
  // Ends do not meet.
  {
    share: 2,
    strokes: [
      [
        0.78, 0.08, 0.52, 0.02, 0.3, 0.18, 0.44, 0.4, 0.66, 0.6, 0.68, 0.88, 0.46, 1, 0.28, 0.86, 0.4, 0.6, 0.64, 0.38,
        0.84, 0.14,
      ],
    ],
  },
];

const nine: readonly Glyph[] = [
  // A straight stem.
  {
    share: 3,
    strokes: [
      [
        0.74, 0.18, 0.53, 0.02, 0.29, 0.14, 0.26, 0.38, 0.48, 0.5, 0.69, 0.38, 0.76, 0.12, 0.76, 0.12, 0.71, 0.58, 0.63,
        1,
      ],
    ],
  },
  // A tail that curls back.
  {
    share: 2,
    strokes: [
      [
        0.73, 0.15, 0.5, 0.02, 0.27, 0.17, 0.32, 0.42, 0.56, 0.45, 0.73, 0.17, 0.76, 0.5, 0.66, 0.88, 0.42, 1, 0.22,
        0.92,
      ],
    ],
  },
  // One loop without a corner.
  { share: 2, strokes: [[0.66, 0.3, 0.44, 0.46, 0.27, 0.32, 0.38, 0.08, 0.62, 0.04, 0.73, 0.24, 0.68, 0.62, 0.56, 1]] },
];

export const glyphs: readonly (readonly Glyph[])[] = [zero, one, two, three, four, five, six, seven, eight, nine];
