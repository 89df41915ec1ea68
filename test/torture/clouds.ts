/**
 * The stores that cannot refuse a write from an old version, with an environment as one secret or as one for
 * each variable.
 */
import { onTestFinished } from 'vitest';
import type { Layout } from '@shared/model/layout';
import { azureKeyVaultDescriptor } from '@shared/providers/azure-key-vault';
import { googleSecretManagerDescriptor } from '@shared/providers/google-secret-manager';
import * as azureNames from '@core/providers/azure-key-vault/names';
import * as googleNames from '@core/providers/google-secret-manager/names';
import { newKeyPair, startGoogleSecretManager } from '../servers/google-secret-manager/server';
import { startParameterStoreServer } from '../servers/parameter-store/server';
import { startVault } from '../support/azure-key-vault';
import { FakeRuntime, type Time } from '../support/fake-runtime';
import { parameterStoreForm } from '../support/forms';
import type { Client } from './actor';
import { cores } from './cores';
import { httpFaults, parameterFaults } from './faults';
import type { Content } from './history';
import type { KeyEnd } from './keys';
import type { FaultSource } from './stage';

/** One secret of a store, and the variable in it, if it holds only one. */
interface Held {
  readonly name: string;
  readonly key: string | undefined;
  /** Oldest first. */
  readonly versions: readonly string[];
}

/** What a store has for one path, and what another program does there without a look. */
interface Secrets {
  of(path: string): readonly Held[];
  put(path: string, name: string, value: string): void;
  nameOf(path: string, key: string): string;
  /** False if the name belongs to a secret that was deleted. */
  isFree(name: string): boolean;
  remove(name: string): void;
}

export interface Cloud {
  readonly clients: readonly Client[];
  readonly faults: FaultSource;
  end(path: string): KeyEnd;
  /**
   * Writes over what is there, as another program with perfect timing; without a value, removes the key.
   * Returns whether the store took it.
   */
  change(path: string, key: string, value: string | undefined): boolean;
  /** All versions, to explain a failure. */
  describe(path: string): string[];
  /** Removes everything. */
  clear(path: string): void;
}

export interface CloudTarget {
  readonly name: string;
  readonly layout: Layout;
  /** Whether a removed variable is gone with all its versions. */
  readonly deletesVariables: boolean;
  start(clients: number): Promise<Cloud>;
}

const parsed = (text: string): Content =>
  new Map(Object.entries(JSON.parse(text) as Record<string, string>));

function cloudOf(layout: Layout, secrets: Secrets): Omit<Cloud, 'clients' | 'faults'> {
  const contentsOf = ({ key, versions }: Held): Content[] =>
    versions.map((text) => (key === undefined ? parsed(text) : new Map([[key, text]])));
  const now = (path: string): Content =>
    new Map(secrets.of(path).flatMap((held) => [...(contentsOf(held).at(-1) ?? [])]));
  return {
    end: (path) => {
      const kept = new Map<string, Set<string>>();
      for (const [key, value] of secrets
        .of(path)
        .flatMap(contentsOf)
        .flatMap((each) => [...each])) {
        kept.set(key, (kept.get(key) ?? new Set()).add(value));
      }
      return { content: now(path), kept };
    },
    change: (path, key, value) => {
      if (layout === 'object') {
        const content = new Map(now(path));
        if (value === undefined) content.delete(key);
        else content.set(key, value);
        secrets.put(path, path, JSON.stringify(Object.fromEntries(content)));
      } else if (value === undefined) secrets.remove(secrets.nameOf(path, key));
      else if (!secrets.isFree(secrets.nameOf(path, key))) return false;
      else secrets.put(path, secrets.nameOf(path, key), value);
      return true;
    },
    describe: (path) =>
      secrets
        .of(path)
        .flatMap(({ name, versions }) =>
          versions.map((value, index) => `${name} v${String(index + 1)} ${value}`),
        ),
    clear: (path) => {
      for (const { name } of secrets.of(path)) secrets.remove(name);
    },
  };
}

/** Waits are over at once, by the clock of the server. */
const runtimeOf = (clock: Time) => () => new FakeRuntime(clock);

