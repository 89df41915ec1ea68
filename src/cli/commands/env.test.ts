import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestCore } from '@test/support/core';
import { commandWith, TestCommand } from '@test/support/command';
import { MemoryKeychain } from '@test/support/memory-keychain';

describe('strongroom env', () => {
  it('creates, lists, renames and deletes, under each of its names', async () => {
    const command = new TestCommand();
    for (const [words, name] of [
      [['env', 'create', 'one'], 'one'],
      [['vault', 'create', '--name', 'two'], 'two'],
      [['secret', 'vault', 'create', '--name', 'api-keys'], 'api-keys'],
    ] as const) {
      expect(await command.run(words)).toEqual({
        code: 0,
        out: '',
        err: `Created the environment “${name}”.\n`,
      });
    }
    await command.ok(['env', 'rename', 'two', 'second']);
    expect(await command.ok(['secret', 'vault', 'list'])).toBe(
      [
        'NAME      VALUES            ACTIVE',
        'one       on this computer',
        'second    on this computer',
        'api-keys  on this computer',
        '',
      ].join('\n'),
    );
    await command.ok(['secret', 'vault', 'delete', '--name', 'api-keys', '--yes']);
    await command.ok(['env', 'use', 'second']);
    expect(await command.json(['env', 'list'])).toEqual([
      expect.objectContaining({ name: 'one', workspace: 'Personal', synced: false, active: false }),
      expect.objectContaining({ name: 'second', active: true }),
    ]);
  });

  it('deletes only an empty environment without --force, and asks first', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'KEY', '--value', 'x', '--plain']);
    expect(await command.run(['env', 'delete', 'production', '--yes'])).toEqual({
      code: 3,
      out: '',
      err: [
        'Error: The environment “production” has 1 variable.',
        'Delete the content first, or choose to delete everything together.',
        `Try: strongroom --data-dir ${command.dataDirectory} env delete production --yes --force`,
        '',
      ].join('\n'),
    });
    const unasked = await command.run(['env', 'delete', 'production', '--force']);
    expect(unasked).toMatchObject({ code: 3, err: expect.stringContaining('--yes') as string });
    const refused = await command.run(['env', 'delete', 'production', '--force'], {
      answers: [['Delete the environment “production”?', 'n']],
    });
    expect(refused.code).toBe(130);
    expect(await command.json(['env', 'list'])).toHaveLength(1);
    const agreed = await command.run(['env', 'delete', 'production', '--force'], {
      answers: [['Delete the environment “production”?', 'y']],
    });
    expect(agreed.code).toBe(0);
    expect(await command.json(['env', 'list'])).toEqual([]);
  });

  it('says which references follow a new name', async () => {
    const command = await commandWith('production');
    await command.ok(['env', 'create', 'staging']);
    const value = '@production/KEY';
    await command.ok(['secret', 'create', 'COPY', '-e', 'staging', '--plain', '--value', value]);
    expect((await command.run(['env', 'rename', 'production', 'live'])).err).toBe(
      'Renamed “production” to “live”.\nReferences that follow: staging/COPY.\n',
    );
    expect(await command.json(['env', 'rename', 'live', 'production'])).toMatchObject({
      name: 'production',
      references: { changed: [{ environment: 'staging', key: 'COPY' }], left: [], notLoaded: [] },
    });
  });

  it('sets whether {{NAME}} is replaced', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'A', '--value', '{{B}}', '--plain']);
    await command.ok(['secret', 'create', 'B', '--value', 'there', '--plain']);
    expect(await command.run(['env', 'set', 'production', '--expand', 'on'])).toEqual({
      code: 0,
      out: '',
      err: 'Programs get the values of “production” with {{NAME}} replaced.\n',
    });
    expect(await command.json(['env', 'list'])).toMatchObject([{ expands: true }]);
    await command.ok(['env', 'set', 'production', '--expand', 'off']);
    expect((await command.json(['env', 'list'])) as object[]).not.toMatchObject([
      { expands: true },
    ]);
    expect(await command.run(['env', 'set', 'production'])).toMatchObject({ code: 3 });
  });

  it('refuses a name that is taken or missing', async () => {
    const command = await commandWith('production');
    expect(await command.run(['env', 'create', 'production'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('There is already an environment “production”.') as string,
    });
    expect(await command.run(['env', 'create'])).toMatchObject({ code: 3 });
    expect(await command.run(['env', 'create', 'a', '--name', 'b'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('Two names were given: “a” and “b”.') as string,
    });
  });
});

