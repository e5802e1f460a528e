/**
 * Everything a report shows, as plain JSON: whoever trained fills it in, `renderReport` turns it into a page.
 *
 * Parts that do not apply (no labels, a kind that cannot sample) are left out, and so are their sections. A number that
 * is not finite is shown as a dash and as a gap in a curve.
 */

export interface ReportData {
  /** Heading of the page, e.g. `Digits, variational`. */
  readonly title: string;
  readonly kind: string;
  readonly network: string;
  readonly dataset: string;
  readonly history: readonly EpochRecord[];
  /** The epoch whose parameters were kept. */
  readonly bestEpoch: number;
  /** How good the reconstruction is beside simple ways to do the same; the row of this model included. */
  readonly baselines: readonly BaselineRow[];
  /** Examples beside their reconstructions. */
  readonly examples?: ExamplePanel;
  /** New examples drawn by the model, where its kind can. */
  readonly samples?: SamplePanel;
  readonly codeMap?: CodeMap;
  readonly codeActivity?: CodeActivity;
  readonly featureError?: FeatureError;
  readonly settings: readonly SettingGroup[];
  readonly warnings: readonly ReportWarning[];
  readonly model: ModelFacts;
  readonly nextCommands: readonly NextCommand[];
}

/** What `renderPage` embeds; each chart draws its own part, where there is one. */
export interface PageData
  extends Partial<
    Pick<
      ReportData,
      'title' | 'history' | 'bestEpoch' | 'baselines' | 'examples' | 'samples' | 'codeActivity' | 'featureError'
    >
  > {
  /** By what the figure's `data-of` says. */
  readonly codeMaps?: Readonly<Record<string, CodeMap>>;
  readonly contactSheet?: ContactSheet;
  readonly comparisons?: readonly Comparison[];
}

/** One picture in several versions, to be laid over one another. */
export interface Comparison {
  readonly name: string;
  /** Pixels of the largest. */
  readonly width: number;
  readonly height: number;
  /** At least two; the first two are shown at the beginning, left and right of the slider. */
  readonly versions: readonly PictureVersion[];
}

export interface PictureVersion {
  readonly name: string;
  /** `data:image/png;base64,…` */
  readonly source: string;
}

/** Pictures that were asked for beside those found. */
export interface ContactSheet {
  /** Row after row. */
  readonly pictures: ImageStack;
  /** A few words under each picture of each row, the first of which is the one asked for. */
  readonly rows: readonly (readonly string[])[];
}

export interface EpochRecord {
  readonly epoch: number;
  /** `loss` (nats/example) and its named terms, and `mse` (per feature) where it was measured. */
  readonly train: Readonly<Record<string, number>>;
  readonly validation?: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly seconds: number;
}

