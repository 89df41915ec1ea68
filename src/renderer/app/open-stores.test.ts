/** How the stores of a workspace affect each other, with a core whose answers the tests choose. */
import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import type { EnvironmentMerge } from '@shared/model/environment-merge';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { defaultPreferences } from '@shared/model/preferences';
import type { Variable } from '@shared/model/variable';
import { providerIds } from '@shared/providers/descriptor';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApprovals } from '../features/approvals/store';
import { editVariable, rowsOf } from '../features/environment/draft';
import { unsavedCount } from '../features/environment/drafts-store';
import { download } from '../lib/download';
import type { Arrival, Stores } from './create-stores';
import { closeStores, openStores } from './open-stores';
import { createPreferences } from './preferences';
import { createEvents } from './wiring/events';
import { wire } from './wiring/wire';

vi.mock('../lib/download', () => ({ download: vi.fn<typeof download>() }));

const WORKSPACE = '00000000-0000-4000-8000-000000000000';
const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

const API_KEY: Variable = { key: 'API_KEY', kind: 'text', secret: true };

const environmentOf = (id: string, name: string, revision?: string) => ({
  id,
  name,
  synced: true,
  path: name,
  active: false,
  state: 'loaded',
  ...(revision !== undefined && { revision }),
});

const opened = (base: string, revision?: string): OpenEnvironment & { base: string } =>
  ({
    environment: environmentOf(ID, 'production', revision),
    shape: 'map',
    variables: [API_KEY],
    base,
  }) as unknown as OpenEnvironment & { base: string };

const settings = {
  source: 'global',
  provider: 'hashicorp-vault',
  providers: Object.fromEntries(
    providerIds.map((id) => [
      id,
      { values: {}, savedCredentials: [], savedElsewhere: {}, saved: false },
    ]),
  ),
};

/** The local vault, which can be tested with no settings. */
const localSettings = {
  ...settings,
  provider: 'local-vault',
  providers: {
    ...settings.providers,
    'local-vault': { values: {}, savedCredentials: [], savedElsewhere: {}, saved: true },
  },
};

const protection = (locked: boolean, mode: 'passphrase' | 'session' = 'passphrase') => ({
  mode,
  locked,
  shut: false,
  keychain: { available: false, name: 'keychain' },
});

const conflict = new ORPCError('CONFLICT', { message: 'Changed.', data: { hint: 'Pull.' } });
const offline = new ORPCError('OFFLINE', { message: 'Out of reach.', data: { hint: 'Wait.' } });

const clash: EnvironmentMerge = {
  state: 'there',
  rows: [
    {
      key: 'API_KEY',
      mineChange: 'changed',
      theirsChange: 'changed',
      outcome: 'conflict',
      before: API_KEY,
      mine: API_KEY,
      theirs: API_KEY,
    },
  ],
  theirs: opened('r2'),
};

type Calls = Record<string, (input: unknown) => unknown>;

/** A core with every call that opening makes, which `chosen` adds to or replaces. */
function fakeCore(chosen: Record<string, Calls> = {}) {
  const calls: Record<string, Calls> = {
    app: { info: () => ({ version: '1.0.0', notices: [] }), changes: () => [] },
    workspaces: {
      list: () => ({
        workspaces: [{ id: WORKSPACE, name: 'Default' }],
        currentId: WORKSPACE,
      }),
    },
    security: { protection: () => protection(false) },
    connections: { settings: () => settings, status: () => undefined, watch: () => [] },
    edits: { take: () => [], hold: () => ({ more: false }) },
    environments: {
      list: () => [environmentOf(ID, 'production'), environmentOf(OTHER, 'staging')],
      open: () => opened('r1'),
      reveal: () => ({ value: 'sk-live' }),
      compareValues: () => [],
      merge: () => clash,
      history: () => ({ isKept: false }),
    },
    migrations: { pending: () => [] },
    transfer: { autoSync: () => [] },
  };
  const fakes = Object.fromEntries(
    Object.entries({ ...calls, ...chosen }).map(([area, some]) => [
      area,
      Object.fromEntries(
        Object.entries({ ...calls[area], ...some }).map(([name, call]) => [
          name,
          vi.fn<(input: unknown) => Promise<unknown>>(async (input) => call(input)),
        ]),
      ),
    ]),
  );
  const callOf = (area: string, name: string) => {
    const call = fakes[area]?.[name];
    if (call === undefined) throw new Error(`The core has no ${area}.${name}.`);
    return call;
  };
  return { client: fakes as unknown as Client, callOf };
}

