/**
 * The cells of Parameter Store, Google Secret Manager and Azure Key Vault, with an environment as one secret
 * or as one for each variable. Each has its own stand-in, which injects the fault.
 */
import { isDeepStrictEqual } from 'node:util';
import type { FaultAnswer } from '../servers/aws/faults';
import { startKeyVaultServer } from '../servers/azure-key-vault/server';
import type { Effect } from '../servers/faults';
import { newKeyPair, startGoogleSecretManager } from '../servers/google-secret-manager/server';
import { startParameterStoreServer } from '../servers/parameter-store/server';
import {
  makeProvider as makeParameterStore,
  type ProviderParts as ParameterStoreParts,
} from '../support/aws-parameter-store';
import { settingsOf as keyVaultSettings } from '../support/azure-key-vault';
import { FakeRuntime, runningTime } from '../support/fake-runtime';
import {
  makeProvider as makeGoogle,
  signal,
  type ProviderParts as GoogleParts,
} from '../support/google-secret-manager';
import type { Layout } from '@shared/model/layout';
import { createAzureKeyVaultFactory } from '@core/providers/azure-key-vault/factory';
import type { SecretsProvider } from '@core/providers/provider';
import { documentFromText } from '@core/secrets/document';
import { passes, type Cell, type Row, type Scene, type Store } from './matrix';
import { markers, run, type Matter, type Operation } from './operations';

export interface CloudRow extends Row {
  readonly effect: Effect;
}

/** The values of all versions of the secrets that can be read, oldest first, by name. */
type Values = Readonly<Record<string, readonly string[]>>;

interface Cloud {
  /** With a new client, and short deadlines if it is to be slow. Its caller disposes of it. */
  connect(isSlow: boolean): SecretsProvider;
  strike(effect: Effect, skip: number): void;
  repair(): void;
  /** Makes a path unreadable so that the provider can undelete it; absent if it can undelete nothing. */
  hide?(name: string): void;
  /** Lets time pass, where the times of versions are whole seconds. */
  advance?(): void;
  values(): Values;
  close(): Promise<void>;
}

/** Milliseconds for one call. */
const SHORT = 1500;
const LONG = 30_000;

export type OpenCloud = () => Promise<Cloud>;

/** The same for the stand-ins of AWS, which name their faults in another way. */
function forAws(effect: Effect): { readonly answer: FaultAnswer; readonly applied?: boolean } {
  switch (effect.kind) {
    case 'answer': {
      const { status, body = '', headers = {} } = effect;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const type = { 'Content-Type': 'application/x-amz-json-1.1' };
      return { answer: { kind: 'http', status, body: text, headers: { ...type, ...headers } } };
    }
    case 'drop':
    case 'hang':
      return { answer: { kind: effect.kind }, applied: effect.applied };
    case 'pad':
      return { answer: { kind: 'oversize', bytes: effect.bytes } };
    case 'redirect':
      return {
        answer: { kind: 'redirect', ...(effect.to !== undefined && { location: effect.to }) },
      };
    case 'reset':
    case 'truncate':
    case 'drip':
      return { answer: effect };
  }
}

const withoutRepeats = (values: readonly string[]): string[] =>
  values.filter((value, index) => value !== values[index - 1]);

const PREFIX = '/env';

export const openParameterStore: OpenCloud = async () => {
  const server = await startParameterStoreServer();
  const key = server.accessKey({ secretAccessKey: `${markers.credential}/AbCdEfGhIjKlMnOpQrSt` });
  const parts: ParameterStoreParts = { endpoint: server.endpoint, prefix: PREFIX, ...key };
  return {
    connect: (isSlow) =>
      makeParameterStore(parts, {
        runtime: new FakeRuntime(runningTime()),
        maxAttempts: 2,
        ...(isSlow ? { callDeadline: SHORT, attemptTimeout: 600 } : { callDeadline: LONG }),
      }),
    strike: (effect, skip) => {
      server.faults.add({ skip, times: Infinity, ...forAws(effect) });
    },
    repair: () => {
      server.faults.clear();
      // Its name is free again.
      server.clock.advance(server.settings.nameFreeAfter);
    },
    values: () =>
      Object.fromEntries(
        server.names().map((name) => [
          name.slice(PREFIX.length + 1),
          // A write that is sent again after a lost answer may add the same version twice.
          withoutRepeats(server.parameter(name)?.versions.map(({ value }) => value) ?? []),
        ]),
      ),
    close: () => server.stop(),
  };
};

/** One for all cells, since it takes long to make. */
const pair = newKeyPair();

