/** The gallery of the design system, which is not part of the product. */
import { join } from 'node:path';
import { resolveConfig } from 'electron-vite';
import { build, createServer, mergeConfig, preview } from 'vite';
import { root } from './paths.mjs';

const LOOPBACK = '127.0.0.1';
const page = join(root, 'src', 'renderer', 'gallery', 'index.html');

/** @param {'serve' | 'build'} command */
async function rendererConfig(command) {
  const mode = command === 'serve' ? 'development' : 'production';
  const { config } = await resolveConfig({ root }, command, mode);
  if (config?.renderer === undefined) {
    throw new Error('electron.vite.config.ts describes no renderer.');
  }
  return config.renderer;
}

/** @param {{ readonly httpServer?: import('vite').ViteDevServer['httpServer'] }} server */
function urlOf({ httpServer }) {
  const address = httpServer?.address();
  if (typeof address !== 'object' || address === null) throw new Error('Vite does not listen.');
  return `http://${LOOPBACK}:${String(address.port)}/gallery/`;
}

/**
 * With hot reload.
 *
 * @param {number} port
 */
export async function serveGallery(port) {
  const server = await createServer(
    mergeConfig(await rendererConfig('serve'), { server: { host: LOOPBACK, port } }),
  );
  await server.listen();
  return { url: urlOf(server), close: () => server.close() };
}

/**
 * Built like the product's renderer, so that the styles are the same.
 *
 * @param {string} outDir
 */
export async function previewGallery(outDir) {
  const renderer = await rendererConfig('build');
  /** @type {import('vite').InlineConfig} */
  const config = {
    ...renderer,
    configFile: false,
    logLevel: 'warn',
    build: { ...renderer.build, outDir, emptyOutDir: true, rolldownOptions: { input: page } },
  };
  await build(config);
  const server = await preview({ ...config, preview: { host: LOOPBACK, port: 0 } });
  return { url: urlOf(server), close: () => server.close() };
}