interface Options {
  readonly core?: Record<string, Calls>;
  readonly arrived?: Arrival;
  readonly lastEnvironment?: string;
}

async function open({ core, arrived, lastEnvironment }: Options = {}) {
  const { client, callOf } = fakeCore(core);
  const preferences = createPreferences(defaultPreferences);
  if (lastEnvironment !== undefined) preferences.getState().opened(WORKSPACE, lastEnvironment);
  const reopen = vi.fn<(arrival: Arrival) => Promise<void>>(async () => undefined);
  const stores = await openStores(client, preferences, {
    approvals: createApprovals(client),
    arrived,
    windowId: 'w1',
    reopen,
  });
  const said = (): string | undefined => stores.announcements.getState().current?.text;
  /** The question on show, answered with this. */
  const answer = async (id: string | undefined): Promise<string> => {
    await vi.waitFor(() => expect(stores.questions.getState().current).toBeDefined());
    const question = stores.questions.getState().current;
    stores.questions.getState().answer(id);
    return `${question?.title ?? ''} ${question?.text ?? ''}`;
  };
  return { stores, preferences, reopen, callOf, said, answer };
}

function edit(stores: Stores, value = 'typed'): void {
  stores.drafts.getState().change(ID, 'r1', (draft) => editVariable(draft, API_KEY, { value }));
}

const unsaved = ({ drafts }: Stores): number => unsavedCount(drafts.getState(), ID);

afterEach(() => vi.clearAllMocks());

describe('opening', () => {
  it('makes the calls of each round at the same time', async () => {
    const waiting: string[] = [];
    let go: () => void = () => undefined;
    const later = (name: string, result: unknown) => async () => {
      waiting.push(name);
      await new Promise<void>((resolve) => {
        const before = go;
        go = () => {
          before();
          resolve();
        };
      });
      return result;
    };
    const opening = open({
      core: {
        connections: {
          settings: later('settings', settings),
          status: later('status', undefined),
        },
        environments: { list: later('list', []) },
        migrations: { pending: later('pending', []) },
      },
    });
    await vi.waitFor(() =>
      expect(waiting.toSorted()).toEqual(['list', 'pending', 'settings', 'status']),
    );
    go();
    await opening;
  });

  it('starts at the environment that was open last, or asks to unlock', async () => {
    const again = await open({ lastEnvironment: OTHER });
    expect(again.stores.navigation.getState().route).toEqual({ screen: 'environment', id: OTHER });
    const locked = await open({ core: { security: { protection: () => protection(true) } } });
    expect(locked.stores.navigation.getState().route).toEqual({ screen: 'unlock' });
  });

  it('arrives from another workspace on the same page of Settings, and says so', async () => {
    const route = { screen: 'settings', tab: 'security' } as const;
    const { stores, said } = await open({ arrived: { text: 'Workspace Default.', route } });
    expect(stores.navigation.getState().route).toEqual(route);
    expect(said()).toBe('Workspace Default.');
  });

  it('fails without the current workspace', async () => {
    const workspaces = { list: () => ({ workspaces: [], currentId: WORKSPACE }) };
    await expect(open({ core: { workspaces } })).rejects.toThrow('current workspace');
  });

  it('connects every event, once', async () => {
    const { stores } = await open();
    const events = createEvents();
    const calls = Object.values(events).flatMap((of): { connect: (handler: never) => void }[] =>
      Object.values(of),
    );
    expect(calls.length).toBeGreaterThan(20);
    wire(events, stores, async () => undefined);
    for (const { connect } of calls) expect(() => connect(undefined as never)).toThrow('already');
  });

  it('fails loudly if an event comes before it is connected', () => {
    expect(() => createEvents().security.onLocked()).toThrow('no handler yet');
  });
});

