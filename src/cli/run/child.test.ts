/** Exit codes, signals, terminals and pipes of a command that is run, with real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { quoteForShell } from '@shared/model/shell';
import { buildForChild } from '@test/support/child-process';
import type { Order } from '@test/support/children/run';
import {
  noPseudoTerminal,
  openPseudoTerminal,
  type PseudoTerminal,
} from '@test/support/pseudo-terminal';
import { temporaryDirectory } from '@test/support/temporary-directory';

const isWindows = process.platform === 'win32';

let start = '';
const removals: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const file = new URL('../../../test/support/children/run.ts', import.meta.url);
  const { href } = await buildForChild(file, { atEnd: (remove) => removals.push(remove) });
  start = `import(${JSON.stringify(href)}).then(({ main }) => main(process.argv.slice(1)))`;
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

const commandLine = (order: Order): string[] => [
  process.execPath,
  '--input-type=module',
  '-e',
  start,
  JSON.stringify(order),
];

interface Piped {
  write(text: string): void;
  /** Resolves as soon as the text has come out of standard output. */
  until(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Nobody reads standard output from then on. */
  stopReading(): void;
  readonly ended: Promise<{ readonly code: number; readonly out: Buffer; readonly err: string }>;
}

/** Runs a command with pipes and, in its own session, without a terminal. */
function runPiped(order: Order, env: NodeJS.ProcessEnv = {}): Piped {
  const [node = '', ...args] = commandLine(order);
  const child = spawn(node, args, { detached: true, env: { ...process.env, ...env } });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const checks = new Set<() => void>();
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    for (const check of checks) check();
  });
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const ended = new Promise<Awaited<Piped['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`It was ended by ${String(signal)}.`));
      else resolve({ code, out: Buffer.concat(out), err: Buffer.concat(err).toString() });
    });
  });
  onTestFinished(async () => {
    try {
      // With the command that it runs.
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // They have all ended.
    }
    await ended.catch(() => undefined);
  });
  return {
    write: (text) => child.stdin.write(text),
    until: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!Buffer.concat(out).toString().includes(text)) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
    kill: (signal) => child.kill(signal),
    stopReading: () => child.stdout.destroy(),
    ended,
  };
}

const sh = (script: string): string[] => ['sh', '-c', script];

async function resultOf(order: Order, env?: NodeJS.ProcessEnv) {
  const { code, out, err } = await runPiped(order, env).ended;
  return { code, out: out.toString(), err };
}

/** Says each signal that it gets, and ends with 5 by the line `end`. A shell can miss one while it reads. */
const countsSignals = (...signals: readonly string[]): string[] => [
  process.execPath,
  '-e',
  `for (const signal of ${JSON.stringify(signals)}) {
     process.on('SIG' + signal, () => console.log('got ' + signal));
   }
   process.stdin.on('data', (data) => { if (String(data).includes('end')) process.exit(5); });
   console.log('ready');`,
];

const timesIn = (text: string, part: string): number => text.split(part).length - 1;

describe.skipIf(isWindows)('the exit code', () => {
  it.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['kill -SEGV $$', 139],
  ])('of %j is %i', async (script, code) => {
    expect(await resultOf({ command: sh(script) })).toEqual({ code, out: '', err: '' });
  });

  it('is 127 if there is no such command', async () => {
    const { code, err } = await resultOf({ command: ['strongroom-no-such-command'] });
    expect({ code, err }).toEqual({
      code: 127,
      err: 'There is no command strongroom-no-such-command.\n',
    });
  });

  it('is 126 if the command cannot be executed', async () => {
    const file = join(temporaryDirectory(), 'script');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o600);
    for (const command of [file, '/']) {
      const { code, err } = await resultOf({ command: [command] });
      expect({ code, err }).toEqual({ code: 126, err: `${command} is not executable.\n` });
    }
  });

  it.skipIf(process.platform !== 'linux')('is 126 if the variables are too large', async () => {
    const file = join(temporaryDirectory(), 'values.json');
    writeFileSync(file, JSON.stringify({ LARGE: 'x'.repeat(200_000) }));
    // They are too large for the arguments of the test as well, so they come by a watched file.
    const { code, err } = await resultOf({ command: sh('read line'), watch: file });
    expect(code).toBe(126);
    expect(err).toMatch(/larger than this system allows/);
  });
});

