/**
 * What journeys do with a store that has both layouts: set up, put there, look at what arrived. A path that
 * ends in a slash is a folder with one item for each variable; each of those holds a text.
 */
import type { GoogleSecretManager } from '@test/servers/google-secret-manager/server';
import type { KeyVaultServer } from '@test/servers/azure-key-vault/server';
import type { ParameterStoreServer } from '@test/servers/parameter-store/server';
import type { VaultServer } from '@test/servers/vault/server';
import type { AppPage } from '../pages/app';
import type {
  ConnectionTab,
  GoogleForm,
  KeyVaultForm,
  ParameterStoreForm,
} from '../pages/settings';
import { configure, vaultPeer } from './peers';
import { expect } from './support';

type Values = Readonly<Record<string, unknown>>;

export interface Store {
  readonly label: 'AWS Parameter Store' | 'Google Secret Manager' | 'Azure Key Vault';
  fill(tab: ConnectionTab): Promise<void>;
  /** Writes as somebody else would; of a folder only the given variables. */
  put(path: string, values: Values): void;
  /** The values at the path now; `undefined` if there is nothing. */
  read(path: string): Values | undefined;
}

const isFolder = (path: string): boolean => path.endsWith('/');

const parsed = (text: string | undefined): Values | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as Values);

const collected = (entries: readonly (readonly [string, string])[]): Values | undefined =>
  entries.length === 0 ? undefined : Object.fromEntries(entries);

/** What Strongroom keeps beside each variable of a folder, in annotations or tags. */
const marks = (folder: string, key: string): Readonly<Record<string, string>> => ({
  'strongroom-folder': folder,
  'strongroom-key': key,
});

/** Writes an environment item by item; `idOf` gives the name of a variable's own item. */
function putEach(
  path: string,
  values: Values,
  idOf: (key: string) => string,
  put: (id: string, text: string, key?: string) => void,
): void {
  if (!isFolder(path)) return put(path, JSON.stringify(values));
  for (const [key, value] of Object.entries(values)) put(idOf(key), String(value), key);
}

/** What Strongroom writes beside an environment in one parameter. A parameter without it is one variable. */
const OBJECT_DESCRIPTION = 'An environment of Strongroom: a JSON object of its variables.';

/** Environments are below `/app`. */
export function parameterStore(server: ParameterStoreServer, form: ParameterStoreForm): Store {
  const value = (name: string): string | undefined => server.parameter(name)?.value;
  return {
    label: 'AWS Parameter Store',
    fill: (tab) => tab.fillParameterStore(form),
    put: (path, values) => {
      const options = isFolder(path) ? {} : { description: OBJECT_DESCRIPTION };
      putEach(
        path,
        values,
        (key) => `${path}${key}`,
        (name, text) => server.put(`/app/${name}`, text, options),
      );
    },
    read: (path) => {
      const start = `/app/${path}`;
      if (!isFolder(path)) return parsed(value(start));
      const names = server.names().filter((name) => name.startsWith(start));
      return collected(names.map((name) => [name.slice(start.length), value(name) ?? '']));
    },
  };
}

export function google(server: GoogleSecretManager, form: GoogleForm): Store {
  const secrets = server.secrets();
  const value = (id: string): string | undefined => secrets.versions(id).at(-1)?.value;
  const inFolder = (path: string): readonly string[] =>
    secrets.ids().filter((id) => secrets.annotations(id)['strongroom-folder'] === path);
  const keyOf = (path: string, id: string): string =>
    secrets.annotations(id)['strongroom-key'] ?? id.slice(path.length);
  return {
    label: 'Google Secret Manager',
    fill: (tab) => tab.fillGoogle(form),
    put: (path, values) => {
      putEach(
        path,
        values,
        (key) => `${path.replaceAll('/', '-')}${key}`,
        (id, text, key) =>
          secrets.put(id, text, key === undefined ? {} : { annotations: marks(path, key) }),
      );
    },
    read: (path) =>
      isFolder(path)
        ? collected(inFolder(path).map((id) => [keyOf(path, id), value(id) ?? '']))
        : parsed(value(path)),
  };
}