describe('saving', () => {
  it('shows what was saved, says so, and refreshes the lists', async () => {
    const { stores, said, callOf } = await open({
      core: { environments: { save: () => opened('r2', 'v2') } },
    });
    await stores.environment.getState().open(ID);
    edit(stores);
    await stores.drafts.getState().save(ID);
    expect(stores.environment.getState().data?.base).toBe('r2');
    expect(said()).toBe('production saved as v2.');
    expect(callOf('environments', 'list')).toHaveBeenCalledTimes(2);
    expect(callOf('connections', 'status')).toHaveBeenCalledTimes(2);
  });

  it('asks what to do if somebody else wrote first, and shows theirs', async () => {
    const save = (): never => {
      throw conflict;
    };
    const { stores } = await open({ core: { environments: { save } } });
    await stores.environment.getState().open(ID);
    edit(stores);
    expect(await stores.drafts.getState().save(ID)).toBe(false);
    expect(stores.merges.getState().sessions.get(ID)?.state).toBe('there');
    expect(stores.environment.getState().data?.base).toBe('r2');
  });

  it('reads the environment again if the secret is gone', async () => {
    const save = (): never => {
      throw conflict;
    };
    const merge = (): EnvironmentMerge => ({ state: 'gone', absence: 'deleted' });
    const { stores, callOf } = await open({ core: { environments: { save, merge } } });
    await stores.environment.getState().open(ID);
    edit(stores);
    await stores.drafts.getState().save(ID);
    expect(callOf('environments', 'open')).toHaveBeenCalledTimes(2);
  });

  it('drops a decision once there are no edits to decide about', async () => {
    const save = (): never => {
      throw conflict;
    };
    const { stores } = await open({ core: { environments: { save } } });
    edit(stores);
    await stores.drafts.getState().save(ID);
    expect(stores.merges.getState().sessions.size).toBe(1);
    stores.drafts.getState().forget(ID);
    expect(stores.merges.getState().sessions.size).toBe(0);
  });

  it('carries edits over to newer values as soon as these are on show', async () => {
    const fitting: EnvironmentMerge = { state: 'there', rows: [], theirs: opened('r2') };
    const { stores, callOf } = await open({ core: { environments: { merge: () => fitting } } });
    await stores.environment.getState().open(ID);
    edit(stores);
    stores.environment.getState().show(opened('r2'));
    await vi.waitFor(() =>
      expect(stores.drafts.getState().histories.get(ID)?.present.base).toBe('r2'),
    );
    expect(callOf('environments', 'merge')).toHaveBeenCalledOnce();
  });
});

