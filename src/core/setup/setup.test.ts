/** The set-up of a workspace as a file: what it holds, and what another computer makes of it. */
import { describe, expect, it } from 'vitest';
import type { GrantSettings } from '@shared/model/grant';
import { defaultPolicy } from '@shared/model/policy';
import { failureOf } from '@test/support/failure-of';
import { startCore, type TestCore } from '@test/support/core';

const SECRETS = ['hvs.CANARY-token-4711', 'CANARY-value-4712', 'CANARY-grant-4713'] as const;
const [TOKEN, VALUE, GRANT] = SECRETS;
const signal = new AbortController().signal;

/** A workspace of every kind of thing that a file holds. */
async function team(): Promise<{ core: TestCore; text: string }> {
  const core = await startCore();
  await core.client.connections.save({
    workspaceId: core.workspaceId,
    provider: 'hashicorp-vault',
    values: {
      ...(await core.client.connections.settings({ workspaceId: core.workspaceId })).providers[
        'hashicorp-vault'
      ].values,
      url: 'https://vault.example.com',
      enginePath: 'team',
    },
    credentials: { token: { action: 'replace', value: TOKEN } },
  });
  const { environments } = core.core;
  environments.createAt(core.workspaceId, 'api/prod', 'api/prod');
  const id = await core.create('mine', { URL: VALUE, LEVEL: 'debug' });
  await core.save(id, {
    edits: [
      { key: 'LEVEL', secret: false, note: 'How much is logged.' },
      { key: 'URL', disabled: true },
    ],
    additions: [{ key: 'KEY', value: '@api/prod/KEY' }],
  });
  environments.setExpands(id, true);
  core.core.workspaces.setExpected(core.workspaceId, [
    { key: 'URL', type: 'url', note: 'Where the shop is.' },
    { key: 'LEVEL', type: 'one-of', choices: ['debug', 'info'], under: 'mine', optional: true },
  ]);
  const settings = (host: string): GrantSettings => ({
    type: 'bearer',
    rules: [],
    hosts: [host],
    networks: [],
    policy: defaultPolicy,
  });
  await core.core.grants.create(core.workspaceId, {
    name: 'stored',
    settings: settings('api.example.com'),
    secrets: { token: { value: GRANT } },
  });
  const { id: original } = await core.core.grants.create(core.workspaceId, {
    name: 'referring',
    settings: settings('api.example.org/v1'),
    secrets: { token: { environment: 'mine', key: 'URL' } },
  });
  await core.core.grants.clone(original, { name: 'for a day', policy: defaultPolicy });
  const { text } = await core.core.setup.export(core.workspaceId);
  return { core, text };
}

describe('an exported set-up', () => {
  it('has connection, environments, references and grants, and no value', async () => {
    const { core, text } = await team();
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toEqual({
      strongroom: 1,
      workspace: 'Personal',
      connection: {
        provider: 'hashicorp-vault',
        settings: { enginePath: 'team', url: 'https://vault.example.com' },
      },
      environments: [
        { name: 'api/prod', path: 'api/prod' },
        {
          name: 'mine',
          expands: true,
          plain: ['LEVEL'],
          disabled: ['URL'],
          notes: { LEVEL: 'How much is logged.' },
          references: { KEY: '@api/prod/KEY' },
        },
      ],
      expected: [
        { key: 'URL', type: 'url', note: 'Where the shop is.' },
        { key: 'LEVEL', type: 'one-of', choices: ['debug', 'info'], under: 'mine', optional: true },
      ],
      grants: [
        expect.objectContaining({ name: 'referring', secrets: { token: '@mine/URL' } }),
        expect.objectContaining({ name: 'stored', secrets: { token: null } }),
      ],
    });
    expect((await core.core.setup.export(core.workspaceId)).text).toBe(text);
  });
});

