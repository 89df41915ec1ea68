/** What a login sends out of a file, whoever wrote the settings that name it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serviceAccountToken } from '@test/servers/vault/kubernetes';
import { startVaultServer } from '@test/servers/vault/server';
import { connect, errorOf, options } from '@test/support/hashicorp-vault';
import { temporaryDirectory } from '@test/support/temporary-directory';

const jwtOf = (claims: unknown): string =>
  ['{}', JSON.stringify(claims), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

it('a Kubernetes login sends nothing from a file but the token of a service account', async () => {
  const server = await startVaultServer();
  onTestFinished(() => server.close());
  const jwtFile = join(temporaryDirectory(), 'token');
  const read = (text: string) => {
    writeFileSync(jwtFile, text);
    return errorOf(connect(server.url, { kubernetesRole: 'app', jwtFile }).read('app', options()));
  };
  const others = [
    'hvs.token-of-somebody',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    jwtOf({ sub: 'alice@example.com' }),
    `AWS_SECRET=1\n${serviceAccountToken('shop/api')}`,
  ];
  for (const text of others) {
    const error = await read(text);
    expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { field: 'jwtFile' } });
    expect(JSON.stringify(error.report())).not.toContain(text);
  }
  expect(server.requests).toHaveLength(0);
  expect((await read(serviceAccountToken('shop/api'))).code).toBe('LOGIN_REFUSED');
});