describe('an environment by name', () => {
  it('suggests near names, and says which workspace was searched', async () => {
    const command = await commandWith('production');
    expect(await command.run(['secret', 'list', '-e', 'prodution'])).toEqual({
      code: 4,
      out: '',
      err: [
        'Error: There is no environment “prodution” in the workspace “Personal”.',
        'Did you mean “production”?',
        `Try: strongroom --data-dir ${command.dataDirectory} env list`,
        '',
      ].join('\n'),
    });
    expect(await command.run(['env', 'list', '--workspace', 'Persona'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('Did you mean “Personal”?') as string,
    });
  });

  it('is that of the configuration in the folder or above it, unless it is named', async () => {
    const command = await commandWith('one');
    await command.ok(['env', 'create', 'two']);
    const value = (name: string) => ['secret', 'create', 'KEY', '--plain', '-e', name, '--value'];
    await command.ok([...value('one'), '1']);
    await command.ok([...value('two'), '2']);
    const file = join(command.cwd, 'strongroom.config.ts');
    writeFileSync(file, `throw new Error();\nexport default defineConfig({ environment: 'two' });`);
    const get = ['secret', 'get', 'KEY'];
    expect(await command.ok(get)).toBe('2');
    expect(await command.ok(['export'])).toBe('KEY=2\n');
    expect(await command.ok([...get, '-e', 'one'])).toBe('1');
    expect(await command.ok(get, { env: { STRONGROOM_ENV: 'one' } })).toBe('1');
    const inner = join(command.cwd, 'packages');
    mkdirSync(inner);
    const { dataDirectory, keychain } = command;
    const below = new TestCommand({ dataDirectory, keychain, cwd: inner });
    expect(await below.ok(get)).toBe('2');
    await command.ok(['env', 'rename', 'two', 'three']);
    expect(await below.run(get)).toMatchObject({
      code: 4,
      err: expect.stringContaining(`Likely cause: ${file} names this environment.\n`) as string,
    });
    writeFileSync(file, `export default { environment: process.env.STAGE };`);
    expect(await command.run(get)).toMatchObject({
      code: 3,
      err: expect.stringContaining(`${file}:1: the environment is not written`) as string,
    });
    expect(await command.ok([...get, '-e', 'one'])).toBe('1');
  });

  it('is looked for in the workspace of the configuration', async () => {
    const command = await commandWith('one');
    await command.ok(['workspace', 'create', 'Shop']);
    await command.ok(['env', 'create', 'one', '--workspace', 'Shop']);
    await command.ok(['secret', 'create', 'KEY', '-e', 'one', '--value', '1']);
    const file = join(command.cwd, 'strongroom.config.json');
    writeFileSync(file, JSON.stringify({ environment: 'one', workspace: 'Shop' }));
    await command.ok(['secret', 'create', 'KEY', '--value', '2']);
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('2');
    expect(await command.ok(['secret', 'get', 'KEY', '-e', 'one'])).toBe('2');
    const [first] = (await command.json(['workspace', 'list'])) as { name: string }[];
    const other = ['--workspace', first?.name ?? ''];
    expect(await command.ok(['secret', 'get', 'KEY', ...other])).toBe('1');
    writeFileSync(file, JSON.stringify({ environment: 'one', workspace: 'None' }));
    expect(await command.run(['secret', 'list'])).toMatchObject({
      code: 4,
      err: expect.stringContaining(`${file} names this workspace.`) as string,
    });
  });

  it('is STRONGROOM_ENV by default, else the active one, and an error if there is neither', async () => {
    const command = new TestCommand();
    expect(await command.run(['secret', 'list'])).toMatchObject({
      code: 4,
      err: expect.stringContaining(
        'No environment is named, and no environment is active',
      ) as string,
    });
    await command.ok(['env', 'create', 'one']);
    expect(await command.json(['secret', 'list'])).toMatchObject({ environment: 'one' });
    await command.ok(['env', 'create', 'two']);
    expect(await command.run(['secret', 'list'])).toMatchObject({ code: 4 });
    await command.ok(['env', 'use', 'one']);
    const env = { STRONGROOM_ENV: 'two' };
    expect(await command.json(['secret', 'list'])).toMatchObject({ environment: 'one' });
    expect(await command.json(['secret', 'list'], { env })).toMatchObject({ environment: 'two' });
    expect(await command.json(['secret', 'list', '--vault-name', 'one'], { env })).toMatchObject({
      environment: 'one',
    });
  });

  it('lists the candidates if two have the name, and takes their ids', async () => {
    const dataDirectory = new TestCommand().dataDirectory;
    const core = new TestCore(dataDirectory);
    await core.start();
    await core.useLocal();
    await core.createSynced('production', { KEY: 'there' });
    await core.client.environments.disableSync({ id: (await core.environment('production')).id });
    await core.pullAll();
    const ids = (await core.environments()).map(({ id }) => id);
    await core.close();
    const keychain = new MemoryKeychain();
    for (const [account, password] of core.keychain.entries)
      keychain.entries.set(account, password);
    const command = new TestCommand({ dataDirectory, keychain });
    const refused = await command.run(['secret', 'list', '-e', 'production']);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('There are 2 environments “production”.');
    for (const id of ids) expect(refused.err).toContain(id);
    const linked = ids[1] ?? '';
    expect(await command.ok(['secret', 'get', 'KEY', '-e', linked])).toBe('there');
  });
});