describe.skipIf(isWindows)('the variables', () => {
  it('reach the command, without the credentials of Strongroom', async () => {
    const env = {
      STRONGROOM_PASSPHRASE_FILE: '/secret',
      STRONGROOM_TOKEN: 'hunter2',
      STRONGROOM_SERVE_TOKEN_FILE: '/secret',
      STRONGROOM_ENV: 'staging',
      OTHER_TOKEN: 'stays',
    };
    const { out } = await resultOf({ command: ['env'], variables: { A: 'ä', 'b.c': '1\n2' } }, env);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining(['A=ä', 'b.c=1', 'STRONGROOM_ENV=staging', 'OTHER_TOKEN=stays']),
    );
    expect(out).not.toMatch(/PASSPHRASE_FILE|STRONGROOM_TOKEN|SERVE_TOKEN/);
  });

  it('are not expanded on the command line, because there is no shell', async () => {
    const command = ['printf', '%s|', '$A', '*', 'a b', '"', ''];
    const { out } = await resultOf({ command, variables: { A: 'value' } });
    expect(out).toBe('$A|*|a b|"||');
  });
});

describe.skipIf(isWindows)('a pipe', () => {
  const variables = { API_KEY: 'hunter2-hunter2', PROMPT: '> x' };

  it('passes standard input on', async () => {
    const child = runPiped({ command: sh('read line; echo "<$line>"'), variables });
    child.write('text\n');
    expect((await child.ended).out.toString()).toBe('<text>\n');
  });

  it.each(['', ' >&2'])('is redacted: echo%s', async (where) => {
    const { out, err } = await resultOf({ command: sh(`echo "key=$API_KEY"${where}`), variables });
    expect(out + err).toBe('key=[API_KEY]\n');
  });

  it('is redacted across writes, and shows a prompt without a newline', async () => {
    const script = `printf 'Name: hunter2'; read line; printf '%s' '-hunt'; read line; printf 'er2 %s' "$line"`;
    const child = runPiped({ command: sh(script), variables });
    await child.until('Name: ');
    child.write('a\n');
    child.write('b\n');
    expect((await child.ended).out.toString()).toBe('Name: [API_KEY] b');
  });

  it('shows a prompt that begins like a value', async () => {
    const child = runPiped({ command: sh(`printf '> '; read line; printf 'x'`), variables });
    await child.until('> ');
    child.write('\n');
    expect((await child.ended).out.toString()).toBe('> x');
  });

  it('is left alone with --no-redact', async () => {
    const { out } = await resultOf({ command: sh('echo $API_KEY'), variables, redact: false });
    expect(out).toBe('hunter2-hunter2\n');
  });

  it('carries any bytes unchanged', async () => {
    const file = join(temporaryDirectory(), 'bytes');
    writeFileSync(file, randomBytes(3_000_000));
    const { out } = await runPiped({ command: ['cat', file], variables }).ended;
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(hash(out)).toBe(hash(readFileSync(file)));
  });

  it('can be opened by its name', async () => {
    const script = 'echo "$API_KEY" > /dev/stdout; echo "$API_KEY" > /dev/stderr';
    const { out, err } = await resultOf({ command: sh(script), variables });
    expect([out, err]).toEqual(['[API_KEY]\n', '[API_KEY]\n']);
  });

  it('keeps the order of output and errors if both go there', async () => {
    const lines = Array.from({ length: 50 }, (_, n) => `echo ${n} $API_KEY; echo ${n} >&2;`).join(
      '',
    );
    const [node = '', ...args] = commandLine({ command: sh(lines), variables });
    const both = spawn('sh', ['-c', '"$@" 2>&1', 'sh', node, ...args]);
    const out: Buffer[] = [];
    both.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    await once(both, 'close');
    expect(Buffer.concat(out).toString()).toBe(
      Array.from({ length: 50 }, (_, n) => `${n} [API_KEY]\n${n}\n`).join(''),
    );
  });

  it('that nobody reads any more ends the command', async () => {
    const child = runPiped({ command: ['yes', 'line'], variables });
    await child.until('line\n');
    child.stopReading();
    expect((await child.ended).code).toBe(141);
  });
});

