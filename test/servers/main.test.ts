/** `npm run servers` as a person runs it: in a separate process. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpCall } from './http-client';

const script = fileURLToPath(new URL('../../scripts/servers.mjs', import.meta.url));

function run(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return { child, exited: once(child, 'exit'), output: () => output };
}

const PORTS = ['--vault-port', '0', '--aws-port', '0', '--ssm-port', '0'];

const after = (label: string, text: string): string =>
  new RegExp(`${label} +(\\S+)`).exec(text)?.[1] ?? '';

describe('npm run servers', () => {
  it(
    'prints what to type, serves it, and stops when it is told to',
    { timeout: 30_000 },
    async () => {
      const { child, exited, output } = run(...PORTS);
      await expect.poll(output, { timeout: 25_000 }).toContain('Ctrl+C stops them all.');
      const text = output();
      const secret = await httpCall(after('Vault URL', text), '/v1/secret/data/production', {
        headers: { 'X-Vault-Token': after('Token {3}', text) },
      });
      expect(secret.json).toMatchObject({
        data: { data: { APP_ENV: 'production', DB_PORT: 5432 } },
      });
      const unsigned = await httpCall(after('Endpoint Override', text), '/', {
        method: 'POST',
        headers: { 'X-Amz-Target': 'secretsmanager.ListSecrets' },
        body: {},
      });
      expect(unsigned.json).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
      const ssm = text.slice(text.indexOf('AWS Parameter Store\n'));
      const client = new SSMClient({
        endpoint: after('Endpoint Override', ssm),
        region: after('Region', ssm),
        credentials: {
          accessKeyId: after('Access Key ID', ssm),
          secretAccessKey: after('Secret Access Key', ssm),
        },
      });
      const { Parameter } = await client.send(
        new GetParameterCommand({
          Name: `${after('Path Prefix', ssm)}/shop/production/DB_PORT`,
          WithDecryption: true,
        }),
      );
      client.destroy();
      expect(Parameter?.Value).toBe('5432');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    },
  );

  it('says what is wrong with an option', { timeout: 30_000 }, async () => {
    const { exited, output } = run('--vault-port', 'eighty');
    expect(await exited).toEqual([2, null]);
    expect(output()).toBe('--vault-port wants a port from 0 to 65535, not “eighty”.\n');
  });
});
