import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { ArraySource } from '../../data/dataset.ts';
import { nodeEngine } from '../../engine/node.ts';
import { missedClusters } from './left-out.ts';

const engine = nodeEngine({ threads: 1 });

/** Three groups of rows as far apart as `apart` says, each about a line of its own. */
function groups(apart: number): ArraySource {
  const random = createRandom(1).fork('groups');
  const values = Float32Array.from({ length: 150 * 4 }, (_, at) => {
    const [group, column] = [Math.floor(at / 4) % 3, at % 4];
    return (group === column ? apart : 0) + random.normal();
  });
  return { form: 'array', name: 'groups', values, shape: [150, 4] };
}

const missed = (source: ArraySource, options = {}): Promise<number | undefined> =>
  missedClusters({
    source,
    engine,
    options: { kind: 'vanilla', network: 'dense', hidden: [8], latent: 2, epochs: 10, seed: 0, ...options },
    clock: () => 0,
  });

test('groups far apart are missed less often than parts of one cloud, and the same again the same', async () => {
  const [far, near] = [await missed(groups(8)), await missed(groups(0))];
  expect(far).toBeLessThan(0.25);
  expect(near).toBeGreaterThan(Number(far) + 0.05);
  expect(near).toBeLessThan(0.5);
  expect(await missed(groups(8))).toBe(far);
  expect(await missed(groups(8), { latent: 1 })).not.toBe(far);
});

test('too few rows, and pictures, tell nothing', async () => {
  const { values } = groups(8);
  expect(await missed({ form: 'array', name: 'few', values: values.slice(0, 60), shape: [15, 4] })).toBeUndefined();
  expect(await missed({ form: 'array', name: 'pictures', values, shape: [150, 1, 2, 2] })).toBeUndefined();
});
