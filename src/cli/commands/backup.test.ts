import { expect, it } from 'vitest';
import { commandWith, type TestCommand } from '@test/support/command';

async function named(command: TestCommand): Promise<string> {
  const made = await command.json(['backup', 'make']);
  expect(made).toMatchObject({
    reason: 'daily',
    name: expect.stringMatching(/^strongroom-.*\.db$/),
  });
  return (made as { readonly name: string }).name;
}

it('restores a backup with the next command', async () => {
  const command = await commandWith('production');
  const name = await named(command);
  await command.ok(['env', 'create', 'later']);
  expect(await command.json(['backup', 'list'])).toMatchObject([{ name, reason: 'daily' }]);
  const restored = await command.json(['backup', 'restore', name, '--yes']);
  expect(restored).toEqual({ name, waiting: true });
  const environments = await command.ok(['env', 'list']);
  expect(environments).toContain('production');
  expect(environments).not.toContain('later');
});

it('asks before it restores, and knows its backups', async () => {
  const command = await commandWith('production');
  const name = await named(command);
  await command.ok(['env', 'create', 'later']);
  const refused = await command.run(['backup', 'restore', name], {
    answers: [['Put the backup', 'n\r']],
  });
  expect(refused.code).not.toBe(0);
  expect(await command.ok(['env', 'list'])).toContain('later');
  const unknown = await command.run(['backup', 'restore', 'strongroom-none.db', '--yes']);
  expect(unknown.err).toContain('There is no backup strongroom-none.db.');
});
