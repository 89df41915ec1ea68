/**
 * `npm run dev`: the app with hot reload, in Electron if possible. Otherwise it is the browser host behind
 * Vite's dev server, which forwards the requests that are not for the renderer.
 */
import { spawn } from 'node:child_process';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { resolveConfig } from 'electron-vite';
import { build, createServer, mergeConfig } from 'vite';
import { fetchElectron, findElectron } from './lib/electron-runtime.mjs';
import { serveGallery } from './lib/gallery.mjs';
import { here, whyNotElectron } from './lib/host.mjs';
import { electronVite, root } from './lib/paths.mjs';
import { endWithNpm, exitCodeOf, run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

const help = `Usage: npm run dev -- [options]

  --browser        use the browser host, even if Electron is possible
  --gallery        serve the design system instead: every component in every state
  --port N         port of the dev server of the browser host or the gallery (default 5173)
  --data-dir DIR   keep the data in DIR (default: where npm start keeps it)
  --help           show this
`;

/** Not the folder that `npm start` uses, so that the builds do not mix. */
const outDir = join(root, 'out', 'dev');
/** The paths of the host, as in src/shared/bridge.ts; Vite serves all others. */
const hostPaths = ['/session', '/rpc'];
const LOOPBACK = '127.0.0.1';

const { values: options } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    gallery: { type: 'boolean', default: false },
    port: { type: 'string', default: '5173' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/**
 * Resolves with the exit code, or with the reason why Electron cannot be used.
 *
 * @returns {Promise<number | string>}
 */
async function devInElectron() {
  const obstacle = whyNotElectron(here());
  if (obstacle !== undefined) return obstacle;
  const found = findElectron();
  const fetched = found === undefined ? await fetchElectron() : { executable: found };
  if ('reason' in fetched) return `its runtime could not be fetched (${fetched.reason})`;
  const dataDir = options['data-dir'];
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const args = [
    'dev',
    '--watch',
    ...(dataDir === undefined ? [] : ['--', `--data-dir=${dataDir}`]),
  ];
  return exitCodeOf(await run(process.execPath, [electronVite, ...args], { cwd: root, env }));
}

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createNetServer().once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });

/** The browser host as a child process that restarts after each build of main. */
class Host {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;

  /** @param {number} port */
  constructor(port) {
    this.port = port;
    this.origin = `http://${LOOPBACK}:${String(port)}`;
  }

  /**
   * Resolves with the fragment of its launch link.
   *
   * @returns {Promise<string>}
   */
  async start() {
    const dataDir = options['data-dir'];
    const child = spawn(
      process.execPath,
      [
        '--enable-source-maps',
        join(outDir, 'main', 'browser.js'),
        '--port',
        String(this.port),
        ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
      ],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    );
    this.#child = child;
    if (child.stdout === null) throw new Error('The host has no standard output.');
    for await (const line of createInterface({ input: child.stdout })) return new URL(line).hash;
    throw new Error('The host ended before it was ready. It starts again with the next change.');
  }

  async stop() {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGTERM');
    await ended;
  }
}

/**
 * The renderer's dev server. Its pages reach the host through it as if they came from the host.
 *
 * @param {import('vite').InlineConfig} renderer
 * @param {Host} host
 */
async function startRenderer(renderer, host) {
  /** @type {string | undefined} */
  let ours;
  /**
   * Requests of our own pages are forwarded with the host's origin; others keep theirs.
   *
   * @param {import('node:http').ClientRequest} outgoing
   * @param {import('node:http').IncomingMessage} incoming
   */
  const takeOver = (outgoing, incoming) => {
    if (incoming.headers.origin === ours) outgoing.setHeader('origin', host.origin);
  };
  /** @type {import('vite').ProxyOptions} */
  const proxy = {
    target: host.origin,
    changeOrigin: true,
    ws: true,
    configure: (server) => {
      server.on('proxyReq', takeOver);
      server.on('proxyReqWs', takeOver);
    },
  };
  /** @type {import('vite').Plugin} */
  const relaunch = {
    name: 'strongroom:relaunch',
    resolveId: (id) => (id === 'virtual:relaunch' ? id : undefined),
    load: (id) =>
      id === 'virtual:relaunch'
        ? `import.meta.hot.on('strongroom:relaunch', ({ hash }) => {
             location.hash = hash;
             location.reload();
           });`
        : undefined,
    transformIndexHtml: () => [
      { tag: 'script', attrs: { type: 'module', src: '/@id/virtual:relaunch' } },
    ],
  };
  const server = await createServer(
    mergeConfig(renderer, {
      server: {
        host: LOOPBACK,
        port: Number(options.port),
        proxy: Object.fromEntries(hostPaths.map((path) => [path, proxy])),
      },
      plugins: [relaunch],
    }),
  );
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== 'object' || address === null) throw new Error('Vite does not listen.');
  ours = `http://${LOOPBACK}:${String(address.port)}`;
  return { server, origin: ours };
}

async function devInBrowser() {
  const { config } = await resolveConfig(
    { root, build: { watch: {}, outDir, sourcemap: true } },
    'serve',
    'development',
  );
  if (config?.main === undefined || config.renderer === undefined) {
    throw new Error('electron.vite.config.ts describes no main or no renderer.');
  }
  const host = new Host(await freePort());
  const { server, origin } = await startRenderer(config.renderer, host);

  /** One restart at a time: builds may follow each other faster than the host starts. */
  let restarting = Promise.resolve();
  const restart = () => {
    restarting = restarting.then(async () => {
      try {
        await host.stop();
        const hash = await host.start();
        say(`\n  ${origin}/${hash}\n`);
        server.ws.send('strongroom:relaunch', { hash });
      } catch (error) {
        say(error instanceof Error ? error.message : 'The host did not start.');
      }
    });
  };
  const stop = async () => {
    await restarting;
    await host.stop();
    await server.close();
    process.exit(0);
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());

  await build(
    mergeConfig(/** @type {import('vite').InlineConfig} */ (config.main), {
      build: { outDir: join(outDir, 'main') },
      plugins: [{ name: 'strongroom:restart', closeBundle: restart }],
    }),
  );
}

endWithNpm();
if (options.help) process.stdout.write(help);
else if (options.gallery) {
  const { url } = await serveGallery(Number(options.port));
  say(`\n  ${url}\n`);
} else {
  const outcome = options.browser ? 'as asked' : await devInElectron();
  if (typeof outcome === 'number') process.exitCode = outcome;
  else {
    say(`Not in an Electron window: ${outcome}. Using the browser instead.`);
    await devInBrowser();
  }
}