export interface BaselineRow {
  readonly name: string;
  /** Which row it is, whatever its name: the verdict at the top of the page compares `model` with `pca` and `mean`. */
  readonly role: 'model' | 'pca' | 'mean' | 'other';
  /** Mean squared error per feature, on the validation examples. */
  readonly mse: number;
  /** Further columns of the table by heading, e.g. `{ 'PSNR (dB)': 21.3 }`. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** `count` pictures of bytes; made by `imageStack`. */
export interface ImageStack {
  readonly count: number;
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `[count, channels, height, width]` row-major, in base64. */
  readonly base64: string;
}

export type ExamplePanel =
  | {
      readonly form: 'images';
      readonly original: ImageStack;
      /** What the encoder saw, where that is not the original. */
      readonly corrupted?: ImageStack;
      readonly reconstruction: ImageStack;
      /** How much each pixel surprises, 0 to 255. */
      readonly heat?: ImageStack;
      /** A few words under each picture: its label, its error. */
      readonly captions?: readonly string[];
    }
  | {
      readonly form: 'table';
      readonly columns: readonly ReportColumn[];
      /** `[example][column]` in raw units. */
      readonly original: readonly (readonly CellValue[])[];
      readonly reconstruction: readonly (readonly CellValue[])[];
      /** How to name each example, e.g. `row 18`. */
      readonly captions?: readonly string[];
    }
  | {
      readonly form: 'series';
      readonly channels: readonly string[];
      /** `[example][channel][time]` in raw units. */
      readonly original: readonly (readonly (readonly number[])[])[];
      readonly reconstruction: readonly (readonly (readonly number[])[])[];
      readonly captions?: readonly string[];
    };

export type SamplePanel =
  | { readonly form: 'images'; readonly images: ImageStack }
  | {
      readonly form: 'table';
      readonly columns: readonly ReportColumn[];
      readonly rows: readonly (readonly CellValue[])[];
    }
  | {
      readonly form: 'series';
      readonly channels: readonly string[];
      /** `[sample][channel][time]` */
      readonly values: readonly (readonly (readonly number[])[])[];
    };

/** `null` where the value is missing. */
export type CellValue = number | string | null;

export interface ReportColumn {
  readonly name: string;
  readonly unit?: string;
  /** Standard deviation of a numeric column: a difference larger than this is marked in the table. */
  readonly spread?: number;
}

/** The codes of some examples, at most about 3000, in the plane in which they vary most (their first two principal components). */
export interface CodeMap {
  readonly points: readonly (readonly [number, number])[];
  /** One class per point: `values[i]` indexes `names`; −1 where the label is missing. */
  readonly labels?: { readonly values: readonly number[]; readonly names: readonly string[] };
  /** Share of the codes' variance along each axis, 0 to 1. */
  readonly explained: readonly [number, number];
  /** The i-th picture is the i-th point's; there may be fewer pictures than points. */
  readonly thumbnails?: ImageStack;
}

/** How much each part of the code is used. */
export interface CodeActivity {
  /** What `values` are, with the unit: `KL divergence (nats)`, `variance`, `share of what was chosen`. */
  readonly measure: string;
  /** What one value belongs to: `code dimension`, `codebook entry`. */
  readonly noun: string;
  readonly values: readonly number[];
  /** Indices of those that carry nothing. */
  readonly dead: readonly number[];
}

/** Mean squared error of each feature over the validation examples. */
export type FeatureError =
  | {
      readonly form: 'images';
      readonly height: number;
      readonly width: number;
      /** `[height, width]`, averaged over channels. */
      readonly values: readonly number[];
    }
  | { readonly form: 'columns'; readonly columns: readonly { readonly name: string; readonly error: number }[] };

export interface SettingGroup {
  readonly name: string;
  readonly settings: readonly { readonly name: string; readonly value: string | number | boolean }[];
}

export interface ReportWarning {
  /** What was noticed. */
  readonly text: string;
  /** What the reader can do about it. */
  readonly advice: string;
}

export interface ModelFacts {
  readonly parameters: number;
  /** Numbers in one example and in its code. */
  readonly exampleSize: number;
  readonly codeSize: number;
  readonly trainExamples: number;
  readonly validationExamples: number;
  /** Wall time of the training. */
  readonly seconds: number;
  readonly examplesPerSecond: number;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  /** The model file's name, as in the commands. */
  readonly file: string;
}

export interface NextCommand {
  readonly command: string;
  /** What it does, e.g. `Find the examples that fit worst`. */
  readonly purpose: string;
}

/**
 * Packs pictures for a report.
 *
 * @param pixels `[count, channels, height, width]` bytes.
 * @example imageStack(new Uint8Array(2 * 28 * 28), [2, 1, 28, 28]).count; // 2
 */
export function imageStack(pixels: Uint8Array, shape: readonly [number, number, number, number]): ImageStack {
  const [count, channels, height, width] = shape;
  if (pixels.length !== count * channels * height * width) {
    throw new Error(`internal: imageStack: ${pixels.length} bytes do not fill [${shape.join(', ')}]`);
  }
  const pieces: string[] = [];
  // A multiple of 3, so that the base64 pieces join without padding.
  const pieceLength = 3 * 8192;
  for (let at = 0; at < pixels.length; at += pieceLength) {
    pieces.push(btoa(String.fromCharCode(...pixels.subarray(at, at + pieceLength))));
  }
  return { count, channels, height, width, base64: pieces.join('') };
}