describe('locking', () => {
  const locking = { security: { lock: () => undefined } };

  it('closes the forms of grants, and forgets the answer to a request', async () => {
    const { stores } = await open({ core: locking });
    stores.requests.getState().show({ kind: 'rotate' });
    stores.attempt.setState({ state: { phase: 'cancelled' } });
    expect(await stores.security.getState().lock()).toBe(true);
    expect(stores.requests.getState().view).toEqual({ kind: 'grant' });
    expect(stores.attempt.getState().state).toEqual({ phase: 'idle' });
  });

  it('forgets edits, merges and typed credentials, and hides values', async () => {
    const { stores } = await open({ core: locking });
    const { environment, merges, connection } = stores;
    await environment.getState().open(ID);
    const [row] = rowsOf([API_KEY], undefined);
    if (row !== undefined) await environment.getState().reveal(row);
    expect(environment.getState().revealed.size).toBe(1);
    edit(stores);
    merges.setState({
      sessions: new Map([
        [
          ID,
          {
            state: 'gone',
            absence: 'deleted',
            draft: { base: 'r1', edits: new Map(), additions: [] } as never,
            busy: false,
            error: undefined,
          },
        ],
      ]),
    });
    connection
      .getState()
      .setCredential('token', { state: 'typed', text: 'hvs.typed', replaces: false });

    // Nobody is asked: the core keeps the edits.
    expect(await stores.security.getState().lock()).toBe(true);

    expect(unsaved(stores)).toBe(0);
    expect(merges.getState().sessions.size).toBe(0);
    expect(environment.getState().revealed.size).toBe(0);
    expect(connection.getState().drafts['hashicorp-vault'].credentials['token']).toMatchObject({
      text: '',
    });
  });

  it('keeps everything if the question is cancelled', async () => {
    const { stores, answer, callOf } = await open({
      core: { security: { ...locking.security, protection: () => protection(false, 'session') } },
    });
    edit(stores);
    const locked = stores.security.getState().lock();
    expect(await answer(undefined)).toContain('Unsaved edits: production.');
    expect(await locked).toBe(false);
    expect(unsaved(stores)).toBe(1);
    expect(callOf('security', 'lock')).not.toHaveBeenCalled();
  });

  it('asks nothing, unless everything is in memory only', async () => {
    const kept = await open({ core: locking });
    expect(await kept.stores.security.getState().lock()).toBe(true);
    const session = await open({
      core: { security: { ...locking.security, protection: () => protection(false, 'session') } },
    });
    const locked = session.stores.security.getState().lock();
    expect(await session.answer(undefined)).toContain('they are lost');
    expect(await locked).toBe(false);
    expect(session.callOf('security', 'lock')).not.toHaveBeenCalled();
  });
});

it('reads everything again after unlocking, and syncs', async () => {
  const { stores, callOf } = await open({
    core: { security: { unlock: () => protection(false) } },
  });
  await stores.security.getState().unlock('a passphrase');
  await vi.waitFor(() => expect(callOf('transfer', 'autoSync')).toHaveBeenCalledOnce());
  expect(callOf('environments', 'list')).toHaveBeenCalledTimes(2);
  expect(callOf('connections', 'settings')).toHaveBeenCalledTimes(2);
});

it('reads the settings again once protection was chosen', async () => {
  const { stores, callOf } = await open({
    core: { security: { choose: () => protection(false) } },
  });
  await stores.security.getState().choose({ mode: 'session' });
  await vi.waitFor(() => expect(callOf('connections', 'settings')).toHaveBeenCalledTimes(2));
});

describe('a server that is back', () => {
  const status = (state: string) => ({ provider: 'hashicorp-vault', state });

  it('is announced, and pages that failed try again', async () => {
    let isBack = false;
    const whenBack = (result: unknown) => () => {
      if (!isBack) throw offline;
      return result;
    };
    const { stores, said, callOf } = await open({
      core: {
        connections: {
          status: () => status('offline'),
          lookAgain: () => status('ok'),
        },
        environments: {
          save: whenBack(opened('r2')),
          history: whenBack({ isKept: false }),
          glance: () => [],
        },
        transfer: { pushPlan: whenBack([]) },
      },
    });
    edit(stores);
    await stores.drafts.getState().save(ID);
    await stores.history.getState().open(ID);
    await stores.push.getState().makePlan();
    expect(stores.drafts.getState().errors.size).toBe(1);

    isBack = true;
    await stores.providerStatus.getState().lookAgain();
    expect(said()).toBe('HashiCorp Vault can be reached again. Unsaved edits can be saved now.');
    expect(stores.drafts.getState().errors.size).toBe(0);
    await vi.waitFor(() => {
      expect(stores.history.getState().error).toBeUndefined();
      expect(stores.push.getState().plan).toEqual([]);
    });
    expect(callOf('transfer', 'autoSync')).toHaveBeenCalledOnce();
    expect(callOf('environments', 'glance')).toHaveBeenCalledWith({
      workspaceId: WORKSPACE,
      ids: [ID, OTHER],
    });
  });
});