describe.skipIf(isWindows)('a signal without a terminal', () => {
  it.each(['INT', 'TERM', 'HUP', 'QUIT', 'USR1', 'USR2'])(
    '%s is forwarded once, and its end awaited',
    async (signal) => {
      const child = runPiped({ command: countsSignals(signal), variables: { A: 'long value' } });
      await child.until('ready');
      child.kill(`SIG${signal}` as NodeJS.Signals);
      await child.until(`got ${signal}`);
      child.write('end\n');
      const { code, out, err } = await child.ended;
      expect({ code, out: out.toString(), err }).toEqual({
        code: 5,
        out: `ready\ngot ${signal}\n`,
        err: '',
      });
    },
  );

  it('that ends the command is in its code', async () => {
    const child = runPiped({ command: sh('echo ready; exec sleep 600') });
    await child.until('ready');
    child.kill('SIGTERM');
    expect((await child.ended).code).toBe(143);
  });
});

describe.skipIf(isWindows)('watching', () => {
  const writeValues = (file: string, values: Readonly<Record<string, string>>): void => {
    writeFileSync(`${file}.new`, JSON.stringify(values));
    renameSync(`${file}.new`, file);
  };

  it('starts the command again when the values change, and ends with it', async () => {
    const file = join(temporaryDirectory(), 'values.json');
    writeValues(file, { A: 'one' });
    const child = runPiped({
      command: sh('echo "A is $A"; read line; exit 4'),
      variables: { A: 'one' },
      watch: file,
      redact: false,
    });
    await child.until('A is one');
    writeValues(file, { A: 'two' });
    await child.until('A is two');
    child.write('end\n');
    const { code, err } = await child.ended;
    expect({ code, err }).toEqual({ code: 4, err: 'restarting\n' });
  });

  it('goes on if the values cannot be read, and ends by a signal', async () => {
    const file = join(temporaryDirectory(), 'values.json');
    writeFileSync(file, 'broken');
    const child = runPiped({ command: countsSignals('TERM'), watch: file });
    await child.until('ready');
    child.kill('SIGTERM');
    await child.until('got TERM');
    child.write('end\n');
    expect((await child.ended).code).toBe(5);
  });
});

