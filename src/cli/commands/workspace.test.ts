import { expect, it } from 'vitest';
import { TestCommand } from '@test/support/command';

it('creates, lists, uses, renames and deletes workspaces', async () => {
  const command = new TestCommand();
  await command.ok(['workspace', 'create', 'Team']);
  await command.ok(['workspace', 'use', 'team']);
  expect(await command.ok(['workspace', 'list'])).toBe(
    [
      'NAME      IN USE  CONNECTION',
      'Personal          the default',
      'Team      in use  the default',
      '',
    ].join('\n'),
  );
  await command.ok(['env', 'create', 'production']);
  expect(await command.ok(['env', 'list', '--all'])).toBe(
    [
      'NAME        VALUES            ACTIVE  WORKSPACE',
      'production  on this computer          Team',
      '',
    ].join('\n'),
  );
  expect(await command.ok(['env', 'list', '--workspace', 'Personal'])).toBe('');
  await command.ok(['workspace', 'rename', 'Team', 'Payments']);
  expect(await command.run(['workspace', 'delete', 'Payments', '--yes'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('The workspace “Payments” has 1 environment.') as string,
  });
  await command.ok(['workspace', 'delete', 'Payments', '--yes', '--force']);
  expect(await command.json(['workspace', 'list'])).toEqual([
    expect.objectContaining({ name: 'Personal', current: true, ownConnection: false }),
  ]);
  expect(await command.run(['workspace', 'delete', 'Personal', '--yes'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('The last workspace cannot be deleted.') as string,
  });
});