describe('importing a set-up', () => {
  it('makes the same set-up elsewhere, and asks for what is secret', async () => {
    const { text } = await team();
    const other = await startCore();
    const { setup, grants, connections } = other.core;
    const asked = setup.plan(text, 'Acme');
    expect(other.core.workspaces.list().workspaces).toHaveLength(1);
    const done = await setup.import(text, 'Acme', signal);
    expect(done.changes).toEqual(asked.changes);
    expect(done.changes.map(({ action }) => action)).toEqual(done.changes.map(() => 'added'));
    expect(done.changes.find(({ name }) => name === 'stored')).toMatchObject({
      detail: 'sends token, to be entered to api.example.com',
      toEnter: ['token'],
    });
    const again = JSON.parse((await setup.export(done.id)).text) as object;
    expect(again).toEqual({ ...(JSON.parse(text) as object), workspace: 'Acme' });
    expect(connections.settings(done.id).providers['hashicorp-vault'].savedCredentials).toEqual([]);
    const stored = grants.find('stored', { workspace: 'Acme' });
    await grants.rotate(stored.id, { token: { value: GRANT } });
    expect(setup.plan(text, 'acme').changes.map(({ action }) => action)).toEqual(
      done.changes.map(() => 'same'),
    );
  });

  it('adds what is missing, and changes nothing that is there', async () => {
    const { text } = await team();
    const other = await startCore();
    const mine = await other.create('api/prod', { A: '1' });
    const before = await other.values(mine);
    const own = [{ key: 'URL', note: 'my own' }];
    other.core.workspaces.setExpected(other.workspaceId, own);
    const { changes } = await other.core.setup.import(text, undefined, signal);
    expect(changes.map(({ kind, name, action }) => [kind, name, action])).toEqual([
      ['workspace', 'Personal', 'same'],
      ['connection', 'HashiCorp Vault', 'added'],
      ['environment', 'api/prod', 'kept'],
      ['environment', 'mine', 'added'],
      ['expected', 'expected variables', 'added'],
      ['grant', 'referring', 'added'],
      ['grant', 'stored', 'added'],
    ]);
    expect(await other.values(mine)).toEqual(before);
    expect(changes.find(({ kind }) => kind === 'expected')?.detail).toBe(
      '1 variable; 1 differs, and stays',
    );
    const [workspace] = other.core.workspaces.list().workspaces;
    expect(workspace?.expected).toEqual([
      ...own,
      expect.objectContaining({ key: 'LEVEL', under: 'mine' }),
    ]);
    const { changes: second } = await other.core.setup.import(text, undefined, signal);
    expect(second.some(({ action }) => action === 'added')).toBe(false);
  });

  it.each([
    ['no JSON', '{"strongroom": 1,', 'This file is not JSON.'],
    ['another file', '{"name": "x"}', 'This is no set-up of Strongroom'],
    ['a later format', '{"strongroom": 2}', 'written by a later Strongroom'],
  ])('refuses %s', async (_, text, message) => {
    const { core } = await startCore();
    expect(await failureOf(core.setup.import(text, undefined, signal))).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(message) as string,
    });
    expect(core.workspaces.list().workspaces).toHaveLength(1);
  });

  it.each([
    [
      'a setting that is not valid',
      (file: string) => file.replace('https://vault.example.com', 'not a url'),
      'The settings of the connection are not valid',
    ],
    [
      'a name that is there twice',
      (file: string) => file.replace('"name": "mine"', '"name": "api/prod"').replace('@mine', '@x'),
      '“api/prod” is in environments twice.',
    ],
    [
      'a grant for an environment that nobody has',
      (file: string) => file.replace('@mine/URL', '@gone/URL'),
      'no environment is called “gone”',
    ],
    [
      'a grant without a host',
      (file: string) => file.replace('"api.example.com"', ''),
      'This is no set-up of Strongroom: see grants.1.hosts',
    ],
  ])('refuses %s, and adds nothing', async (_, alter, message) => {
    const { text } = await team();
    const { core } = await startCore();
    const altered = alter(text);
    expect(altered).not.toBe(text);
    expect(await failureOf(core.setup.import(altered, 'Acme', signal))).toMatchObject({
      message: expect.stringContaining(message) as string,
    });
    expect(core.workspaces.list().workspaces).toHaveLength(1);
  });
});
