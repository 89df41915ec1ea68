/** For tests: a browser host whose contract has a bug in it. Prints its launch link. */
import { startBrowserHost } from '../browser-host';
import { watchForFaults } from '@main/hosts/faults';
import { reportTo } from '@main/hosts/report';
import { defaultPreferences } from '@shared/model/preferences';
import { forgetfulRouter } from '../forgetful-router';

export async function main([rendererDirectory = '']: readonly string[]): Promise<void> {
  const report = reportTo(process.stderr);
  watchForFaults(process, report, () => process.exit(1));
  const host = await startBrowserHost({
    router: forgetfulRouter,
    look: () => defaultPreferences,
    rendererDirectory,
    port: 0,
    idleAfterMs: 60_000,
    onIdle: () => undefined,
    report,
  });
  process.stdout.write(`${host.launchUrl()}\n`);
}
