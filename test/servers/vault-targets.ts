/** The servers for the suites: the stand-in in both dialects, and a real server if there is one. */
import { findRealVault } from './real-vault';
import { startVaultServer } from './vault/server';
import { VaultAdmin } from './vault-admin';

export interface RunningTarget {
  readonly url: string;
  readonly rootToken: string;
  readonly admin: VaultAdmin;
  /** Only Vault Enterprise and OpenBao have them. */
  readonly hasNamespaces: boolean;
  stop(): Promise<void>;
}

export interface Target {
  readonly name: string;
  /** `undefined` if there is no such server on this machine. */
  readonly start: (() => Promise<RunningTarget>) | undefined;
}

let made = 0;
/** A unique name for everything that a suite creates, because a real server may hold other data. */
export const fresh = (word: string): string => {
  made += 1;
  return `${word}-${String(process.pid)}-${Date.now().toString(36)}-${String(made)}`;
};

const standIn = (product: 'vault' | 'openbao'): Target => ({
  name: `stand-in for ${product}`,
  start: async () => {
    const server = await startVaultServer({ product });
    return {
      url: server.url,
      rootToken: server.rootToken,
      admin: new VaultAdmin(server.url, server.rootToken),
      hasNamespaces: true,
      stop: () => server.close(),
    };
  },
});

async function realOne(): Promise<Target> {
  const real = await findRealVault();
  if (real === undefined) {
    return { name: 'a real Vault: none on the PATH, no VAULT_ADDR', start: undefined };
  }
  const start = async (): Promise<RunningTarget> => {
    const { url, token, stop } = await real.start();
    const admin = new VaultAdmin(url, token);
    const hasNamespaces = await admin.namespace(fresh('probe')).then(
      () => true,
      () => false,
    );
    return { url, rootToken: token, admin, hasNamespaces, stop };
  };
  return { name: real.name, start };
}

export const targets: readonly Target[] = [standIn('vault'), standIn('openbao'), await realOne()];
