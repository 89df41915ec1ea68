import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adding, startCore, startTestAws, startTestVault, TestCore } from '@test/support/core';
import { commandWith, TestCommand } from '@test/support/command';
import { deferred } from '@test/support/deferred';
import { temporaryDirectory } from '@test/support/temporary-directory';

const WARNING =
  'Warning: other users of this machine can see a value on the command line, and the shell remembers it. Use --value - or --file.\n';

describe('strongroom secret', () => {
  it('creates, updates, gets, lists and deletes', async () => {
    const command = await commandWith('production');
    expect(await command.run(['secret', 'create', 'API_KEY', '--value', 'sk-1'])).toEqual({
      code: 0,
      out: '',
      err: `${WARNING}Created API_KEY in “production”.\n`,
    });
    expect(await command.run(['secrets', 'create', 'REGION', '--value', 'eu', '--plain'])).toEqual({
      code: 0,
      out: '',
      err: 'Created REGION in “production”.\n',
    });
    expect(await command.ok(['secret', 'get', 'API_KEY'])).toBe('sk-1');
    expect(await command.ok(['secret', 'list'])).toBe('API_KEY  secret\nREGION   plain\n');
    expect(await command.ok(['secret', 'list', '--values'])).toBe(
      'API_KEY  secret\nREGION   plain   eu\n',
    );
    expect(await command.json(['secret', 'list', '--values'])).toEqual({
      environment: 'production',
      variables: [
        { key: 'API_KEY', kind: 'text', secret: true },
        { key: 'REGION', kind: 'text', secret: false, value: 'eu' },
      ],
    });
    await command.ok(['secret', 'update', '--name', 'API_KEY', '--value', '-'], {
      stdin: 'sk-2\n',
    });
    expect(await command.json(['secret', 'get', 'API_KEY'])).toEqual({
      key: 'API_KEY',
      value: 'sk-2',
      kind: 'text',
    });
    await command.ok(['secret', 'delete', '--name', 'API_KEY', '--yes']);
    expect(await command.ok(['secret', 'list'])).toBe('REGION  plain\n');
  });

  it('asks for a value, masked, if there is none', async () => {
    const command = await commandWith('production');
    const asked = await command.run(['secret', 'create', 'API_KEY'], {
      answers: [['Value of API_KEY', 'sk-typed\r']],
    });
    expect(asked.code).toBe(0);
    expect(asked.err).not.toContain('sk-typed');
    expect(asked.out).toBe('');
    expect(await command.ok(['secret', 'get', 'API_KEY'])).toBe('sk-typed');
  });

  it('ends with 130 on Ctrl+C in the question, and says that nothing was changed', async () => {
    const command = await commandWith('production');
    const ended = await command.run(['secret', 'create', 'API_KEY'], {
      answers: [['Value of API_KEY', '\u0003']],
    });
    expect(ended.code).toBe(130);
    expect(ended.err).toContain('Nothing was changed.');
    expect(await command.ok(['secret', 'list'])).toBe('');
  });

  it('ends on Ctrl+D in the question, and takes no part of several lines', async () => {
    const command = await commandWith('production');
    const create = ['secret', 'create', 'KEY'];
    const ended = await command.run(create, { answers: [['Value of KEY', '\u0004']] });
    expect(ended.code).toBe(130);
    for (const lines of ['BEGIN\r12345\r', 'BEGIN\n12345\n']) {
      const pasted = await command.run(create, { answers: [['Value of KEY', lines]] });
      expect(pasted.code).toBe(3);
      expect(pasted.err).toContain('with --file.');
      expect(pasted.err).not.toMatch(/BEGIN|12345/);
    }
    expect((await command.run(['secret', 'get', 'KEY'])).code).toBe(4);
  });

  it('asks nothing without a terminal or with --no-input', async () => {
    const command = await commandWith('production');
    for (const run of [
      command.run(['secret', 'create', 'API_KEY']),
      command.run(['secret', 'create', 'API_KEY', '--no-input'], { answers: [] }),
    ]) {
      const { code, err } = await run;
      expect(code).toBe(3);
      expect(err).toContain('Value of API_KEY cannot be asked for');
      expect(err).toContain('--value -');
    }
  });

  it('reads a value from a file as it is, and one from standard input without its last line break', async () => {
    const command = await commandWith('production');
    writeFileSync(join(command.cwd, 'cert.pem'), 'line one\nline two\n');
    await command.ok(['secret', 'create', 'CERT', '--file', 'cert.pem']);
    expect(await command.ok(['secret', 'get', 'CERT'])).toBe('line one\nline two\n');
    await command.ok(['secret', 'create', 'TWO', '--value', '-'], { stdin: 'a\n\n' });
    expect(await command.ok(['secret', 'get', 'TWO'])).toBe('a\n');
    const binary = await command.run(['secret', 'create', 'RAW', '--value', '-'], {
      stdin: new Uint8Array([0xff, 0xff, 0x00]),
    });
    expect(binary).toMatchObject({
      code: 3,
      err: expect.stringContaining('Standard input is not text: ') as string,
    });
    writeFileSync(join(command.cwd, 'nul'), 'a\0b');
    for (const [given, stdin] of [
      [['--value', '-'], 'a\0b'],
      [['--file', 'nul'], ''],
    ] as const) {
      const refused = await command.run(['secret', 'create', 'NUL', ...given], { stdin });
      expect(refused.code).toBe(3);
      expect(refused.err).toContain('is not text: it has a NUL character');
      expect(refused.err).toContain('base64');
    }
    expect(await command.ok(['secret', 'list'])).not.toMatch(/RAW|NUL/);
    const none = await command.run(['secret', 'create', 'NONE', '--file', 'missing.txt']);
    expect(none).toMatchObject({
      code: 3,
      err: expect.stringContaining('The file missing.txt cannot be read.') as string,
    });
  });

  it('adds a line break only on a terminal', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'KEY', '--value', 'x', '--plain']);
    expect(await command.ok(['secret', 'get', 'KEY'], { answers: [] })).toBe('x\n');
  });

  it('follows a reference, and prints it with --raw', async () => {
    const command = await commandWith('production');
    await command.ok(['env', 'create', 'shared']);
    await command.ok(['secret', 'create', 'URL', '-e', 'shared', '--value', 'postgres://'], {});
    await command.ok(['secret', 'create', 'DB', '--value', '@shared/URL']);
    await command.ok(['secret', 'create', 'TYPES', '--value', '@types/node', '--plain']);
    expect(await command.ok(['secret', 'get', 'DB'])).toBe('postgres://');
    expect(await command.ok(['secret', 'get', 'DB', '--raw'])).toBe('@shared/URL');
    expect(await command.json(['secret', 'get', 'DB'])).toEqual({
      key: 'DB',
      value: 'postgres://',
      kind: 'text',
    });
    expect(await command.run(['secret', 'get', 'TYPES'])).toMatchObject({
      code: 0,
      out: '@types/node',
      err: expect.stringContaining('TYPES in “production” has the form of a reference') as string,
    });
    expect(await command.ok(['export'])).toBe('DB=postgres://\nTYPES=@types/node\n');
    expect(await command.ok(['export', '--raw'])).toBe('DB=@shared/URL\nTYPES=@types/node\n');
    await command.ok(['secret', 'delete', 'URL', '-e', 'shared', '--yes']);
    for (const args of [['secret', 'get', 'DB'], ['export'], ['run', '--', 'true']]) {
      expect(await command.run(args)).toMatchObject({
        code: 3,
        out: '',
        err: expect.stringContaining('@production/DB: shared has no variable URL.') as string,
      });
    }
  });

  it('does not overwrite with create, and does not create with update', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'KEY', '--value', 'x', '--plain']);
    expect(await command.run(['secret', 'create', 'KEY', '--value', 'y'])).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        `Try: strongroom --data-dir ${command.dataDirectory} secret update -e production -- KEY`,
      ) as string,
    });
    expect(await command.run(['secret', 'update', 'OTHER', '--value', 'y'])).toMatchObject({
      code: 4,
      err: expect.stringContaining(
        `Try: strongroom --data-dir ${command.dataDirectory} secret create -e production -- OTHER`,
      ) as string,
    });
    expect(await command.run(['secret', 'get', 'KEYS'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('Did you mean “KEY”?') as string,
    });
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('x');
  });

  it('names a command that is safe to paste, and no control characters', async () => {
    const command = await commandWith('production');
    const key = '--$(id) \u001B[31m';
    expect(await command.run(['secret', 'create', '--value', 'x', '--plain', '--', key])).toEqual({
      code: 0,
      out: '',
      err: 'Created --$(id) \uFFFD[31m in “production”.\n',
    });
    const { err } = await command.run(['secret', 'update', '--value', 'x', '--', '$(id) or else']);
    expect(err).toContain(
      `Try: strongroom --data-dir ${command.dataDirectory} secret create -e production -- '$(id) or else'\n`,
    );
  });

  it('changes the mark with update, and keeps it otherwise', async () => {
    const command = await commandWith('production');
    await command.ok(['secret', 'create', 'KEY', '--value', 'x', '--plain']);
    await command.ok(['secret', 'update', 'KEY', '--value', 'y']);
    expect(await command.ok(['secret', 'list', '--values'])).toBe('KEY  plain  y\n');
    await command.ok(['secret', 'update', 'KEY', '--value', 'z', '--no-plain']);
    expect(await command.ok(['secret', 'list', '--values'])).toBe('KEY  secret\n');
  });

  it('accepts global options anywhere', async () => {
    const command = await commandWith('production');
    await command.ok([
      '--reason',
      'a test',
      'secret',
      '--no-input',
      'create',
      'KEY',
      '--value',
      '-',
    ]);
    expect(await command.ok(['secret', '--json', 'get', 'KEY'])).toContain('"value": ""');
  });
});

