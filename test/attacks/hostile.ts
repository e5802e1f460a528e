/** A hostile request as bytes for a socket; the server owes every one an answer of 4xx. */

export interface Hostile {
  readonly name: string;
  /** Pieces that are written one after the other, with a pause between where there are several. */
  readonly pieces: readonly (string | Uint8Array)[];
}

const JSON_TYPE = 'application/json';
export const NPY = 'application/x-npy';
export const PNG = 'image/png';

interface Parts {
  readonly method?: string;
  readonly path?: string;
  readonly type?: string | null;
  readonly headers?: readonly string[];
  readonly host?: string | null;
  readonly body?: string | Uint8Array;
}

/** One whole request; `null` leaves a header out. */
export function request({
  method = 'POST',
  path = '/models/pictures/score',
  type = JSON_TYPE,
  headers = [],
  host,
  body = '',
}: Parts): Uint8Array {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const hasLength = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header));
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(host === null ? [] : [`Host: ${host ?? '127.0.0.1'}`]),
    ...(type === null ? [] : [`Content-Type: ${type}`]),
    ...(hasLength ? [] : [`Content-Length: ${bytes.length}`]),
    ...headers,
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

export const one = (name: string, parts: Parts): Hostile => ({ name, pieces: [request(parts)] });
/** What the model of pictures takes. */
export const row = Array.from({ length: 30 }, (_, at) => at);
export const honest = JSON.stringify({ rows: [row] });
