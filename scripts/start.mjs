/** `npm start`: builds the app if needed and opens it, in Electron if possible, else in a browser. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { fetchElectron, findElectron } from './lib/electron-runtime.mjs';
import { openWindow } from './lib/electron-window.mjs';
import { hasDisplay, here, whyNotElectron } from './lib/host.mjs';
import { root } from './lib/paths.mjs';
import { endWithNpm, exitCodeOf, run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

const help = `Usage: npm start -- [options]

Opens Strongroom in an Electron window. If that is not possible, opens it in an app window of a browser;
without a display, prints an address to open.

  --browser        use the browser host, even if Electron is possible
  --no-open        open nothing, print the address (implies --browser)
  --port N         port of the browser host, 0 for any free port (default 0)
  --data-dir DIR   keep the data in DIR
  --help           show this
`;

/** @returns {{ browser: boolean, open: boolean, port: string, dataDir: string | undefined }} */
function parseCommandLine() {
  const { values } = parseArgs({
    options: {
      browser: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  return {
    browser: values.browser || values['no-open'],
    open: !values['no-open'],
    port: values.port,
    dataDir: values['data-dir'],
  };
}

/**
 * Runs the app in Electron. Resolves with the exit code, or with the reason why Electron cannot be used.
 *
 * @param {string | undefined} dataDir
 * @returns {Promise<number | string>}
 */
async function startElectron(dataDir) {
  const obstacle = whyNotElectron(here());
  if (obstacle !== undefined) return obstacle;
  const found = findElectron();
  const fetched = found === undefined ? await fetchElectron() : { executable: found };
  if ('reason' in fetched) return `its runtime could not be fetched (${fetched.reason})`;

  return openWindow(fetched.executable, dataDir);
}

/**
 * @param {ReturnType<typeof parseCommandLine>} options
 * @returns {Promise<number>} the exit code
 */
async function startBrowserHost({ open, port, dataDir }) {
  const ended = await run(
    process.execPath,
    [
      join(root, 'out', 'main', 'browser.js'),
      '--port',
      port,
      ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
      ...(open && hasDisplay(here()) ? ['--open'] : []),
    ],
    // The channel closes when this process ends, even if it is killed; then the host ends.
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  );
  return exitCodeOf(ended);
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const options = parseCommandLine();
  if (!(await ensureBuilt())) {
    say('The build failed.');
    return 1;
  }
  if (!options.browser) {
    const outcome = await startElectron(options.dataDir);
    if (typeof outcome === 'number') return outcome;
    say(`Not in an Electron window: ${outcome}. Using the browser instead.`);
  }
  return startBrowserHost(options);
}

endWithNpm();
try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : 'Strongroom could not be started.');
  process.exitCode = 1;
}
