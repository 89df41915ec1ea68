import type { Client } from '@shared/contract/window';
import type { Environment } from '@shared/model/environment';
import type { MigrationProgress, MigrationRequest } from '@shared/model/migration';
import { AppError, type ErrorCode } from '@shared/errors';
import { describe, expect, it } from 'vitest';
import { createMigrate } from './store';

const environments: readonly Environment[] = ['a', 'b', 'c'].map((id) => ({
  id,
  name: `shop/${id}`,
  path: `shop/${id}`,
  synced: true,
  active: false,
  state: 'loaded',
}));

const place = (path: string) => ({ provider: 'hashicorp-vault', path }) as const;

interface Fakes {
  /** The outcome of each migration; the default is that it is done. */
  readonly fail?: Readonly<Record<string, ErrorCode>>;
  readonly onRun?: (environmentId: string) => void;
  readonly mayChange?: (id: string) => boolean;
}

async function opened({ fail = {}, onRun, mayChange = () => true }: Fakes = {}) {
  const ran: string[] = [];
  const run = async function* (
    { environmentId, toPath }: MigrationRequest,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<MigrationProgress> {
    ran.push(`${environmentId} to ${toPath}`);
    yield { type: 'stage', stage: 'reading' };
    onRun?.(environmentId);
    if (signal.aborted) throw new AppError('CANCELLED');
    const code = fail[environmentId];
    if (code !== undefined) throw new AppError(code);
    const [from, to] = [place(`shop/${environmentId}`), place(toPath)];
    yield { type: 'summary', from, to, reachable: true, recoverable: true, durationMs: 1 };
  };
  const client = {
    migrations: {
      targets: async () => [{ provider: 'hashicorp-vault', label: 'Vault', current: true }],
      plan: async ({ environmentId, toPath }: MigrationRequest) => ({
        from: { ...place(`shop/${environmentId}`), label: 'Vault', exists: true },
        to: { ...place(toPath), label: 'Vault', exists: false },
        keys: [],
        reachable: true,
      }),
      run: async (...call: Parameters<typeof run>) => run(...call),
      pending: async () => [],
    },
  } as unknown as Client;
  const migrate = createMigrate(client, 'workspace', {
    mayChange: async (id) => mayChange(id),
    mayUndo: async () => true,
    onEnded: async () => undefined,
    say: () => undefined,
    environments: () => environments,
  });
  await migrate.getState().open('a', ['b', 'c']);
  const phases = () => migrate.getState().run?.items.map(({ phase }) => phase);
  const plan = async (): Promise<void> => {
    migrate.getState().setFolder('new');
    await migrate.getState().makePlan();
  };
  return { migrate, ran, phases, plan };
}

describe('several migrations', () => {
  it('are planned together and run one after the other', async () => {
    const { migrate, ran, phases, plan } = await opened();
    await migrate.getState().start();
    expect(ran).toEqual([]);
    await plan();
    await migrate.getState().start();
    expect(ran).toEqual(['a to new/a', 'b to new/b', 'c to new/c']);
    expect(phases()).toEqual(['done', 'done', 'done']);
    expect(migrate.getState().run?.phase).toBe('done');
  });

  it('go on after one that fails, which can be planned again', async () => {
    const { migrate, ran, phases, plan } = await opened({ fail: { b: 'PERMISSION_DENIED' } });
    await plan();
    await migrate.getState().start();
    expect(phases()).toEqual(['done', 'failed', 'done']);
    expect(migrate.getState().run?.phase).toBe('failed');
    migrate.getState().backToPlan();
    expect(migrate.getState().form.moves.map(({ environmentId }) => environmentId)).toEqual(['b']);
    await migrate.getState().start();
    expect(ran.at(-1)).toBe('b to new/b');
  });

  it('end with a failure that all would share', async () => {
    const { migrate, ran, phases, plan } = await opened({ fail: { a: 'OFFLINE' } });
    await plan();
    await migrate.getState().start();
    expect(ran).toHaveLength(1);
    expect(phases()).toEqual(['failed', 'waiting', 'waiting']);
  });

  it('end with Cancel: those after it are not started', async () => {
    const onRun = (id: string): void => {
      if (id === 'b') scene.migrate.getState().cancel();
    };
    const scene = await opened({ onRun });
    await scene.plan();
    await scene.migrate.getState().start();
    expect(scene.phases()).toEqual(['done', 'cancelled', 'waiting']);
    expect(scene.migrate.getState().run?.phase).toBe('cancelled');
  });

  it('with one path for two are refused for both', async () => {
    const { migrate, ran, plan } = await opened();
    await plan();
    migrate.getState().setPath('b', 'new/a');
    expect(migrate.getState().plans).toBeUndefined();
    await migrate.getState().makePlan();
    const refused = [...(migrate.getState().plans ?? [])].flatMap(([id, one]) =>
      one.refused === undefined ? [] : [id],
    );
    expect(refused).toEqual(['a', 'b']);
    await migrate.getState().start();
    expect(ran).toEqual(['c to new/c']);
  });

  it('start only if every one may be changed', async () => {
    const { migrate, ran, plan } = await opened({ mayChange: (id) => id !== 'c' });
    await plan();
    await migrate.getState().start();
    expect(ran).toEqual([]);
    expect(migrate.getState().run).toBeUndefined();
  });
});
