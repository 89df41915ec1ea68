/** `npm run servers` as a person runs it: in a separate process. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
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

const PORTS = ['vault', 'aws', 'ssm', 'google', 'azure'].flatMap((name) => [`--${name}-port`, '0']);

const after = (label: string, text: string): string =>
  new RegExp(`${label} +(\\S+)`).exec(text)?.[1] ?? '';

describe('npm run servers', () => {
  it('prints what to type, serves it, and stops on request', { timeout: 30_000 }, async () => {
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
    const keyVault = after('Key Vault {3}', text);
    const token = await httpCall(keyVault, `/${after('Tenant ID', text)}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'https://vault.azure.net/.default',
        client_id: after('Client ID', text),
        client_secret: after('Client Secret {3}', text),
      }).toString(),
    });
    const { access_token: bearer } = token.json as { readonly access_token: string };
    const staging = await httpCall(keyVault, '/secrets/staging?api-version=7.4', {
      headers: { Authorization: `Bearer ${bearer}` },
    });
    expect(staging.json).toMatchObject({ contentType: 'application/json' });
    const google = await httpCall(
      after('Global Endpoint', text),
      '/v1/projects/sample-project/secrets/production/versions/latest:access',
      { headers: { Authorization: `Bearer ${after('Access Token', text)}` } },
    );
    const { data } = (google.json as { payload: { data: string } }).payload;
    expect(JSON.parse(Buffer.from(data, 'base64').toString())).toMatchObject({
      APP_ENV: 'production',
    });
    const keyFile = after('Service Account Key', text);
    expect(JSON.parse(readFileSync(keyFile, 'utf8'))).toMatchObject({ type: 'service_account' });
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
    expect(existsSync(keyFile)).toBe(false);
  });

  it('names the option for a port that is in use', { timeout: 30_000 }, async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      taken.close();
    });
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { exited, output } = run(...PORTS.slice(0, -1), String(port));
    expect(await exited).toEqual([2, null]);
    expect(output()).toBe('The port is in use. Choose another with --azure-port N.\n');
  });

  it('says what is wrong with an option', { timeout: 30_000 }, async () => {
    const { exited, output } = run('--vault-port', 'eighty');
    expect(await exited).toEqual([2, null]);
    expect(output()).toBe('--vault-port wants a port from 0 to 65535, not “eighty”.\n');
  });
});
