import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

it('is set up for another person by a file without secrets', async () => {
  const command = new TestCommand();
  await command.ok(['env', 'create', 'mine']);
  await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'a value of mine' });
  const grant = 'grant create --name service --host api.example.com --value -';
  await command.ok(grant.split(' '), { stdin: 'sk-of-mine-4711' });
  const exported = await command.run(['workspace', 'export', 'team.json']);
  expect(exported.err).toContain('Wrote team.json. It holds no secret.');
  const text = readFileSync(join(command.cwd, 'team.json'), 'utf8');
  expect(text).not.toMatch(/of mine|of-mine/);
  expect(await command.ok(['workspace', 'export'])).toBe(text);

  const other = new TestCommand();
  writeFileSync(join(other.cwd, 'team.json'), text);
  const plan = ['workspace', 'import', 'team.json', '--name', 'Team'];
  expect(await other.ok([...plan, '--dry-run'])).toMatch(
    /grant +service +would be added +sends token, to be entered to api\.example\.com/,
  );
  expect(await other.ok(['workspace', 'list'])).not.toContain('Team');
  const refused = await other.run([...plan, '--no-input']);
  expect(refused.code).not.toBe(0);
  const done = await other.run([...plan, '--yes']);
  expect(done).toMatchObject({ code: 0 });
  expect(done.err).toContain('strongroom grant rotate service --workspace Team');
  const list = (await other.ok(['env', 'list', '--workspace', 'Team'])).split('\n');
  expect(list.some((line) => line.startsWith('mine'))).toBe(true);
  expect(await other.ok(plan)).not.toContain('added');
});
