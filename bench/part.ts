/** One part of `npm run bench`, in a separate process: `part NAME`, or a store or an app that a part calls. */
import { runApp } from './app';
import { benchLibrary } from './library';
import { benchFirstScreen } from './first-screen';
import { ratesParts } from './rates';
import { benchRequests } from './requests/main';
import { benchBroker } from './broker';
import { benchCommands, benchCore } from './start-up';
import { runStore } from './store';
import { vaultParts } from './vault';

const parts: Readonly<Record<string, () => Promise<void>>> = {
  core: benchCore,
  commands: benchCommands,
  'first-screen': benchFirstScreen,
  ...vaultParts,
  ...ratesParts,
  requests: benchRequests,
  library: benchLibrary,
  broker: benchBroker,
};

export async function main([kind, name = '']: readonly string[]): Promise<void> {
  if (kind === 'store') return runStore(name);
  if (kind === 'app') return runApp(name);
  const part = parts[name];
  if (part === undefined) throw new Error(`There is no part ${name}`);
  await part();
  // The channel to the parent would keep this process.
  process.disconnect();
}
