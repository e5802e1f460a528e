/** Tests and the commands they run compute on one thread each, so every core may run some; what waits for its turn is no failure. */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes: begun first, so that no core waits for it at the end. */
const LONG = ['test/conformance/models.test.ts', 'test/studio/uses.test.ts', 'test/studio/training.test.ts'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    maxWorkers: '100%',
    testTimeout: 60_000,
    isolate: false,
    sequence: { sequencer: LongFirst },
    env: { AUTOENCODER_THREADS: '1', ORT_DISABLE_TELEMETRY: '1' },
  },
});