describe('pulling and pushing', () => {
  const summary = {
    type: 'summary',
    provider: 'hashicorp-vault',
    created: ['a'],
    existing: [],
    skipped: [{ path: 'gone', error: { code: 'SECRET_DELETED', message: 'Deleted.', hint: '' } }],
    deleted: [],
    missing: [],
    durationMs: 20,
  };
  const core = {
    transfer: { pullAll: () => [summary], undelete: () => undefined },
  };

  it('announces the end of Pull All, except on the page that shows it', async () => {
    const elsewhere = await open({ core });
    await elsewhere.stores.pull.getState().pullAll();
    expect(elsewhere.said()).toBe('Pull All: 1 secret pulled from HashiCorp Vault in 20 ms.');
    expect(elsewhere.callOf('environments', 'list')).toHaveBeenCalledTimes(2);

    const { stores, said } = await open({ core });
    stores.navigation.getState().go({ screen: 'settings', tab: 'connection' });
    await stores.pull.getState().pullAll();
    expect(said()).toBeUndefined();
  });

  it('shows no result that came before a save of the settings', async () => {
    const { stores } = await open({
      core: { ...core, connections: { useGlobal: () => settings } },
    });
    await stores.pull.getState().pullAll();
    expect(stores.pull.getState().run.phase).toBe('done');
    stores.questions.setState({ ask: async ({ answers: [first] }) => first?.id });
    await stores.connection.getState().backToGlobal();
    expect(stores.pull.getState().run.phase).toBe('idle');
  });

  it('shows no older failure beside a newer success, of a test or a pull', async () => {
    let works = false;
    const step = { id: 'authentication', label: 'Authentication' };
    const error = { code: 'TOKEN_INVALID', message: 'Refused.', hint: '' };
    const { stores } = await open({
      core: {
        connections: {
          settings: () => localSettings,
          test: () => [
            { ...step, ...(works ? { status: 'passed' } : { status: 'failed', error }) },
          ],
        },
        transfer: {
          pullAll: () => {
            if (!works) throw offline;
            return [{ ...summary, provider: 'local-vault' }];
          },
        },
      },
    });
    const { connection, pull } = stores;
    await connection.getState().startTest();
    await pull.getState().pullAll();
    expect(connection.getState().test?.steps).toMatchObject([{ status: 'failed' }]);
    expect(pull.getState().run.phase).toBe('failed');

    works = true;
    await connection.getState().startTest();
    expect(pull.getState().run.phase).toBe('idle');

    works = false;
    await connection.getState().startTest();
    works = true;
    await pull.getState().pullAll();
    expect(connection.getState().test).toBeUndefined();
    expect(pull.getState().run.phase).toBe('done');
  });

  it('says that a skipped secret was undeleted, and reads everything again', async () => {
    const { stores, said, callOf } = await open({ core });
    await stores.pull.getState().pullAll();
    await stores.pull.getState().undelete('gone');
    expect(said()).toContain('gone');
    expect(callOf('environments', 'list')).toHaveBeenCalledTimes(3);
  });

  it('takes an old announcement away after Push All, and the edits that were pushed', async () => {
    const pushed = {
      type: 'summary',
      pushed: [{ id: ID }],
      failed: [],
      unchanged: [],
      durationMs: 5,
    };
    const { stores, said } = await open({
      core: {
        transfer: {
          pushPlan: () => [{ id: ID, action: 'update' }],
          pushAll: () => [pushed],
        },
      },
    });
    edit(stores);
    stores.announcements.getState().say('Save first.');
    await stores.push.getState().makePlan();
    await stores.push.getState().push();
    expect(said()).toBeUndefined();
    expect(unsaved(stores)).toBe(0);
  });
});

describe('a migration', () => {
  const place = (path: string) => ({ provider: 'hashicorp-vault', path });
  const pending = {
    id: OTHER,
    environmentId: ID,
    name: 'production',
    from: place('old'),
    to: place('new'),
    running: false,
  };
  const core = {
    migrations: { pending: () => [pending], undo: () => ({ copy: 'removed' }) },
  };

  it('is undone only if that is confirmed', async () => {
    const { stores, said, answer, callOf } = await open({ core });
    const refused = stores.migrate.getState().undo(OTHER);
    expect(await answer(undefined)).toContain('production goes back to old.');
    await refused;
    expect(callOf('migrations', 'undo')).not.toHaveBeenCalled();

    const undone = stores.migrate.getState().undo(OTHER);
    await answer('undo');
    await undone;
    expect(said()).toBe('production is at old again.');
  });
});

