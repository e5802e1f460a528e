/** What `autoencoder studio` answers: the files of the page, and trainings for it to who has the key. */
import { makeApp } from './app.ts';
import { usualLimits } from './limits.ts';
import type { Answering } from './listen.ts';
import { NATIVE_PATH, type NativeTrainingsOptions, nativeTrainings } from './native-trainings.ts';
import { studioPages } from './studio-pages.ts';

export interface StudioServerOptions extends NativeTrainingsOptions {
  readonly files: ReadonlyMap<string, string>;
  readonly key: string;
  readonly log: (line: string) => void;
}

export function studioServer({ files, key, log, ...options }: StudioServerOptions): Answering {
  const pages = studioPages(files);
  const native = makeApp({
    routes: nativeTrainings(options),
    metrics: { request: () => {} },
    limits: usualLimits,
    keys: [key],
    origins: [],
    log,
  });
  return {
    fetch: (request, bindings) =>
      new URL(request.url).pathname.startsWith(`${NATIVE_PATH}/`)
        ? native.fetch(request, bindings)
        : pages.fetch(request),
  };
}