describe.skipIf(noPseudoTerminal !== undefined)(
  `a terminal${noPseudoTerminal === undefined ? '' : ` (skipped: ${noPseudoTerminal})`}`,
  () => {
    const variables = { API_KEY: 'hunter2-hunter2' };
    const open = (order: Order): Promise<PseudoTerminal> => openPseudoTerminal(commandLine(order));

    it('is handed to the command untouched', async () => {
      const terminal = await open({
        command: sh(
          '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && printf "\\033[31m%s\\033[0m\\n" "$API_KEY"; read line',
        ),
        variables,
      });
      await terminal.until('\u001B[31mhunter2-hunter2\u001B[0m');
      terminal.write('\n');
      expect(await terminal.ended).toBe(0);
    });

    it('tells the command its size, and that it changes', async () => {
      const terminal = await open({
        command: [
          process.execPath,
          '-e',
          `process.stdin.resume();
           process.stdout.on('resize', () => {
             console.log(process.stdout.getWindowSize().join(' by '));
             process.exit(3);
           });
           console.log('ready');`,
        ],
      });
      await terminal.until('ready');
      terminal.resize(33, 77);
      await terminal.until('77 by 33');
      expect(await terminal.ended).toBe(3);
    });

    it('and a pipe are told apart, stream by stream', async () => {
      const terminal = await openPseudoTerminal([
        'sh',
        '-c',
        '"$@" | sed "s/^/piped /"',
        'sh',
        ...commandLine({
          command: sh('[ -t 1 ] || [ ! -t 2 ] || echo "$API_KEY" >&2; echo "$API_KEY"'),
          variables,
        }),
      ]);
      expect(await terminal.ended).toBe(0);
      expect(terminal.shown().split('\r\n').toSorted()).toEqual([
        '',
        'hunter2-hunter2',
        'piped [API_KEY]',
      ]);
    });

    it.each([
      ['Ctrl+C', '\u0003', 'INT'],
      ['Ctrl+\\', '\u001C', 'QUIT'],
    ])('sends %s to the command once', async (_, key, signal) => {
      const terminal = await open({ command: countsSignals(signal, 'USR1') });
      await terminal.until('ready');
      terminal.write(key);
      await terminal.until(`got ${signal}`);
      // What has been forwarded before this would have arrived before it.
      process.kill(terminal.pid, 'SIGUSR1');
      await terminal.until('got USR1');
      terminal.write('end\n');
      expect(await terminal.ended).toBe(5);
      expect(timesIn(terminal.shown(), `got ${signal}`)).toBe(1);
    });

    it('ends a command that does not catch Ctrl+C, and nothing is printed', async () => {
      const terminal = await open({ command: sh('echo ready; exec sleep 600') });
      await terminal.until('ready');
      terminal.write('\u0003');
      expect(await terminal.ended).toBe(130);
      expect(terminal.shown()).toBe('ready\r\n^C');
    });

    it('does not keep SIGTERM from the command', async () => {
      const terminal = await open({ command: countsSignals('TERM') });
      await terminal.until('ready');
      process.kill(terminal.pid, 'SIGTERM');
      await terminal.until('got TERM');
      terminal.write('end\n');
      expect(await terminal.ended).toBe(5);
      expect(timesIn(terminal.shown(), 'got TERM')).toBe(1);
    });

    it('can stop and continue the command', async () => {
      const terminal = await openPseudoTerminal(['bash', '--norc', '--noprofile', '-i']);
      const quoted = commandLine({ command: countsSignals('CONT') })
        .map(quoteForShell)
        .join(' ');
      terminal.write(`PS1='shell> '\n${quoted}\n`);
      await terminal.until('\rready');
      terminal.write('\u001A');
      await terminal.until('Stopped');
      terminal.write('fg\n');
      await terminal.until('\r\ngot CONT');
      terminal.write('end\n');
      terminal.write('echo "code $?"; exit\n');
      await terminal.until('code 5');
      expect(await terminal.ended).toBe(0);
    });

    it('that goes away sends the command one signal', async () => {
      const file = join(temporaryDirectory(), 'signals');
      const terminal = await open({
        command: [
          process.execPath,
          '-e',
          `const say = (text) => require('node:fs').appendFileSync(${JSON.stringify(file)}, text);
           process.on('SIGHUP', () => {
             say('HUP ');
             process.kill(process.ppid, 'SIGUSR1');
           });
           process.on('SIGUSR1', () => {
             say('USR1');
             process.kill(process.pid, 'SIGKILL');
           });
           console.log('ready');
           setInterval(() => undefined, 1000);`,
        ],
      });
      await terminal.until('ready');
      terminal.hangUp();
      expect(await terminal.ended).toBe(129);
      expect(readFileSync(file, 'utf8')).toBe('HUP USR1');
    });
  },
);
