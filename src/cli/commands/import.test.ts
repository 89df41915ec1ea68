import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandWith, type TestCommand } from '@test/support/command';

const FILE = 'API_KEY="sk-1"\nREGION=eu-west-1\nEMPTY=\nEXISTING=new\n';

async function command(): Promise<TestCommand> {
  const made = await commandWith('production');
  writeFileSync(join(made.cwd, '.env'), FILE);
  await made.ok(['secret', 'create', 'EXISTING', '--value', '-'], { stdin: 'old' });
  return made;
}

const values = async (made: TestCommand, ...keys: string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const key of keys) found.push(await made.ok(['secret', 'get', key]));
  return found;
};

describe('strongroom import', () => {
  it.each([[['import', '.env']], [['secret', 'import', '--file', '.env']]])(
    'skips blank values and variables that exist: %j',
    async (args) => {
      const made = await command();
      const imported = await made.run(args);
      expect(imported).toEqual({
        code: 0,
        out: [
          'API_KEY   added',
          'REGION    added',
          'EMPTY     skipped: it is blank, and --empty was not given',
          'EXISTING  skipped: it exists, and --overwrite was not given',
          '',
        ].join('\n'),
        err: '“production”: 2 added, 0 updated, 2 skipped.\n',
      });
      expect(await made.ok(['secret', 'list'])).toBe(
        'EXISTING  secret\nAPI_KEY   secret\nREGION    secret\n',
      );
      expect(await values(made, 'API_KEY', 'REGION', 'EXISTING')).toEqual([
        'sk-1',
        'eu-west-1',
        'old',
      ]);
    },
  );

  it('overwrites and takes blank values if asked to, and says what stayed the same', async () => {
    const made = await command();
    await made.ok(['secret', 'create', 'REGION', '--value', 'eu-west-1', '--plain']);
    expect(await made.json(['import', '.env', '--overwrite', '--empty'])).toEqual({
      environment: 'production',
      dryRun: false,
      variables: [
        { key: 'API_KEY', outcome: 'added' },
        { key: 'REGION', outcome: 'unchanged' },
        { key: 'EMPTY', outcome: 'added' },
        { key: 'EXISTING', outcome: 'updated' },
      ],
    });
    expect(await values(made, 'EMPTY', 'EXISTING')).toEqual(['', 'new']);
  });

  it('marks all or some as plain', async () => {
    const made = await command();
    await made.ok(['import', '.env', '--plain-keys', 'REGION, API_KEY']);
    expect(await made.ok(['secret', 'list', '--values'])).toBe(
      'EXISTING  secret\nAPI_KEY   plain   sk-1\nREGION    plain   eu-west-1\n',
    );
    const all = await command();
    await all.ok(['import', '.env', '--plain', '--overwrite']);
    expect(await all.ok(['secret', 'list', '--values'])).toBe(
      'EXISTING  plain  new\nAPI_KEY   plain  sk-1\nREGION    plain  eu-west-1\n',
    );
    const unknown = await all.run(['import', '.env', '--plain-keys', 'REGOIN']);
    expect(unknown).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        '--plain-keys names REGOIN, which the file does not have.',
      ) as string,
    });
  });

  it('changes nothing with --dry-run', async () => {
    const made = await command();
    const dry = await made.run(['import', '.env', '--dry-run', '--overwrite']);
    expect(dry.out).toContain('EXISTING  updated');
    expect(dry.err).toBe(
      '“production” would have 2 added, 1 updated, 1 skipped. Nothing was changed.\n',
    );
    expect(await made.ok(['secret', 'list'])).toBe('EXISTING  secret\n');
    expect(await values(made, 'EXISTING')).toEqual(['old']);
  });

  it('reads JSON, YAML and standard input', async () => {
    const made = await command();
    writeFileSync(join(made.cwd, 'a.json'), '{"FROM_JSON": "one", "PORT": 5432}');
    writeFileSync(join(made.cwd, 'a.yaml'), 'FROM_YAML: two\nLIST: [1, 2]\n');
    const json = await made.run(['import', 'a.json']);
    expect(json.err).toContain('Warning: PORT is not text. A new variable holds the text.');
    await made.ok(['import', 'a.yaml']);
    await made.ok(['import', '-'], { stdin: 'FROM_STDIN=three' });
    expect(await values(made, 'FROM_JSON', 'PORT', 'FROM_YAML', 'LIST', 'FROM_STDIN')).toEqual([
      'one',
      '5432',
      'two',
      '[1,2]',
      'three',
    ]);
  });

  it('refuses a NUL in a .env file, and takes it from JSON as any store does', async () => {
    const made = await command();
    writeFileSync(join(made.cwd, 'nul.env'), 'A=1\nB=a\0b\n');
    const refused = await made.run(['import', 'nul.env']);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('The file nul.env is not text: it has a NUL character');
    expect(await made.ok(['secret', 'list'])).toBe('EXISTING  secret\n');
    writeFileSync(join(made.cwd, 'nul.json'), JSON.stringify({ A: 'a\0b' }));
    await made.ok(['import', 'nul.json']);
    expect(await made.ok(['secret', 'get', 'A'])).toBe('a\0b');
    const exported = await made.run(['export']);
    expect(exported.out).toBe('EXISTING=old\n');
    expect(exported.err).toContain('A is left out: its value holds a NUL character.');
  });

  it('refuses a file that is not a list of variables, and changes nothing', async () => {
    const made = await command();
    writeFileSync(join(made.cwd, 'bad.json'), '{"A": ');
    expect(await made.run(['import', 'bad.json'])).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        'it cannot be read from line 1 on. Nothing was imported.',
      ) as string,
    });
    expect(await made.run(['import', 'none.env'])).toMatchObject({ code: 3 });
    expect(await made.run(['secret', 'import'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('The file is missing.') as string,
    });
    expect(await made.ok(['secret', 'list'])).toBe('EXISTING  secret\n');
  });
});
