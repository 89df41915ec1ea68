import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { memoryFolder } from './scripts/lib/memory-folder.mjs';

const folder = process.env['TMPDIR'] ?? memoryFolder();

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    // A busy machine is no reason to fail: tests of speed have their own deadlines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle. Tests wait for servers and deadlines often enough to leave some to others.
    maxWorkers: availableParallelism(),
    maxConcurrency: 3,
    restoreMocks: true,
    unstubEnvs: true,
    env: {
      ...(folder !== undefined && { TMPDIR: folder }),
      // No test uses the proxy of the person who runs it.
      ...Object.fromEntries(
        ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [
          [name, ''],
          [name.toLowerCase(), ''],
        ]),
      ),
    },
  },
});
