/** What computes where nobody says: the native engine. Pages get `default-engine-web.ts` in this file's place (package.json, `browser`). */
import type { Engine } from './engine/engine.ts';

export async function engineOr(given: Engine | undefined): Promise<Engine> {
  return given ?? (await import('./engine/node.ts')).nodeEngine();
}
