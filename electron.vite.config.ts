import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  main: {
    resolve: { tsconfigPaths: true },
    // Of whoever builds and publishes: docs/decisions/0064-around-the-window.md. Without them nothing checks for updates.
    define: {
      __RELEASE_FEED_URL__: JSON.stringify(process.env['STRONGROOM_RELEASE_FEED_URL'] ?? ''),
      __RELEASE_FEED_KEY__: JSON.stringify(process.env['STRONGROOM_RELEASE_FEED_KEY'] ?? ''),
    },
    build: {
      // Optional dependencies must be named; keytar looks for its binary beside its source.
      // What a command needs is bundled: it starts in a fraction of the time that many small files take.
      externalizeDeps: {
        include: ['keytar'],
        exclude: ['commander', 'zod', '@orpc/client', '@orpc/contract', '@orpc/server'],
      },
      rolldownOptions: {
        input: {
          index: at('src/main/index.ts'),
          browser: at('src/main/browser.ts'),
          'browser-core': at('src/main/browser-core.ts'),
          'desktop-core': at('src/main/desktop-core.ts'),
          cli: at('src/cli/bin.ts'),
        },
      },
    },
  },
  preload: {
    resolve: { tsconfigPaths: true },
    build: {
      // A sandboxed preload is one CommonJS file that can require only electron.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    resolve: { tsconfigPaths: true },
    plugins: [react(), tailwindcss()],
    build: {
      minify: true,
      // The page is loaded from this machine: splitting it would save nothing.
      chunkSizeWarningLimit: 2048,
      rolldownOptions: { input: { index: at('src/renderer/index.html') } },
    },
  },
});
