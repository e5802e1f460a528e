/** Counts of what the server does, in the text form of Prometheus (exposition format 0.0.4). */

export interface Metrics {
  /** A request that was answered: by route, never by path, so that nobody can make the list grow. */
  request(route: string, status: number, seconds: number): void;
  /** A run of the engine. */
  run(model: string, task: string, rows: number): void;
  text(): string;
}

/** Upper ends, seconds and rows. */
const LATENCIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 16_384];

interface Histogram {
  /** Of values up to each end; the last beyond all. */
  readonly counts: number[];
  sum: number;
}

export interface MetricsOptions {
  /** Gauges that are read when asked for, e.g. of memory, by name with their meaning. */
  readonly gauges: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>;
}

export function makeMetrics({ gauges }: MetricsOptions): Metrics {
  const requests = new Map<string, number>();
  const latencies = new Map<string, Histogram>();
  const rows = new Map<string, number>();
  const batches = new Map<string, Histogram>();
  const count = (counts: Map<string, number>, key: string, by: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  return {
    request(route, status, seconds) {
      count(requests, labels({ route, status: String(status) }), 1);
      observe(latencies, labels({ route }), LATENCIES, seconds);
    },
    run(model, task, size) {
      const key = labels({ model, task });
      count(rows, key, size);
      observe(batches, key, SIZES, size);
    },
    text: () =>
      [
        ...counterLines('autoencoder_requests_total', 'requests answered', requests),
        ...histogramLines('autoencoder_request_seconds', 'seconds from request to answer', latencies, LATENCIES),
        ...counterLines('autoencoder_rows_total', 'rows through models', rows),
        ...histogramLines('autoencoder_batch_rows', 'rows of a run of the engine', batches, SIZES),
        ...Object.entries(gauges).flatMap(([name, { help, read }]) => [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} gauge`,
          `${name} ${read()}`,
        ]),
        '',
      ].join('\n'),
  };
}

function observe(histograms: Map<string, Histogram>, key: string, ends: readonly number[], value: number): void {
  let histogram = histograms.get(key);
  if (!histogram) {
    histogram = { counts: new Array<number>(ends.length + 1).fill(0), sum: 0 };
    histograms.set(key, histogram);
  }
  const at = ends.findIndex((end) => value <= end);
  histogram.counts[at < 0 ? ends.length : at]++;
  histogram.sum += value;
}

function labels(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))}"`)
    .join(',');
}

function counterLines(name: string, help: string, counts: ReadonlyMap<string, number>): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} counter`,
    ...[...counts].map(([key, value]) => `${name}{${key}} ${value}`),
  ];
}

function histogramLines(
  name: string,
  help: string,
  histograms: ReadonlyMap<string, Histogram>,
  ends: readonly number[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} histogram`,
    ...[...histograms].flatMap(([key, { counts, sum }]) => {
      let total = 0;
      const buckets = counts.map((count, at) => {
        total += count;
        return `${name}_bucket{${key},le="${ends[at] ?? '+Inf'}"} ${total}`;
      });
      return [...buckets, `${name}_sum{${key}} ${sum}`, `${name}_count{${key}} ${total}`];
    }),
  ];
}
