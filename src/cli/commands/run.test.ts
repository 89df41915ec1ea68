/** `run` and `inject` as processes, with their own core and with that of the app. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandWith } from '@test/support/command';
import { scene, withCommandProcesses } from '@test/support/command-process';

const isWindows = process.platform === 'win32';

withCommandProcesses();

const sh = (script: string): string[] => ['--', 'sh', '-c', script];
const printing = (...names: readonly string[]): string[] =>
  sh(names.map((name) => `echo "${name}=$${name}"`).join(';'));

const SECRET = 'correct horse battery';

describe.skipIf(isWindows)('run', () => {
  it.each(['its own core', 'the core of the app'])('gets the values from %s', async (which) => {
    const it = await scene({ production: { API_KEY: SECRET } });
    if (which !== 'its own core') await it.openApp();
    expect(await it.run(['run', ...printing('API_KEY')])).toEqual({
      code: 0,
      out: 'API_KEY=[API_KEY]\n',
      err: '',
    });
    const { out } = await it.run(['run', '--no-redact', ...printing('API_KEY')]);
    expect(out).toBe(`API_KEY=${SECRET}\n`);
    expect((await it.run(['run', ...sh('exit 9')])).code).toBe(9);
    expect((await it.run(['run', '--', 'strongroom-no-such-command'])).code).toBe(127);
  });

  it('takes references as in KEY=@NAME', async () => {
    const it = await scene({
      production: { ANTHROPIC_API_KEY: 'sk-1', OTHER: 'o' },
      'billing/eu': { DB_URL: 'pg://x', LINK: '@production/OTHER' },
    });
    const vars = [
      'ANTHROPIC_API_KEY=@',
      'A=@ANTHROPIC_API_KEY',
      'B=@billing/eu/DB_URL',
      'C=@billing/eu/LINK',
      String.raw`WEBHOOK_URL=\@`,
      'PLAIN=a=b',
    ].flatMap((text) => ['--var', text]);
    const names = ['ANTHROPIC_API_KEY', 'A', 'B', 'C', 'WEBHOOK_URL', 'PLAIN'];
    const { out } = await it.run(['run', '--no-redact', ...vars, ...printing(...names)]);
    expect(out.trim().split('\n')).toEqual([
      'ANTHROPIC_API_KEY=sk-1',
      'A=sk-1',
      'B=pg://x',
      'C=o',
      'WEBHOOK_URL=@',
      'PLAIN=a=b',
    ]);
  });

  it('starts nothing if a reference is unknown, and names all of them', async () => {
    const it = await scene({ production: { API_KEY: SECRET } });
    const args = ['run', '--var', 'A=@prodution/API_KEY', '--var', 'B=@API_KEYS'];
    const { code, err } = await it.run([...args, '--', 'touch', 'started']);
    expect(code).toBe(3);
    expect(err).toContain('A: there is no environment prodution. Did you mean production?');
    expect(err).toContain('B: production has no variable API_KEYS. Did you mean API_KEY?');
    expect(existsSync(join(it.folder, 'started'))).toBe(false);
  });

  it('takes several environments, files and variables; the later wins', async () => {
    const it = await scene({
      base: { A: 'base', B: 'base', C: 'base', D: 'base', BROKEN: '@base/NOWHERE' },
      staging: { B: 'staging', C: 'staging', D: 'staging' },
    });
    writeFileSync(join(it.folder, '.env'), 'C=file\nD=file\nE=@base/A\nBROKEN=whole\n');
    const args = ['run', '--no-redact', '-e', 'base', '-e', 'staging', '--env-file', '.env'];
    const names = ['A', 'B', 'C', 'D', 'E'];
    const { out, err } = await it.run([...args, '--var', 'D=line', ...printing(...names)]);
    expect(err).toBe('');
    expect(out).toBe('A=base\nB=staging\nC=file\nD=line\nE=base\n');
    const only = await it.run([...args, '--only', 'A,B', ...printing('A', 'B', 'D', 'E')]);
    expect(only.out).toBe('A=base\nB=staging\nD=file\nE=base\n');
    const wrong = await it.run([...args, '--only', 'A,BASE', ...printing('A')]);
    expect(wrong.code).toBe(4);
    expect(wrong.err).toContain('BASE');
  });

  it('uses STRONGROOM_ENV, and replaces {{NAME}} only if asked to', async () => {
    const it = await scene({
      production: {},
      staging: { URL: 'pg://{{USER_NAME}}', USER_NAME: 'me' },
    });
    const env = { STRONGROOM_ENV: 'staging' };
    const args = ['run', '--no-redact'];
    expect((await it.run([...args, ...printing('URL')], env)).out).toBe('URL=pg://{{USER_NAME}}\n');
    expect((await it.run([...args, '--expand', ...printing('URL')], env)).out).toBe(
      'URL=pg://me\n',
    );
  });

  it('warns of a value that looks like a reference, without showing it', async () => {
    const it = await scene({ production: { PACKAGE: '@types/node' } });
    const { out, err } = await it.run(['run', '--no-redact', ...printing('PACKAGE')]);
    expect(out).toBe('PACKAGE=@types/node\n');
    expect(err).toMatch(
      /^Warning: The value of PACKAGE in “production” has the form of a reference/,
    );
    expect(err).not.toContain('types');
  });

  it('refuses a value that no variable can have', async () => {
    const it = await scene({ production: { 'A=B': '1', NUL: 'a\0b' } });
    const { code, err } = await it.run(['run', '--', 'touch', 'started']);
    expect(code).toBe(3);
    expect(err).toContain('The variable A=B has a “=” in its name');
    expect(err).toContain('The variable NUL has a NUL character in its value');
    expect(existsSync(join(it.folder, 'started'))).toBe(false);
  });

  it('leaves the data directory free while the command runs, and passes standard input on', async () => {
    const it = await scene({ production: { API_KEY: SECRET } });
    const nested = it.words('secret', 'get', 'API_KEY');
    const { out } = await it.run(['run', '--no-redact', '--', ...nested]);
    expect(out).toBe(SECRET);
    const child = it.start(['run', '--', 'sh', '-c', 'head -c 300000 | wc -c']);
    child.write('x'.repeat(300_000));
    expect((await child.ended).out.trim()).toBe('300000');
  });

  it.skipIf(process.platform !== 'linux')(
    'shows no value in the arguments of a process',
    async () => {
      const it = await scene({ production: { API_KEY: SECRET } });
      const script = 'cat /proc/$$/cmdline /proc/$PPID/cmdline; exit 0';
      const { out } = await it.run(['run', '--no-redact', '--var', 'A=@API_KEY', ...sh(script)]);
      expect(out).toContain('A=@API_KEY');
      expect(out).not.toContain(SECRET);
    },
  );

  it.each(['its own core', 'the core of the app'])(
    'starts the command again when values in %s change',
    async (which) => {
      const it = await scene({
        production: { API_KEY: 'one', B: '@staging/B' },
        staging: { B: '1' },
      });
      if (which !== 'its own core') await it.openApp();
      const args = ['run', '--no-redact', '--watch', '--watch-interval', '0.1'];
      const child = it.start([...args, ...sh('echo "$API_KEY $B"; read line; exit 4')]);
      await child.until('one 1');
      expect((await it.run(['secret', 'update', 'API_KEY', '--value', 'two'])).code).toBe(0);
      await child.until('two 1');
      const update = ['secret', 'update', 'B', '-e', 'staging', '--value', '2'];
      expect((await it.run(update)).code).toBe(0);
      await child.until('two 2');
      child.write('end\n');
      const { code, err } = await child.ended;
      expect(code).toBe(4);
      expect(err).toBe(
        'The values have changed (API_KEY). Starting sh again.\n' +
          'The values have changed (B). Starting sh again.\n',
      );
    },
  );
});

describe.skipIf(isWindows)('inject', () => {
  const template = String.raw`url={{ @billing/eu/DB_URL }}
key={{@/API_KEY}} {{ other }} \{{ @a/b }}
`;
  const filled = `url=pg://x\nkey=${SECRET} {{ other }} {{ @a/b }}\n`;
  const environments = {
    production: { API_KEY: SECRET },
    'billing/eu': { DB_URL: 'pg://x' },
  };

  it('writes to standard output, from a file and from standard input', async () => {
    const it = await scene(environments);
    writeFileSync(join(it.folder, 'template'), template);
    expect(await it.run(['inject', 'template'])).toEqual({ code: 0, out: filled, err: '' });
    const script = `"$@" < template`;
    const child = spawn('sh', ['-c', script, 'sh', ...it.words('inject')], { cwd: it.folder });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(filled);
  });

  it('writes a file that only its owner can read', async () => {
    const it = await scene(environments);
    const out = join(it.folder, 'out');
    writeFileSync(join(it.folder, 'template'), template);
    writeFileSync(out, 'before', { mode: 0o644 });
    symlinkSync(out, join(it.folder, 'link'));
    expect(await it.run(['inject', 'template', '-o', 'link'])).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect(readFileSync(out, 'utf8')).toBe(filled);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  it('writes nothing if a reference is unknown, and names all of them', async () => {
    const it = await scene(environments);
    writeFileSync(join(it.folder, 'template'), '{{ @production/A }} {{ @prod/B }} {{ @/API_KEY }}');
    writeFileSync(join(it.folder, 'out'), 'before');
    const { code, out, err } = await it.run(['inject', 'template', '-o', 'out']);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('@production/A: production has no variable A.');
    expect(err).toContain('@prod/B: there is no environment prod. Did you mean production?');
    expect(readFileSync(join(it.folder, 'out'), 'utf8')).toBe('before');
  });

  it('refuses a path that is not a file, and a file that is not text', async () => {
    const it = await scene(environments);
    writeFileSync(join(it.folder, 'template'), Buffer.of(0xff, 0xfe, 0xfd));
    expect((await it.run(['inject', 'template'])).err).toContain('is not text in UTF-8');
    expect((await it.run(['inject', 'missing'])).err).toContain('missing cannot be read');
    writeFileSync(join(it.folder, 'template'), 'x');
    for (const target of ['/dev/null', '.']) {
      const { code, err } = await it.run(['inject', 'template', '-o', target]);
      expect(code).toBe(3);
      expect(err).toContain(`${target} is not a file.`);
    }
  });
});

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
])('starts nothing if %s comes before the command is started', async (signal, code) => {
  const command = await commandWith('production');
  await command.ok(['secret', 'create', 'A', '--value', '-'], { stdin: 'a' });
  const ended = new AbortController();
  ended.abort(signal);
  const args = ['run', '--', process.execPath, '-e', 'fs.writeFileSync("started", "")'];
  const ran = await command.run(args, { signal: ended.signal });
  expect(ran).toMatchObject({ code, out: '' });
  expect(ran.err).toContain('was not started');
  expect(existsSync(join(command.cwd, 'started'))).toBe(false);
});
