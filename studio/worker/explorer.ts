/** What the page asks of the codes of a model: the map, what its places decode to, the way between two, the layers before them. */
import type { Autoencoder, Engine, Source } from 'autoencoder/browser';
import { type CodeMap, type Coloring, type Decoded, type Plane, rangesOf, type Walk, walkIn } from './codes.ts';
import { type Layers, layersOf } from './layers.ts';
import { type Shown, show } from './shown.ts';

interface Surroundings {
  readonly engine: () => Promise<Engine>;
  readonly model: () => Autoencoder;
  readonly source: () => Source;
}

export function makeExplorer({ engine, model, source }: Surroundings) {
  let walk: Walk | undefined;
  const questions = {
    async walk(plane: Plane, most: number, progress: (share: number) => void): Promise<CodeMap> {
      walk = await walkIn(await engine(), model(), source(), { plane, most, progress });
      return walk.map;
    },
    /** Of the points of that map, another way to colour them; rebuilding all of them takes longer than placing them. */
    errors: async (): Promise<Coloring | undefined> => walk?.errors(),
    decodeAt: async (x: number, y: number): Promise<Decoded | undefined> => walk?.decodeAt(x, y),
    decodeCode: async (code: Float32Array): Promise<Decoded | undefined> => walk?.decodeCode(code),
    /** What is decoded on the straight way from one point of the map to another, both included. */
    async between(from: number, to: number, steps: number): Promise<Shown | undefined> {
      if (!walk) return undefined;
      const { codes, latent } = walk;
      const values = Float32Array.from({ length: steps * latent }, (_, at) => {
        const [step, place] = [Math.floor(at / latent) / (steps - 1), at % latent];
        return (1 - step) * codes[from * latent + place] + step * codes[to * latent + place];
      });
      return show(await model().decode({ values, shape: [steps, latent] }));
    },
    /** Least and most of every number of the code. */
    codeRange: (): readonly (readonly [number, number])[] => (walk ? rangesOf(walk.codes, walk.latent) : []),
    /** What the layers do with an example, and what the first of them looks for. */
    layers: async (row: number): Promise<Layers> => layersOf(await engine(), model(), source(), row),
  };
  return {
    questions,
    /** The model or the data are others now. */
    forget: (): void => {
      walk = undefined;
    },
  };
}
