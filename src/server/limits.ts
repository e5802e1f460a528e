/** How much one request may ask for. */
export interface Limits {
  /** Bytes of a body. */
  readonly bodyBytes: number;
  /** Bytes of all bodies that are being read and answered at a time. */
  readonly allBodyBytes: number;
  /** Rows of a request, read or made. */
  readonly rows: number;
  /** Numbers in an answer of JSON, which takes many bytes for each. */
  readonly jsonNumbers: number;
  /** Seconds for a request to arrive, and to be answered from then on. */
  readonly seconds: number;
}

export const usualLimits: Limits = {
  bodyBytes: 64 * 2 ** 20,
  allBodyBytes: 512 * 2 ** 20,
  rows: 100_000,
  jsonNumbers: 4_000_000,
  seconds: 30,
};
