import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'e2e/servers/**/*.test.ts', 'scripts/**/*.test.ts'],
    restoreMocks: true,
    unstubEnvs: true,
  },
});
