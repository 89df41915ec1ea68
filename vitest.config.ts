import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { memoryFolder } from './scripts/lib/memory-folder.mjs';

const folder = process.env['TMPDIR'] ?? memoryFolder();

/** Their tests share processes: there are hundreds of files, and most take less time than the start of a process. */
const shared = ['core', 'renderer', 'sdk', 'shared'];

/**
 * Those among them that share none with others: they replace modules, or look at the process and its
 * connections.
 */
const alone = [
  'src/**/*.security.test.ts',
  'src/core/embedding.test.ts',
  'src/core/keys/**/*.test.ts',
  'src/core/network/**/*.test.ts',
  'src/core/start-up.test.ts',
  'src/core/providers/google-secret-manager/first-use.test.ts',
  'src/renderer/app/open-stores.test.ts',
];

const testsIn = (room: string): string => `src/${room}/**/*.test.{ts,tsx}`;
const others = readdirSync(new URL('src', import.meta.url)).filter(
  (room) => !shared.includes(room),
);

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // A busy machine is no reason to fail: tests of speed have their own deadlines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle. Tests wait for servers and deadlines often: one file more than cores is a tenth
    // faster.
    maxWorkers: availableParallelism() + 1,
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
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: shared.map(testsIn), exclude: alone, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [...others.map(testsIn), 'test/**/*.test.ts', 'scripts/**/*.test.ts', ...alone],
        },
      },
    ],
  },
});
