import { expect, test } from 'vitest';
import { seedSampleKeyVault } from './sample';
import { askForToken, call, refusal, server, startServerForEachTest } from './testing';

startServerForEachTest();

test('sample data is there to be looked at', async () => {
  const { clientId, clientSecret, tenantId, notes } = seedSampleKeyVault(server);
  const answer = await askForToken({ client_id: clientId, client_secret: clientSecret }, tenantId);
  const { access_token: token } = answer.json as { readonly access_token: string };
  const outcomes: Record<string, unknown> = {};
  for (const name of server.names()) {
    const read = await call('GET', `/secrets/${name}`, { token });
    outcomes[name] = read.status === 200 ? 'value' : refusal(read)[1];
  }
  expect(outcomes).toEqual({
    'demo-APP-ENV': 'value',
    'demo-APP-KEY': 'value',
    'demo-DATABASE-URL': 'value',
    'demo-LOG-LEVEL': 'value',
    'legacy-licence-key': 'value',
    production: 'value',
    qa: 'value',
    'shop-certificate': 'value',
    staging: 'value',
    'switched-off': 'SecretDisabled',
  });
  expect(server.deletedNames()).toEqual(['old-demo']);
  const variables = JSON.parse(server.secret('production')?.current.value ?? '') as object;
  expect(Object.keys(variables).length).toBeGreaterThanOrEqual(10);
  expect(server.secret('staging')?.versions).toHaveLength(2);
  expect(notes.join('\n')).toContain('old-demo');
});
