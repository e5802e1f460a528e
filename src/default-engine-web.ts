/** What computes in a page where nobody says: the portable engine on one thread. */
import type { Engine } from './engine/engine.ts';
import { webEngine } from './engine/web.ts';

export async function engineOr(given: Engine | undefined): Promise<Engine> {
  return given ?? webEngine();
}
