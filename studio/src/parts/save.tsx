/** Results as files: tables and curves as CSV, pictures as one PNG. */
import type { Cell, Shown } from '../../worker/shown.ts';
import { download } from './download.ts';
import { paint } from './paint.ts';

interface Props {
  readonly name: string;
  readonly form: Shown['form'];
  /** Made when it is asked for. */
  readonly shown: () => Shown;
}

export function Save({ name, form, shown }: Props) {
  const ending = form === 'pictures' ? 'png' : 'csv';
  return (
    <p className="save">
      <button
        type="button"
        className="link"
        aria-label={`Save ${name} as ${ending.toUpperCase()}`}
        onClick={() => void write(fileName(name, ending), shown())}
      >
        Save as {ending.toUpperCase()}
      </button>
    </p>
  );
}

async function write(name: string, shown: Shown): Promise<void> {
  if (shown.form === 'pictures') download(name, 'image/png', await pngOf(shown));
  else download(name, 'text/csv', csvOf(shown));
}

/** Rows and columns as lines; every curve is a row. */
function csvOf(shown: Exclude<Shown, { form: 'pictures' }>): string {
  const lines: readonly (readonly Cell[])[] =
    shown.form === 'rows'
      ? [shown.columns, ...shown.rows]
      : Array.from({ length: shown.count }, (_, at) =>
          Array.from(shown.values.subarray(at * shown.width, (at + 1) * shown.width)),
        );
  return lines.map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}

/** As RFC 4180 has it. */
function cell(value: Cell): string {
  if (value === null || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** All pictures in their own pixels, side by side in about a square. */
async function pngOf(shown: Extract<Shown, { form: 'pictures' }>): Promise<Uint8Array> {
  const { count, width, height } = shown;
  const columns = Math.ceil(Math.sqrt(count));
  const sheet = new OffscreenCanvas(columns * width, Math.ceil(count / columns) * height);
  const context = sheet.getContext('2d');
  if (!context) throw new Error('no canvas to draw pictures on');
  for (let at = 0; at < count; at++)
    paint(context, shown, at, (at % columns) * width, Math.floor(at / columns) * height);
  return new Uint8Array(await (await sheet.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

function fileName(name: string, ending: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return `${words || 'result'}.${ending}`;
}
