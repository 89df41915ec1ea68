import type { Client } from '@shared/contract/window';
import type { CheckStep, ConnectionForm, ConnectionSettings } from '@shared/model/connection';
import { providerIds } from '@shared/providers/descriptor';
import { expect, it, vi } from 'vitest';
import { createConnection, type ConnectionEvents } from './store';

const WORKSPACE = '00000000-0000-4000-8000-000000000000';

const settings = (token: boolean): ConnectionSettings => ({
  source: 'global',
  provider: 'hashicorp-vault',
  providers: Object.fromEntries(
    providerIds.map((id) => [
      id,
      {
        values:
          id === 'hashicorp-vault'
            ? { url: 'https://vault.example', authentication: 'token', enginePath: 'secret' }
            : {},
        savedCredentials: token && id === 'hashicorp-vault' ? ['token'] : [],
        savedElsewhere: {},
        saved: true,
      },
    ]),
  ) as ConnectionSettings['providers'],
});

const REFUSED: CheckStep = {
  id: 'authentication',
  label: 'Authentication',
  status: 'failed',
  error: { code: 'TOKEN_INVALID', message: 'The token was refused.', hint: 'Enter another.' },
};

function connectionOf(answers: Partial<ConnectionEvents> = {}, steps: CheckStep[] = []) {
  const saved: ConnectionForm[] = [];
  const client = {
    connections: {
      override: async () => ({ ...settings(true), source: 'workspace' }) as const,
      save: async (form: ConnectionForm) => {
        saved.push(form);
        return {
          ...settings(true),
          source: form.scope,
          provider: form.provider,
        } as ConnectionSettings;
      },
      test: async () => steps,
    },
  } as unknown as Client;
  const events = {
    onSaved: vi.fn<ConnectionEvents['onSaved']>(async () => undefined),
    onTested: vi.fn<ConnectionEvents['onTested']>(async () => undefined),
    maySaveRefused: vi.fn<ConnectionEvents['maySaveRefused']>(
      answers.maySaveRefused ?? (async () => true),
    ),
    scopeOfChange: vi.fn<ConnectionEvents['scopeOfChange']>(
      answers.scopeOfChange ?? (async () => 'global'),
    ),
    mayUseGlobal: async () => true,
  };
  const connection = createConnection(client, WORKSPACE, settings(true), events);
  const type = (text: string): void =>
    connection.getState().setCredential('token', { state: 'typed', text, replaces: true });
  return { connection, saved, events, type };
}

it('asks before it saves a token that was just refused, and only for that token', async () => {
  const answers = [false, true];
  const { connection, saved, events, type } = connectionOf(
    { maySaveRefused: async () => answers.shift() ?? true },
    [REFUSED],
  );
  type('hvs.refused');
  await connection.getState().startTest();
  expect(events.onTested).toHaveBeenCalledWith(false);
  await connection.getState().save();
  expect(events.maySaveRefused).toHaveBeenCalledWith(REFUSED.error);
  expect(saved).toEqual([]);
  await connection.getState().save();
  expect(saved).toHaveLength(1);
  // Answered: a save that needs a second try does not ask again.
  await connection.getState().retrySave();
  expect(events.maySaveRefused).toHaveBeenCalledTimes(2);

  type('hvs.other');
  await connection.getState().save();
  expect(events.maySaveRefused).toHaveBeenCalledTimes(2);
  expect(connection.getState().test).toBeUndefined();
});

it('asks once for which workspaces a change is, and not for a new token', async () => {
  const { connection, saved, events, type } = connectionOf();
  type('hvs.new');
  await connection.getState().save();
  expect(events.scopeOfChange).not.toHaveBeenCalled();
  connection.getState().setValue('enginePath', 'team');
  await connection.getState().save();
  connection.getState().chooseProvider('local-vault');
  await connection.getState().save();
  expect(events.scopeOfChange).toHaveBeenCalledOnce();
  expect(saved.map(({ scope }) => scope)).toEqual(['global', 'global', 'global']);
});

it('saves nothing if that question is cancelled', async () => {
  const { connection, saved } = connectionOf({ scopeOfChange: async () => undefined });
  connection.getState().chooseProvider('local-vault');
  await connection.getState().save();
  expect(saved).toEqual([]);
  expect(connection.getState().scope).toBe('global');
});

it('asks for the credentials again if the change is for this workspace only', async () => {
  const { connection, saved, events, type } = connectionOf({
    scopeOfChange: async () => 'workspace',
  });
  connection.getState().setValue('enginePath', 'team');
  expect(await connection.getState().save()).toEqual({ token: 'Enter the Token.' });
  expect(saved).toEqual([]);
  type('hvs.of-this-workspace');
  await connection.getState().save();
  expect(saved).toMatchObject([{ scope: 'workspace', values: { enginePath: 'team' } }]);
  expect(events.scopeOfChange).toHaveBeenCalledOnce();
});

it('goes on after the save that succeeds, also if the first one failed', async () => {
  const { connection } = connectionOf();
  const next = vi.fn<() => void>();
  connection.getState().setValue('enginePath', '');
  await connection.getState().save(next);
  expect(next).not.toHaveBeenCalled();
  connection.getState().setValue('enginePath', 'team');
  await connection.getState().retrySave();
  expect(next).toHaveBeenCalledOnce();
  await connection.getState().save();
  expect(next).toHaveBeenCalledOnce();
});

it('keeps what is typed while a save is under way, as unsaved', async () => {
  const { connection, saved, type } = connectionOf();
  connection.getState().setValue('enginePath', 'team');
  type('hvs.sent');
  const saving = connection.getState().save();
  await vi.waitFor(() => expect(saved).toHaveLength(1));
  connection.getState().setValue('namespace', 'typed-meanwhile');
  type('hvs.typed-meanwhile');
  await saving;
  const { values, credentials } = connection.getState().drafts['hashicorp-vault'];
  expect(saved).toMatchObject([{ values: { enginePath: 'team' } }]);
  expect(values['namespace']).toBe('typed-meanwhile');
  // What was sent is as the answer says.
  expect(values['enginePath']).toBe('secret');
  expect(credentials['token']).toMatchObject({ text: 'hvs.typed-meanwhile' });
});

it('says while the form is being replaced by that of another scope', async () => {
  const { connection } = connectionOf();
  expect(connection.getState().rescoping).toBe(false);
  const overriding = connection.getState().override();
  expect(connection.getState().rescoping).toBe(true);
  await overriding;
  expect(connection.getState()).toMatchObject({ rescoping: false, scope: 'workspace' });
});
