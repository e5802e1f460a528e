/** Where the page can compute: in itself; or its trainings on the graphics card, or by the program on this machine that serves it. */
import { type Engine, hasWebgpu, webEngine, webgpuEngine } from 'autoencoder/browser';
import { beginNatively } from './native-training.ts';
import { begin, type Course, type Running } from './training.ts';

/** What a place may need to know. */
export interface Around {
  /** Of the runtime's files. */
  readonly wasmFolder: string;
  readonly threads: number;
  /** Where the program that serves the page takes trainings, and what it knows the page by; no key where the page has another host. */
  readonly nativeUrl: string;
  readonly key?: string;
}

/** What computes, once it is chosen. */
export interface Computing {
  readonly engine: Engine;
  begin(course: Course): Running;
}

interface Place {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  isOffered(around: Around): Promise<boolean>;
  open(around: Around): Promise<Computing>;
}

export type OfferedPlace = Pick<Place, 'name' | 'title' | 'about'>;

const page: Place = {
  name: 'page',
  title: 'In this page',
  about: 'by WebAssembly',
  isOffered: async () => true,
  async open({ threads, wasmFolder }) {
    const engine = webEngine({ threads, wasmFolder });
    return { engine, begin: (course) => begin(course, engine) };
  },
};

const webgpu: Place = {
  name: 'webgpu',
  title: 'On the graphics card',
  about: 'by WebGPU, in this page; worth a try with large networks',
  isOffered: hasWebgpu,
  async open({ threads, wasmFolder }) {
    // What is small is sooner done here.
    const engine = webEngine({ threads, wasmFolder });
    let card: Promise<Engine> | undefined;
    const forget = (): void => {
      card = undefined;
    };
    return {
      engine,
      begin(course) {
        // One that was lost may be had again.
        card ??= webgpuEngine({ wasmFolder, onLost: forget });
        card.catch(forget);
        return begin(course, card);
      },
    };
  },
};

const native: Place = {
  name: 'native',
  title: 'By the program on this machine',
  about: 'natively, by the command that serves this page; your data still does not leave the machine',
  isOffered: async ({ key }) => key !== undefined,
  async open({ threads, wasmFolder, nativeUrl, key = '' }) {
    // What is small stays here: only trainings are worth the way.
    const engine = webEngine({ threads, wasmFolder });
    return { engine, begin: (course) => beginNatively({ url: nativeUrl, key }, course) };
  },
};

const places: readonly Place[] = [page, webgpu, native];

/** The first is the usual one. */
export async function offeredPlaces(around: Around): Promise<OfferedPlace[]> {
  const isOffered = await Promise.all(places.map((place) => place.isOffered(around)));
  return places.filter((_, at) => isOffered[at]).map(({ name, title, about }) => ({ name, title, about }));
}

/** @throws EngineError where it cannot compute. */
export async function openPlace(name: string, around: Around): Promise<Computing> {
  const place = places.find((known) => known.name === name);
  if (!place) throw new Error(`internal: no place ${name} to compute in`);
  return place.open(around);
}