describe('comparing', () => {
  const present = { state: 'present', kind: 'text', group: 0 };
  const comparison = {
    environments: [
      { id: ID, name: 'production', loaded: true },
      { id: OTHER, name: 'staging', loaded: true },
    ],
    rows: [{ key: 'API_KEY', outcome: 'different', cells: [present, present] }],
  };
  const core = {
    compare: {
      environments: () => comparison,
      copyVariables: () => ({
        variables: [{ key: 'API_KEY', value: 'sk-live', kind: 'text', secret: true }],
        target: { ...opened('s1'), environment: environmentOf(OTHER, 'staging') },
      }),
    },
    environments: { pull: () => opened('r2') },
  };

  it('says that what it copied is not saved', async () => {
    const { stores, said } = await open({ core });
    await stores.compare.getState().choose([ID, OTHER]);
    await stores.compare.getState().copy('API_KEY', ID, OTHER);
    expect(said()).toBe('API_KEY copied to staging. It is not saved yet.');
    expect(unsavedCount(stores.drafts.getState(), OTHER)).toBe(1);
  });

  it('refreshes the lists after a pull', async () => {
    const { stores, callOf } = await open({ core });
    await stores.compare.getState().pull(ID);
    expect(callOf('environments', 'list')).toHaveBeenCalledTimes(2);
  });
});

describe('changing the global defaults', () => {
  const other = { id: OTHER, name: 'Payments', ownConfiguration: false };
  const sharing = (others: readonly object[]) => ({
    workspaces: {
      list: () => ({
        workspaces: [{ id: WORKSPACE, name: 'Default', ownConfiguration: false }, ...others],
        currentId: WORKSPACE,
      }),
    },
    connections: { save: () => localSettings },
  });

  it('names the other workspaces that would change, and saves for one or for all', async () => {
    const { stores, answer, callOf } = await open({ core: sharing([other]) });
    stores.connection.getState().chooseProvider('local-vault');
    const refused = stores.connection.getState().save();
    const asked = await answer(undefined);
    expect(asked).toContain('Change the provider of other workspaces to Local vault too?');
    expect(asked).toContain('and so does Payments.');
    await refused;
    expect(callOf('connections', 'save')).not.toHaveBeenCalled();

    const saved = stores.connection.getState().save();
    await answer('workspace');
    await saved;
    expect(callOf('connections', 'save')).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ scope: 'workspace' }),
    );
  });

  it.each([
    ['is alone', []],
    ['is the only one with the defaults', [{ ...other, ownConfiguration: true }]],
  ])('asks nothing if the workspace %s', async (_, others) => {
    const { stores, callOf } = await open({ core: sharing(others) });
    stores.connection.getState().chooseProvider('local-vault');
    await stores.connection.getState().save();
    expect(callOf('connections', 'save')).toHaveBeenCalledOnce();
  });
});

describe('the connection', () => {
  const form = {
    connections: {
      settings: () => ({ ...settings, source: 'workspace', provider: 'local-vault' }),
      save: () => settings,
      test: () => [],
      lookAgain: () => undefined,
      useGlobal: () => settings,
    },
  };

  it('has everything read again once it is saved', async () => {
    const { stores, callOf } = await open({ core: form });
    await stores.connection.getState().save();
    expect(callOf('environments', 'list')).toHaveBeenCalledTimes(2);
    expect(callOf('security', 'protection')).toHaveBeenCalledTimes(2);
    expect(callOf('workspaces', 'list')).toHaveBeenCalledTimes(2);
  });

  it('has the status read again once it is tested', async () => {
    const { stores, callOf } = await open({ core: form });
    await stores.connection.getState().startTest();
    expect(callOf('connections', 'status')).toHaveBeenCalledTimes(2);
  });

  it('goes back to the global defaults only if that is confirmed', async () => {
    const { stores, answer, callOf } = await open({ core: form });
    const refused = stores.connection.getState().backToGlobal();
    await answer(undefined);
    await refused;
    expect(callOf('connections', 'useGlobal')).not.toHaveBeenCalled();
    const back = stores.connection.getState().backToGlobal();
    await answer('use');
    await back;
    expect(stores.connection.getState().settings.source).toBe('global');
  });
});

