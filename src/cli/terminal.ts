/**
 * Where a command's words go: results to standard output, everything else to standard error. With `--json`, standard output
 * carries exactly one JSON object.
 */

/** Characters of a progress bar. */
const WIDTH = 24;

export interface Terminal {
  readonly isJson: boolean;
  /** A line for people; with `--json` it goes to standard error. */
  say(line: string): void;
  /** A line about what is going on; always standard error. */
  note(line: string): void;
  /** The result, for programs; called once, at the end. */
  result(value: Readonly<Record<string, unknown>>): void;
  /** A bar on a terminal, nothing elsewhere. */
  bar(most: number): Bar;
}

export interface Bar {
  /** Moves to `at` of `most`. */
  to(at: number, message: string): void;
  /** Takes the bar away, leaving `message`. */
  end(message: string): void;
}

export function makeTerminal(isJson: boolean): Terminal {
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    isJson,
    note,
    say: (line) => (isJson ? note(line) : void process.stdout.write(`${line}\n`)),
    result: (value) => {
      if (isJson) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    bar: (most) => (process.stderr.isTTY ? drawnBar(most) : { to: () => {}, end: () => {} }),
  };
}

/** Says nothing: of the processes that do one thing together, one speaks. */
export function silentTerminal(): Terminal {
  return {
    isJson: true,
    note: () => {},
    say: () => {},
    result: () => {},
    bar: () => ({ to: () => {}, end: () => {} }),
  };
}

/**
 * One line that is drawn over. Written here because the prompt libraries put the terminal into raw mode while a bar shows, and
 * then Ctrl-C ends the process before anything is saved.
 */
function drawnBar(most: number): Bar {
  const write = (text: string): void => void process.stderr.write(`\r\u001b[K${text}`);
  return {
    to(at, message) {
      const filled = Math.round((WIDTH * at) / most);
      const room = (process.stderr.columns ?? 80) - WIDTH - 2;
      write(`${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${message.slice(0, room)}`);
    },
    end: (message) => write(`${message}\n`),
  };
}

/** `[['mse', '0.01'], …]` as lines with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/** `{ Codes: 'codes.csv', Report: 'report.html' }` as aligned lines that say where results are; what there is not is left out. */
export function placeLines(places: Readonly<Record<string, string | undefined>>): string[] {
  const there = Object.entries(places).filter(([, place]) => place !== undefined);
  const width = Math.max(...there.map(([what]) => what.length));
  return there.map(([what, place]) => `${`${what}:`.padEnd(width + 1)} ${place}`);
}

/** A number as people read it: four significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}

/** Seconds as people read them. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
