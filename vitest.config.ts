/** Tests compute on one thread each, so every core may run some; what waits for its turn is no failure. */
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { maxWorkers: '100%', testTimeout: 20_000 } });