export function keyVault(server: KeyVaultServer, form: KeyVaultForm): Store {
  const current = (name: string) => server.secret(name)?.current;
  return {
    label: 'Azure Key Vault',
    fill: (tab) => tab.fillKeyVault(form),
    put: (path, values) => {
      putEach(
        path,
        values,
        (key) => `${path}${key}`.replaceAll(/[/_]/g, '-'),
        (name, text, key) =>
          server.put(name, text, key === undefined ? {} : { tags: marks(path, key) }),
      );
    },
    read: (path) => {
      if (!isFolder(path)) return parsed(current(path)?.value);
      const versions = server.names().flatMap((name) => current(name) ?? []);
      return collected(
        versions
          .filter(({ tags }) => tags?.['strongroom-folder'] === path)
          .map(({ tags, value }) => [tags?.['strongroom-key'] ?? '', value]),
      );
    },
  };
}

/** Sets the app up for the store, with its credentials for this session only. */
export async function configureStore(ui: AppPage, store: Store): Promise<ConnectionTab> {
  const { connection: tab } = await ui.openSettings('Vault');
  await store.fill(tab);
  await tab.saveCredentials();
  return tab;
}

/** Pulls everything and opens one environment. */
export async function pullAndOpen(ui: AppPage, store: Store, name: string): Promise<void> {
  const tab = await configureStore(ui, store);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('pulled');
  await ui.openEnvironment(name);
  await ui.environment.variables.waitFor();
}

/** Edits and saves; then with a colleague who writes another variable, and then the same one, meanwhile. */
export async function editBesideAColleague(
  ui: AppPage,
  store: Store,
  { name, path }: { readonly name: string; readonly path: string },
): Promise<void> {
  store.put(path, { API_KEY: 'sk-live-first', HOST: 'db-first', SAME: 'untouched' });
  await pullAndOpen(ui, store, name);
  const { editor, merge } = ui.environment;
  await editor.setValue('API_KEY', 'sk-live-second');
  await editor.save();
  expect(store.read(path)).toEqual({
    API_KEY: 'sk-live-second',
    HOST: 'db-first',
    SAME: 'untouched',
  });

  await editor.setValue('API_KEY', 'sk-live-third');
  store.put(path, { API_KEY: 'sk-live-second', HOST: 'db-theirs', SAME: 'untouched' });
  await editor.save();
  await expect(merge.region).toHaveCount(0);
  expect(store.read(path)).toEqual({
    API_KEY: 'sk-live-third',
    HOST: 'db-theirs',
    SAME: 'untouched',
  });
  await ui.environment.revealButton('HOST').click();
  await expect(ui.environment.value('HOST')).toContainText('db-theirs');

  await editor.setValue('HOST', 'db-mine');
  await editor.setValue('API_KEY', 'sk-live-mine');
  const theirs = { API_KEY: 'sk-live-theirs', HOST: 'db-theirs-again', SAME: 'untouched' };
  store.put(path, theirs);
  await editor.pressSave();
  await expect(merge.region).toContainText('2 keys were changed on both sides');
  expect(store.read(path)).toEqual(theirs);
  await merge.choice('Take theirs', 'API_KEY').check();
  await merge.choice('Keep mine', 'HOST').check();
  await merge.saveButton.click();
  await expect(merge.region).toHaveCount(0);
  await expect(editor.saveButton).toHaveCount(0);
  expect(store.read(path)).toEqual({
    API_KEY: 'sk-live-theirs',
    HOST: 'db-mine',
    SAME: 'untouched',
  });
}

