/** The studio over HTTP: the files of the page and of the runtime, by a list made at the start, so that no request can name another file. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Of the runtime: what the page loads when it computes, on the processor and on the graphics card. */
const RUNTIME = [
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  'ort-wasm-simd-threaded.asyncify.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
];

/**
 * What a page may do: load its own files, and nothing from elsewhere. The map of points is drawn by a library that makes functions from
 * texts of its own (`unsafe-eval`).
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' blob: data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Files by the path they are asked for by, e.g. `assets/index.js`, and where they lie; the page is built into `built`. */
export function studioFiles(built = new URL('../studio', import.meta.url)): ReadonlyMap<string, string> {
  const folder = fileURLToPath(built);
  const own = filesIn(folder).map((path) => [relative(folder, path).replaceAll('\\', '/'), path] as const);
  const runtime = RUNTIME.map(
    (name) => [`ort/${name}`, fileURLToPath(import.meta.resolve(`onnxruntime-web/${name}`))] as const,
  );
  return new Map([...own, ...runtime]);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** Answers `GET` and `HEAD` of the page's files. */
export function studioPages(files: ReadonlyMap<string, string>): Hono {
  const app = new Hono();
  app.get('*', async (context) => {
    const asked = context.req.path.slice(1) || 'index.html';
    const path = files.get(asked);
    if (path === undefined) return context.text('Not found', 404, { 'X-Content-Type-Options': 'nosniff' });
    const isNamedByContent = asked.startsWith('assets/');
    return context.body(new Uint8Array(await readFile(path)), 200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Cache-Control': isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache',
      'Content-Security-Policy': POLICY,
      // Together these let the page use several threads.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
  });
  return app;
}
