/** Entry of the browser host. Starts the process of the core first: that loads more than the host does. */
import { fileURLToPath } from 'node:url';
import { leaveMemoryOutOfCoreDumps } from '@core/secrets/core-dumps';
import { startCoreProcess } from './hosts/browser/core-process';

// Before there is another process, which inherits it.
leaveMemoryOutOfCoreDumps();

const start = () => startCoreProcess(fileURLToPath(new URL('browser-core.js', import.meta.url)));

let first: ReturnType<typeof start> | undefined = start();

const { runBrowserHost } = await import('./browser-host');

await runBrowserHost(() => {
  const core = first ?? start();
  first = undefined;
  return core;
});