export const openGoogle: OpenCloud = async () => {
  const server = await startGoogleSecretManager();
  const parts: GoogleParts = {
    endpoint: server.url,
    project: server.project,
    key: server.serviceAccount().newKey(pair),
  };
  const secrets = server.secrets();
  return {
    connect: (isSlow) => makeGoogle(parts, { deadlineMs: isSlow ? SHORT : LONG }),
    strike: (effect, skip) => {
      const match = ({ service }: { readonly service: string }) => service === 'secretmanager';
      server.faults.add({ match, skip, effect });
    },
    repair: () => {
      server.faults.clear();
    },
    hide: (id) => {
      secrets.disable(id, secrets.versions(id).length);
    },
    values: () =>
      Object.fromEntries(
        secrets
          .ids()
          .map((id) => [
            id,
            secrets
              .versions(id)
              .map(({ value = '', state }) => (state === 'ENABLED' ? value : state)),
          ]),
      ),
    close: () => server.close(),
  };
};

export const openKeyVault: OpenCloud = async () => {
  const server = await startKeyVaultServer({ resource: 'https://127.0.0.1' });
  const { clientId, clientSecret } = server.application({
    clientSecret: `${markers.credential}~AbCdEfGhIjKlMnOpQrSt`,
  });
  return {
    connect: (isSlow) =>
      createAzureKeyVaultFactory({
        runtime: new FakeRuntime(server.clock),
        deadlineMs: isSlow ? SHORT : LONG,
      }).create(keyVaultSettings({ vault: server.url, clientId, clientSecret })),
    strike: (effect, skip) => {
      server.faults.add({ match: ({ api }) => api === 'vault', skip, effect });
    },
    repair: () => {
      server.faults.clear();
    },
    hide: (name) => {
      server.delete(name);
    },
    advance: () => {
      server.clock.advance(2000);
    },
    values: () =>
      Object.fromEntries(
        server
          .names()
          .map((name) => [name, server.secret(name)?.versions.map(({ value }) => value) ?? []]),
      ),
    close: () => server.close(),
  };
};

const before = JSON.stringify({ KEY: `${markers.value}-old`, GONE: markers.value });
const content = JSON.stringify({ KEY: markers.value, GONE: markers.value });
const written = JSON.stringify({ KEY: markers.written, NEW: markers.written });

/** One variable is changed, one added and one removed. */
const matters: Readonly<Record<Layout, Matter>> = {
  object: { paths: { app: 'app', inFolder: 'team-other', gone: 'gone' }, written },
  entries: { paths: { app: 'app/', inFolder: 'team-other/', gone: 'gone/' }, written },
};

/** The names that the store gives to the variables of a folder. */
const nameOf = (path: string, key: string, names: readonly string[]): string =>
  [`${path}${key}`, `${path.slice(0, -1)}-${key}`].find((name) => names.includes(name)) ?? '';

function hasHappened(
  layout: Layout,
  operation: Operation,
  now: Values,
  { start, hidden }: { readonly start: Values; readonly hidden: Values },
): boolean {
  const { paths } = matters[layout];
  const path = operation === 'undelete' ? paths.gone : paths.app;
  const isOf = (name: string): boolean =>
    layout === 'object' ? name === path : name.startsWith(path.slice(0, -1));
  const part = (values: Values, is: boolean): Values =>
    Object.fromEntries(Object.entries(values).filter(([name]) => isOf(name) === is));
  if (!isDeepStrictEqual(part(now, false), part(hidden, false))) return false;
  const left = part(now, true);
  if (operation === 'remove') return Object.keys(left).length === 0;
  if (operation === 'undelete') return isDeepStrictEqual(left, part(start, true));
  if (layout === 'object') {
    return isDeepStrictEqual(left, { [path]: [...(start[path] ?? []), written] });
  }
  const names = Object.keys(now);
  return isDeepStrictEqual(left, {
    [nameOf(path, 'KEY', names)]: [`${markers.value}-old`, markers.value, markers.written],
    [nameOf(path, 'NEW', names)]: [markers.written],
  });
}

export const openCloud =
  (open: OpenCloud, layout: Layout) =>
  async ({ effect, isSlow = false }: CloudRow, { moment }: Cell): Promise<Scene> => {
    const cloud = await open();
    const { paths } = matters[layout];
    // Loading a client for the first time may take longer than a short deadline.
    const administrator = cloud.connect(false);
    const put = async (path: string, text: string, over: string | null = null) =>
      administrator.write(path, documentFromText(text), over as never, { signal });
    const { revision: first } = await put(paths.app, before);
    cloud.advance?.();
    const { revision } = await put(paths.app, content, first);
    await put(paths.inFolder, content);
    await put(paths.gone, content);
    administrator.dispose();
    const start = cloud.values();
    if (cloud.hide !== undefined) {
      const own = Object.keys(start).filter((name) => name.startsWith('gone'));
      for (const name of own) cloud.hide(name);
    }
    const hidden = cloud.values();
    const provider = cloud.connect(isSlow);
    await provider.read(paths.app, { signal });
    return {
      run: (operation) => run(provider, operation, revision, matters[layout]),
      look: (): Store => cloud.values(),
      strike: () => {
        cloud.strike(effect, passes(moment));
      },
      repair: () => {
        cloud.repair();
      },
      hasHappened: (operation) => hasHappened(layout, operation, cloud.values(), { start, hidden }),
      close: async () => {
        provider.dispose();
        await cloud.close();
      },
    };
  };
