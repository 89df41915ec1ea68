/** For tests: a browser host in this process, with its own port. */
import { launchUrl, listen } from '@main/hosts/browser/listener';
import {
  createBrowserHost,
  type BrowserHost,
  type BrowserHostOptions,
} from '@main/hosts/browser/host';
import { Sessions } from '@main/hosts/browser/sessions';

export interface StartedBrowserHost {
  launchUrl(): string;
  close(isLocked?: boolean): Promise<void>;
}

export async function startBrowserHost(
  options: Omit<BrowserHostOptions, 'port' | 'sessions'> & { readonly port: number },
): Promise<StartedBrowserHost> {
  const sessions = new Sessions();
  const listener = await listen(options.port, (connection) => {
    host.accept(connection);
  });
  const { port } = listener;
  const host: BrowserHost = createBrowserHost({ ...options, port, sessions });
  return {
    launchUrl: () => launchUrl(port, sessions.issueLaunchToken()),
    close: async (isLocked) => {
      listener.close();
      await host.close(isLocked);
    },
  };
}