describe.each(['Vault', 'AWS', 'the local vault'] as const)('an environment at %s', (place) => {
  async function linked() {
    const command = new TestCommand();
    const core = new TestCore(command.dataDirectory);
    await core.start();
    if (place === 'Vault') await core.useVault(await startTestVault());
    else if (place === 'AWS') await core.useAws(await startTestAws());
    else await core.useLocal();
    await core.createSynced('production', { FIRST: 'one' });
    await core.close();
    return {
      core,
      command: new TestCommand({ dataDirectory: command.dataDirectory, keychain: core.keychain }),
    };
  }

  it('is read first, edited and written back', async () => {
    const { command, core } = await linked();
    const there = ['-e', 'production'];
    expect(await command.ok(['secret', 'get', 'FIRST', ...there])).toBe('one');
    await command.ok(['secret', 'create', 'SECOND', '--value', '-', ...there], { stdin: 'two' });
    await command.ok(['secret', 'update', 'FIRST', '--value', '-', ...there], { stdin: 'changed' });
    await core.start();
    const id = (await core.environment('production')).id;
    await core.client.environments.pull({ id });
    expect(await core.values(id)).toEqual({ FIRST: 'changed', SECOND: 'two' });
    await core.close();
  });

  it('is released while a person types', async () => {
    const { command, core } = await linked();
    const created = await command.run(['secret', 'create', 'SECOND', '-e', 'production'], {
      answers: [
        [
          'Value of SECOND',
          async () => {
            const other = ['secret', 'create', 'OTHER', '--value', '-', '-e', 'production'];
            await command.ok(other, { stdin: 'meanwhile' });
            return 'typed\r';
          },
        ],
      ],
    });
    expect(created.code).toBe(0);
    await core.start();
    const id = (await core.environment('production')).id;
    await core.client.environments.pull({ id });
    expect(await core.values(id)).toEqual({ FIRST: 'one', OTHER: 'meanwhile', SECOND: 'typed' });
    await core.close();
  });
});

