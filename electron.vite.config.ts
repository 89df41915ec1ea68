import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { chunkGroups, startPlugins } from './scripts/lib/chunks.mjs';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** React Aria brings its few words in 34 languages. The window is in English, and so is what it says to a screen reader. */
const englishOnly: Plugin = {
  name: 'english-only',
  transform: {
    filter: {
      id: /\/react-aria(-components)?\/dist\/private\/intl\/.*\/(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/,
    },
    handler: () => ({ code: "export { default } from './en-US.mjs';", map: null }),
  },
};

const programs = {
  index: at('src/main/index.ts'),
  browser: at('src/main/browser.ts'),
  'browser-core': at('src/main/browser-core.ts'),
  'desktop-core': at('src/main/desktop-core.ts'),
  cli: at('src/cli/bin.ts'),
};

export default defineConfig({
  main: {
    plugins: startPlugins,
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
        input: programs,
        // A class of oRPC that nothing uses would stay because of what it extends, and make Node load its streams.
        treeshake: { unknownGlobalSideEffects: false },
        output: {
          // A third of the code would be comments, which are read at each start.
          comments: { legal: true, annotation: false, jsdoc: false },
          codeSplitting: { groups: chunkGroups(Object.values(programs)) },
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
    plugins: [englishOnly, react(), tailwindcss()],
    build: {
      minify: true,
      chunkSizeWarningLimit: 1024,
      rolldownOptions: {
        input: { index: at('src/renderer/index.html') },
        // A schema that the window does not use is left out, and does not keep what it is made of.
        treeshake: { manualPureFunctions: ['z'] },
        // What the first screen needs is one file: it compresses better than many small ones.
        output: {
          codeSplitting: {
            groups: [
              // Modules of the first screen define schemas beside what it uses. Without this, zod would be in its file.
              { name: 'zod', test: /\/node_modules\/zod\//, priority: 1 },
              { name: 'first-screen', tags: ['$initial'] },
            ],
          },
        },
      },
    },
  },
});