describe('workspaces', () => {
  const core = {
    workspaces: {
      list: () => ({
        workspaces: [
          { id: WORKSPACE, name: 'Default' },
          { id: OTHER, name: 'Client' },
        ],
        currentId: WORKSPACE,
      }),
      switchTo: () => undefined,
      remove: () => undefined,
    },
  };

  it('switches at once if nothing would be lost, and stays on the page', async () => {
    const { stores, reopen } = await open({ core });
    stores.navigation.getState().go({ screen: 'compare' });
    await stores.workspaces.getState().switchTo(OTHER);
    expect(reopen).toHaveBeenCalledExactlyOnceWith({
      text: 'Switched to the workspace Client.',
      route: { screen: 'compare' },
    });
  });

  it('names what switching would lose, and stays if it is to be kept', async () => {
    const { stores, reopen, answer } = await open({ core });
    edit(stores);
    stores.connection.getState().chooseProvider('local-vault');
    const switching = stores.workspaces.getState().switchTo(OTHER);
    const asked = await answer(undefined);
    await switching;
    expect(asked).toContain('Switch to Client?');
    expect(asked).toContain('Settings → Vault have unsaved changes. Unsaved edits: production.');
    expect(reopen).not.toHaveBeenCalled();
  });

  it('says what deleting one takes along, and why it failed', async () => {
    const remove = (): never => {
      throw offline;
    };
    const { stores, reopen, said, answer } = await open({
      core: { workspaces: { ...core.workspaces, remove } },
    });
    const removing = stores.workspaces.getState().remove();
    expect(await answer('delete')).toContain('its 2 environments');
    await removing;
    expect(reopen).not.toHaveBeenCalled();
    expect(said()).toContain('Out of reach.');
    expect(stores.announcements.getState().current?.tone).toBe('bad');
  });

  it('remembers the environment that was open last', async () => {
    const { stores, preferences } = await open();
    stores.navigation.getState().go({ screen: 'environment', id: OTHER });
    stores.navigation.getState().go({ screen: 'compare' });
    expect(preferences.getState().lastEnvironments[WORKSPACE]).toBe(OTHER);
  });
});

it('hands the exported activity over as a file', async () => {
  const { stores, said } = await open({
    core: { activity: { export: () => ({ text: '{}', fileName: 'activity.jsonl' }) } },
  });
  await stores.activity.getState().export();
  expect(download).toHaveBeenCalledExactlyOnceWith('{}', 'activity.jsonl', 'application/x-ndjson');
  expect(said()).toBe('activity.jsonl written to your downloads.');
});

it.each([
  [true, ''],
  [false, ' A clipboard history, if one is on, keeps it.'],
])(
  'says what was copied, what was left out, and how long it stays (concealed: %s)',
  async (isConcealed, note) => {
    const copied = { by: 'host', clearsAfterMs: 30_000, isConcealed } as const;
    const { stores, said } = await open({
      core: { environments: { copyLines: () => ({ copied, leftOut: 1 }) } },
    });
    await stores.environment.getState().open(ID);
    const rows = rowsOf([API_KEY, { ...API_KEY, key: 'OTHER' }], undefined);
    await stores.environment.getState().copyRows(rows);
    expect(said()).toBe(
      `1 variable copied. 1 left out: this form cannot hold them. The clipboard is emptied after 30 s.${note}`,
    );
  },
);

it('closes with nothing left on show', async () => {
  const { stores } = await open();
  await stores.environment.getState().open(ID);
  edit(stores);
  stores.connection.getState().chooseProvider('local-vault');
  closeStores(stores);
  expect(stores.environment.getState().data).toBeUndefined();
  expect(unsaved(stores)).toBe(0);
  expect(stores.connection.getState().provider).toBe('hashicorp-vault');
});
