/** Values that are not as expected: what the window gets to know of them. */
import { beforeEach, expect, it } from 'vitest';
import { startCore, startTestVault, type TestCore } from '@test/support/core';

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const misfitsOf = async (id: string): Promise<Record<string, string | undefined>> => {
  const { variables } = await core.client.environments.open({ id });
  return Object.fromEntries(variables.map(({ key, misfit }) => [key, misfit]));
};

it('names the key and the rule, and never a part of the value', async () => {
  const secret = 'CANARY-no-number-4711';
  const id = await core.create('api/prod', { URL: secret, PORT: secret, FREE: secret, OK: '1' });
  const { workspaceId: workspace } = core;
  await core.client.workspaces.setExpected({
    id: workspace,
    expected: [
      { key: 'URL', type: 'url' },
      { key: 'PORT', type: 'pattern', pattern: '[0-9]{2,5}', under: 'api' },
      { key: 'OK', type: 'integer' },
      { key: 'FREE', type: 'number', under: 'web' },
    ],
  });
  const opened = await core.client.environments.open({ id });
  expect(await misfitsOf(id)).toEqual({
    URL: 'The value should be a URL.',
    PORT: 'The value should be like [0-9]{2,5}.',
    FREE: undefined,
    OK: undefined,
  });
  expect(JSON.stringify(opened)).not.toContain(secret);
  await core.save(id, { edits: [{ key: 'URL', value: 'https://example.com' }], additions: [] });
  expect((await misfitsOf(id))['URL']).toBeUndefined();
});

it('leaves alone what programs do not get as it is', async () => {
  await core.create('there', { KEY: 'x' });
  const id = await core.create('here', {
    POINTS: '@there/KEY',
    BRACES: '{{KEY}}',
    TEXT: '@none/X',
  });
  await core.client.workspaces.setExpected({
    id: core.workspaceId,
    expected: ['POINTS', 'BRACES', 'TEXT'].map((key) => ({ key, type: 'number' as const })),
  });
  const misfit = 'The value should be a number.';
  expect(await misfitsOf(id)).toEqual({ POINTS: undefined, BRACES: misfit, TEXT: misfit });
  core.core.environments.setExpands(id, true);
  expect(await misfitsOf(id)).toEqual({ POINTS: undefined, BRACES: undefined, TEXT: misfit });
});

it('checks numbers and other kinds as they are written', async () => {
  const vault = await startTestVault();
  vault.kv('secret').put('app', { COUNT: 5, ON: true, LIST: [1], NOTHING: null });
  await core.useVault(vault);
  await core.pullAll();
  await core.client.workspaces.setExpected({
    id: core.workspaceId,
    expected: [
      { key: 'COUNT', type: 'integer' },
      { key: 'ON', type: 'boolean' },
      { key: 'LIST', type: 'boolean' },
      { key: 'NOTHING', type: 'one-of', choices: ['null'] },
    ],
  });
  const { id } = await core.environment('app');
  expect(await misfitsOf(id)).toEqual({
    COUNT: undefined,
    ON: undefined,
    LIST: 'The value should be true or false.',
    NOTHING: undefined,
  });
});