/** The history shows each version, and an older one is brought back. */
export async function rollBack(
  ui: AppPage,
  store: Store,
  { name, path }: { readonly name: string; readonly path: string },
): Promise<void> {
  store.put(path, { API_KEY: 'sk-live-first', PORT: '1' });
  await pullAndOpen(ui, store, name);
  await ui.environment.editor.setValue('API_KEY', 'sk-live-second');
  await ui.environment.editor.save();
  await ui.environment.actions.choose('History');
  const { history } = ui;
  await expect(history.version(0)).toContainText('current');
  await expect(history.row('API_KEY')).toContainText('changed');
  await expect(history.row('PORT')).toHaveCount(0);
  await expect(history.differences).not.toContainText('sk-live');
  await history.reveal('API_KEY');
  await expect(history.row('API_KEY')).toContainText('sk-live-first');
  await expect(history.row('API_KEY')).toContainText('sk-live-second');
  await history.version(1).click();
  await history.rollBackButton.click();
  await history.rollingBack.confirmButton.click();
  await expect(ui.announcements).toContainText('Rolled back to');
  expect(store.read(path)).toEqual({ API_KEY: 'sk-live-first', PORT: '1' });
}

/** An environment made here is linked to a folder by the choice beside its path. */
export async function linkAsFolder(ui: AppPage, store: Store, item: string): Promise<void> {
  const tab = await configureStore(ui, store);
  await ui.newEnvironment.create('shop');
  const { editor, sync } = ui.environment;
  await editor.add('DB_HOST', 'db.internal.example');
  await editor.add('API_KEY', 'sk-live-4f9a1c');
  await editor.save();
  await sync.layout.getByRole('radio', { name: `One ${item}` }).check();
  await expect(sync.path).toHaveValue('shop');
  await sync.layout.getByRole('radio', { name: `A ${item} per variable` }).check();
  await expect(sync.path).toHaveValue('shop/');
  await sync.switch(store.label).click();
  await expect(sync.switch(store.label)).toBeChecked();
  const linked = { DB_HOST: 'db.internal.example', API_KEY: 'sk-live-4f9a1c' };
  expect(store.read('shop/')).toEqual(linked);
  expect(store.read('shop')).toBeUndefined();

  await editor.add('PORT', '8080');
  await editor.choose('API_KEY', 'Remove');
  await editor.save();
  expect(store.read('shop/')).toEqual({ DB_HOST: 'db.internal.example', PORT: '8080' });
  await ui.openSettings('Vault');
  await tab.pullAllButton.click();
  await expect(tab.pulled('Already there')).toContainText('1');
}

/** An environment of Vault is moved to the store, edited there, and moved back. */
export async function migrateFromVaultAndBack(
  ui: AppPage,
  vault: VaultServer,
  store: Store,
  path: string,
): Promise<void> {
  const peer = vaultPeer(vault);
  const values = { API_KEY: 'sk-live-4f9a1c', DB_HOST: 'db.internal.example', PORT: '5432' };
  peer.put('production', values);
  await configureStore(ui, store);
  const tab = await configure(ui, peer);
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await migrateTo(ui, store.label, path);
  expect(store.read(path)).toEqual(values);
  expect(peer.read('production')).toBeUndefined();

  await ui.openSettings('Vault');
  await tab.chooseProvider(store.label);
  await tab.save();
  await ui.openEnvironment('production');
  await ui.environment.pullButton.click();
  await ui.environment.editor.setValue('PORT', '6543');
  await ui.environment.editor.save();
  expect(store.read(path)).toEqual({ ...values, PORT: '6543' });

  await migrateTo(ui, peer.label, 'back/production');
  expect(peer.read('back/production')).toEqual({ ...values, PORT: '6543' });
  expect(store.read(path)).toBeUndefined();
}

async function migrateTo(ui: AppPage, provider: string, path: string): Promise<void> {
  const { migrate } = ui;
  await migrate.openButton.click();
  await migrate.provider.getByRole('radio', { name: provider, exact: true }).check();
  await migrate.makePlan(path);
  await migrate.migrateButton.click();
  await expect(migrate.phase).toHaveText('done');
}
