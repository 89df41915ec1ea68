/** No command prints, records or stores a value or a credential that it was not asked to print. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openApp } from '@test/support/app';
import { commandWith, type TestCommand } from '@test/support/command';
import { startTestVault } from '@test/support/core';

const VALUE = 'value-that-nobody-may-see';
const TOKEN = 'hvs.credential-that-nobody-may-see';

/** All files of the data directory, as one text. */
function onDisk({ dataDirectory }: TestCommand): string {
  const files = readdirSync(dataDirectory, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile() && existsSync(join(entry.parentPath, entry.name)))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

it.each(['its own core', 'the core of the app'])(
  'keeps values and credentials out of messages, JSON, the log and the files with %s',
  async (which) => {
    const vault = await startTestVault('hvs.root-token-of-this-test');
    const command = await commandWith('production');
    if (which !== 'its own core') await openApp(command);
    const file = (name: string, text: string): void => {
      writeFileSync(join(command.cwd, name), text);
    };
    file('.env', `KEY=${VALUE}\nNEW="${VALUE}\n`);
    file('broken.json', `{"KEY": "${VALUE}", }`);
    file('broken.yaml', `KEY: "${VALUE}\nOTHER: [`);
    file('binary', `${VALUE}\0`);
    const said: string[] = [];
    const type = async (line: string, stdin = ''): Promise<void> => {
      for (const args of [line.split(' '), [...line.split(' '), '--json']]) {
        const { out, err } = await command.run(args, { stdin });
        said.push(`${args.slice(0, 2).join(' ')}: ${out}${err}`);
      }
    };
    const set = `connection set hashicorp-vault --url ${vault.url}`;
    await type(`${set} --token ${TOKEN}`);
    await type(`${set} --token=${TOKEN}`);
    await type(`${set} --tokn=${TOKEN}`);
    await type(`${set} ${TOKEN}`);
    await type(`${set} --token -`, TOKEN);
    await type('connection show');
    await type('test');
    await type('pull');
    await type('env link production');
    await command.ok(`${set} --token -`.split(' '), { stdin: vault.rootToken });
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: VALUE });
    await command.ok(['env', 'link', 'production']);
    // A server that quotes what it was sent, as some proxies do.
    const writes = vault.faults.add({
      match: { method: ['POST', 'PUT'], path: /data\/production$/ },
      effect: {
        kind: 'answer',
        status: 400,
        body: { errors: [`cannot parse "${VALUE}" sent with ${vault.rootToken}`] },
      },
    });
    await type('secret update KEY --value -', VALUE);
    await type('secret create OTHER --value -', VALUE);
    await type('import .env --overwrite');
    writes.remove();
    for (const line of [
      `secret create KEY --value ${VALUE}`,
      `secret update NONE --value ${VALUE}`,
      `secret create KEY ${VALUE}`,
      `secret create KEY --vale=${VALUE}`,
      `secret create KEY -v${VALUE}`,
      'import .env --dry-run',
      'import broken.json',
      'import broken.yaml',
      'secret create BINARY --file binary',
      'secret create KEY --value -',
      'secret list --values',
      'diff production production --all',
      'check',
      'history',
      'history v1',
      'push --dry-run',
      'push --yes',
      'pull',
      'status',
      'connection show',
      'env list',
      'completion names variables',
      'export --format none',
      'run --var A=@NONE -- true',
      'env delete production --yes',
    ]) {
      await type(line, VALUE);
    }
    const secrets = [VALUE, TOKEN, vault.rootToken];
    expect(said.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
    const files = onDisk(command);
    expect(files).toContain('production');
    expect(secrets.filter((secret) => files.includes(secret))).toEqual([]);
  },
);