const parameterStore = (layout: Layout): CloudTarget => ({
  name: 'AWS Parameter Store',
  layout,
  deletesVariables: layout === 'entries',
  start: async (count) => {
    const server = await startParameterStoreServer();
    onTestFinished(() => server.stop());
    server.settings.nameFreeAfter = 0;
    const prefix = '/env';
    const fullName = (path: string): string => `${prefix}/${path}`;
    const clients = await cores(
      count,
      ({ client, workspaceId }) =>
        client.connections.save(
          parameterStoreForm(workspaceId, server, server.accessKey(), { values: { prefix } }),
        ),
      runtimeOf(server.clock),
    );
    return {
      clients,
      faults: parameterFaults(server.faults),
      ...cloudOf(layout, {
        of: (path) =>
          server
            .names()
            .filter((name) =>
              layout === 'object' ? name === fullName(path) : name.startsWith(fullName(path)),
            )
            .map((name) => ({
              name,
              key: layout === 'object' ? undefined : name.slice(fullName(path).length),
              versions: server.parameter(name)?.versions.map(({ value }) => value) ?? [],
            })),
        put: (path, name, value) => {
          server.put(layout === 'object' ? fullName(path) : name, value);
        },
        nameOf: (path, key) => `${fullName(path)}${key}`,
        isFree: () => true,
        remove: (name) => {
          server.remove(name);
        },
      }),
    };
  },
});

const google = (layout: Layout): CloudTarget => ({
  name: 'Google Secret Manager',
  layout,
  deletesVariables: layout === 'entries',
  start: async (count) => {
    const server = await startGoogleSecretManager();
    onTestFinished(() => server.close());
    const key = JSON.stringify(server.serviceAccount().newKey(newKeyPair()));
    const clients = await cores(
      count,
      ({ client, workspaceId }) =>
        client.connections.save({
          workspaceId,
          provider: 'google-secret-manager',
          values: {
            ...googleSecretManagerDescriptor.defaults,
            authentication: 'key',
            endpoint: server.url,
            project: server.project,
            autoSync: false,
          },
          credentials: { key: { action: 'replace', value: key } },
        }),
      runtimeOf(server.clock),
    );
    const secrets = server.secrets();
    const { FOLDER_ANNOTATION, KEY_ANNOTATION, idOf } = googleNames;
    return {
      clients,
      faults: httpFaults(server.faults, ({ service }) => service === 'secretmanager'),
      ...cloudOf(layout, {
        of: (path) =>
          secrets
            .ids()
            .filter((id) =>
              layout === 'object'
                ? id === path
                : secrets.annotations(id)[FOLDER_ANNOTATION] === path,
            )
            .map((name) => ({
              name,
              key: layout === 'object' ? undefined : secrets.annotations(name)[KEY_ANNOTATION],
              versions: secrets.versions(name).flatMap(({ value }) => value ?? []),
            })),
        put: (path, name, value) => {
          secrets.put(name, value, {
            ...(layout === 'entries' && {
              annotations: {
                [FOLDER_ANNOTATION]: path,
                [KEY_ANNOTATION]: name.slice(idOf(path, '').length),
              },
            }),
          });
        },
        nameOf: idOf,
        isFree: () => true,
        remove: (id) => {
          secrets.remove(id);
        },
      }),
    };
  },
});

const keyVault = (layout: Layout): CloudTarget => ({
  name: 'Azure Key Vault',
  layout,
  deletesVariables: false,
  start: async (count) => {
    const server = await startVault();
    const { clientId, clientSecret } = server.application();
    const clients = await cores(
      count,
      ({ client, workspaceId }) =>
        client.connections.save({
          workspaceId,
          provider: 'azure-key-vault',
          values: {
            ...azureKeyVaultDescriptor.defaults,
            authentication: 'secret',
            vault: server.url,
            clientId,
            autoSync: false,
          },
          credentials: { clientSecret: { action: 'replace', value: clientSecret } },
        }),
      runtimeOf(server.clock),
    );
    const { FOLDER_TAG, KEY_TAG, nameOf } = azureNames;
    const tagsOf = (name: string) => server.secret(name)?.current.tags ?? {};
    return {
      clients,
      faults: httpFaults(server.faults, ({ api }) => api === 'vault'),
      ...cloudOf(layout, {
        of: (path) =>
          server
            .names()
            .filter((name) =>
              layout === 'object' ? name === path : tagsOf(name)[FOLDER_TAG] === path,
            )
            .map((name) => ({
              name,
              key: layout === 'object' ? undefined : tagsOf(name)[KEY_TAG],
              versions: server.secret(name)?.versions.map(({ value }) => value) ?? [],
            })),
        put: (path, name, value) => {
          const before = tagsOf(name);
          const key = before[KEY_TAG] ?? name.slice(nameOf(path, '').length);
          const tags = layout === 'object' ? before : { [FOLDER_TAG]: path, [KEY_TAG]: key };
          server.put(name, value, { tags });
        },
        nameOf,
        isFree: (name) => !server.deletedNames().includes(name),
        remove: (name) => {
          server.delete(name);
        },
      }),
    };
  },
});

export const clouds: readonly CloudTarget[] = (['object', 'entries'] as const).flatMap((layout) => [
  parameterStore(layout),
  google(layout),
  keyVault(layout),
]);