it('changes nothing and says so if somebody else writes between reading and writing', async () => {
  const vault = await startTestVault();
  const [ours, theirs] = [new TestCore(temporaryDirectory()), await startCore()];
  await ours.start();
  await ours.useVault(vault);
  await ours.createSynced('production', { FIRST: 'one' });
  await ours.close();
  await theirs.useVault(vault);
  await theirs.pullAll();
  const command = new TestCommand(ours);
  const held = deferred();
  const write = vault.faults.add({
    match: { method: 'POST', path: /data\/production$/ },
    times: 1,
    until: held.promise,
  });
  const updating = command.run(['secret', 'update', 'FIRST', '--value', '-', '-e', 'production'], {
    stdin: 'ours',
  });
  await write.reached;
  const { id } = await theirs.environment('production');
  await theirs.save(id, adding({ OTHER: 'theirs' }));
  held.resolve();
  expect(await updating).toEqual({
    code: 5,
    out: '',
    err: [
      'Error: Someone else changed this secret since it was read.',
      'Pull the newest version, then make the change again. Nothing was overwritten.',
      `Try: strongroom --data-dir ${command.dataDirectory} secret update FIRST -e production`,
      '',
    ].join('\n'),
  });
  await theirs.client.environments.pull({ id });
  expect(await theirs.values(id)).toEqual({ FIRST: 'one', OTHER: 'theirs' });
});
