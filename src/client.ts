/**
 * Asks a server of `autoencoder serve`, from Node or from a page; needs nothing but `fetch`. Arrays go there and back as npy, rows as
 * JSON.
 */

/** Numbers in a grid, example axis first. */
export interface NumericArray {
  readonly values: Float32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** One example: flat numbers of an array, or a row of a table by columns; null is missing. */
export type Row = readonly (number | null)[] | Readonly<Record<string, number | string | null>>;

/** What the server tells of a model; see `GET /openapi.json`. */
export interface ServedModel {
  readonly id: string;
  readonly kind: string;
  readonly network: string;
  readonly latent: number;
  /** Of one example. */
  readonly shape: readonly number[];
  readonly takes: 'pixels' | 'array' | 'columns' | 'tokens';
  readonly classes: readonly string[];
  readonly canGenerate: boolean;
  readonly canSearch: boolean;
  readonly canDetect: boolean;
  readonly [more: string]: unknown;
}

export interface Found {
  readonly name: string;
  readonly label?: string;
  readonly distance: number;
}

/** How unlike what is normal an example is. */
export interface Detected {
  /** Nats by which it surprises. */
  readonly score: number;
  readonly isAnomaly: boolean;
  /** Share of what is normal that scores at least as high. */
  readonly rarity: number;
  /** Of tables: the columns that surprise most, most first. */
  readonly reasons: readonly {
    readonly column: string;
    readonly nats: number;
    readonly value: number | string | null;
    readonly expected: number | string | null;
  }[];
}

export interface Job {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done' | 'stopped' | 'failed';
  readonly data: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly canResume: boolean;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export interface JobEvent {
  readonly id: number;
  /** `state`, `progress`, `epoch`, … as `TrainingEvent` of the library. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is to be trained: `options` as of `autoencoder train`, in camel case. */
export interface JobWish {
  readonly data: string;
  readonly label?: string;
  readonly time?: string;
  readonly columns?: readonly string[];
  readonly limit?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface ClientOptions {
  /** Of `--api-key`. */
  readonly key?: string;
  /** Ends requests and `follow`. */
  readonly signal?: AbortSignal;
}

export interface ModelClient {
  describe(): Promise<ServedModel>;
  /** Codes `[rows, latent]`. */
  encode(data: NumericArray | readonly Row[]): Promise<NumericArray>;
  /** Mean squared error per feature in scaled units, of each example. */
  score(data: NumericArray | readonly Row[]): Promise<Float32Array>;
  /** Examples through their codes and back, in the form that they were given in. */
  reconstruct(data: NumericArray): Promise<NumericArray>;
  reconstruct(data: readonly Row[]): Promise<Row[]>;
  /** Examples from codes, for models of arrays. */
  decode(codes: NumericArray): Promise<NumericArray>;
  /** Examples from codes, for any model. */
  decode(codes: readonly (readonly number[])[]): Promise<Row[]>;
  generate(
    count: number,
    options?: { readonly seed?: number; readonly label?: string; readonly truncation?: number },
  ): Promise<Row[]>;
  /** Of a detector. */
  detect(data: NumericArray | readonly Row[]): Promise<{ threshold: number; detected: Detected[] }>;
  search(rows: readonly Row[], options?: { readonly top?: number }): Promise<Found[][]>;
}

export interface ServeClient {
  models(): Promise<ServedModel[]>;
  model(id: string): ModelClient;
  /** Names of what jobs may learn from. */
  data(): Promise<string[]>;
  jobs(): Promise<Job[]>;
  job(id: string): Promise<Job>;
  train(wish: JobWish): Promise<Job>;
  stop(id: string): Promise<Job>;
  resume(id: string): Promise<Job>;
  /** What happens in a job, from after event `after` to its end; a connection that is lost is made again, and no event comes twice. */
  follow(id: string, after?: number): AsyncGenerator<JobEvent, void>;
}

/** The server refused a request, or failed: `status` of HTTP and what it says. */
export class ServeError extends Error {
  readonly status: number;
  /** Where, expected, got, fix. */
  readonly complaint: Readonly<Record<string, string>>;

  constructor(status: number, complaint: Readonly<Record<string, string>>) {
    const { where, expected, got, fix } = complaint;
    super(where === undefined ? `the server answered ${status}` : `${where}: expected ${expected}, got ${got}; ${fix}`);
    this.name = 'ServeError';
    this.status = status;
    this.complaint = complaint;
  }
}

const [JSON_TYPE, NPY_TYPE] = ['application/json', 'application/x-npy'];
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [250, 10_000];

/**
 * A client of the server at `url`.
 *
 * @example
 * const model = serveClient('http://127.0.0.1:4775').model('digits');
 * const scores = await model.score({ values: pixels, shape: [1000, 1, 28, 28] });
 * @throws ServeError from every method, for what the server refuses.
 */
export function serveClient(url: string, { key, signal }: ClientOptions = {}): ServeClient {
  const base = url.replace(/\/+$/, '');
  const send = async (path: string, options: RequestInit = {}, headers: Record<string, string> = {}) => {
    const keys: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    const response = await fetch(`${base}${path}`, { signal, ...options, headers: { ...keys, ...headers } });
    if (!response.ok) throw await errorOf(response);
    return response;
  };
  const get = async <Value>(path: string): Promise<Value> => (await (await send(path)).json()) as Value;
  const post = (path: string, body: unknown, accept = JSON_TYPE): Promise<Response> =>
    isArray(body)
      ? send(path, { method: 'POST', body: encodeNpy(body) }, { 'Content-Type': NPY_TYPE, Accept: accept })
      : send(path, { method: 'POST', body: JSON.stringify(body) }, { 'Content-Type': JSON_TYPE, Accept: accept });
  const rowsOf = async (response: Promise<Response>): Promise<Row[]> =>
    ((await (await response).json()) as { rows: Row[] }).rows;
  const part = encodeURIComponent;

  const model = (id: string): ModelClient => {
    const path = `/models/${part(id)}`;
    const asBody = (data: NumericArray | readonly Row[]): unknown => (isArray(data) ? data : { rows: data });
    const numbers = async (task: string, body: unknown): Promise<NumericArray> =>
      parseNpy(new Uint8Array(await (await post(`${path}/${task}`, body, NPY_TYPE)).arrayBuffer()));
    function reconstruct(data: NumericArray): Promise<NumericArray>;
    function reconstruct(data: readonly Row[]): Promise<Row[]>;
    function reconstruct(data: NumericArray | readonly Row[]): Promise<NumericArray | Row[]> {
      return isArray(data) ? numbers('reconstruct', data) : rowsOf(post(`${path}/reconstruct`, { rows: data }));
    }
    function decode(codes: NumericArray): Promise<NumericArray>;
    function decode(codes: readonly (readonly number[])[]): Promise<Row[]>;
    function decode(codes: NumericArray | readonly (readonly number[])[]): Promise<NumericArray | Row[]> {
      return isArray(codes) ? numbers('decode', codes) : rowsOf(post(`${path}/decode`, { codes }));
    }
    return {
      describe: () => get(path),
      encode: (data) => numbers('encode', asBody(data)),
      score: async (data) => Float32Array.from((await numbers('score', asBody(data))).values),
      reconstruct,
      decode,
      detect: async (data) =>
        (await (await post(`${path}/detect`, asBody(data))).json()) as { threshold: number; detected: Detected[] },
      generate: (count, options = {}) => rowsOf(post(`${path}/generate`, { count, ...options })),
      async search(rows, options = {}) {
        const response = await post(`${path}/search`, { rows, ...options });
        return ((await response.json()) as { found: Found[][] }).found;
      },
    };
  };

  async function* follow(id: string, after = 0): AsyncGenerator<JobEvent, void> {
    let [last, wait] = [after, FIRST_WAIT_MS];
    for (;;) {
      try {
        const { body } = await send(`/jobs/${part(id)}/events`, {}, { 'Last-Event-ID': String(last) });
        for await (const event of eventsIn(body)) {
          last = event.id;
          wait = FIRST_WAIT_MS;
          yield event;
        }
      } catch (error) {
        // A refusal is an answer; only what is lost on the way, or a server that is restarting, is tried again.
        if (signal?.aborted || (error instanceof ServeError && error.status < 500)) throw error;
      }
      if (await hasEnded(id)) return;
      await pause(wait, signal);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }
  const hasEnded = async (id: string): Promise<boolean> => {
    try {
      const { state } = await get<Job>(`/jobs/${part(id)}`);
      return state !== 'queued' && state !== 'running';
    } catch (error) {
      if (signal?.aborted || (error instanceof ServeError && error.status < 500)) throw error;
      return false;
    }
  };

  const change = async (path: string, method: string): Promise<Job> =>
    (await (await send(path, { method })).json()) as Job;
  return {
    models: async () => (await get<{ models: ServedModel[] }>('/models')).models,
    model,
    data: async () => (await get<{ data: string[] }>('/data')).data,
    jobs: async () => (await get<{ jobs: Job[] }>('/jobs')).jobs,
    job: (id) => get(`/jobs/${part(id)}`),
    train: async (wish) => (await (await post('/jobs', wish)).json()) as Job,
    stop: (id) => change(`/jobs/${part(id)}`, 'DELETE'),
    resume: (id) => change(`/jobs/${part(id)}/resume`, 'POST'),
    follow,
  };
}

function isArray(data: unknown): data is NumericArray {
  return typeof data === 'object' && data !== null && 'values' in data && ArrayBuffer.isView(data.values);
}

async function errorOf(response: Response): Promise<ServeError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: Record<string, string> };
    return new ServeError(response.status, error);
  } catch {
    return new ServeError(response.status, {});
  }
}

/** The events of a stream that are whole; comments are left out. */
async function* eventsIn(body: ReadableStream<Uint8Array> | null): AsyncGenerator<JobEvent, void> {
  if (!body) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        const [id, type, data] = [field('id'), field('event'), field('data')];
        if (id !== undefined && type !== undefined && data !== undefined)
          yield { id: Number(id), type, data: JSON.parse(data) as JobEvent['data'] };
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

/** Version 1 of .npy, little-endian and row-major, numbers aligned to 64 bytes. */
function encodeNpy({ values, shape }: NumericArray): Uint8Array<ArrayBuffer> {
  const type = values instanceof Uint8Array ? '|u1' : '<f4';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const head = Math.ceil((11 + text.length) / 64) * 64;
  const bytes = new Uint8Array(head + values.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (head - 10) & 255, (head - 10) >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(head - 11)}\n`), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), head);
  return bytes;
}

/** What the server answers: float32 or bytes. */
function parseNpy(bytes: Uint8Array): NumericArray {
  const start = 10 + bytes[8] + 256 * bytes[9];
  const text = new TextDecoder('latin1').decode(bytes.subarray(10, start));
  const [, type] = /'descr': '(.*?)'/.exec(text) ?? [];
  const [, lengths = ''] = /'shape': \((.*?)\)/.exec(text) ?? [];
  const shape = (lengths.match(/\d+/g) ?? []).map(Number);
  const data = bytes.slice(start);
  if (type !== '<f4' && type !== '|u1') throw new ServeError(200, {});
  return { values: type === '|u1' ? data : new Float32Array(data.buffer), shape };
}
