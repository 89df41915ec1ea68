import { expect, test } from 'vitest';
import { SAMPLE_LOCATION, seedSampleProject } from './sample';
import { call, inProject, outcome, server, startServerForEachTest } from './testing';

startServerForEachTest({ locations: [SAMPLE_LOCATION] });

test('sample data is there to be looked at', async () => {
  const { token } = seedSampleProject(server);
  const get = (target: string, url = server.url) => call('GET', target, { token, url });
  const outcomes: Record<string, string> = {};
  for (const id of server.secrets().ids()) {
    outcomes[id] = outcome(await get(inProject(`secrets/${id}/versions/latest:access`)));
  }
  expect(outcomes).toEqual({
    production: 'OK',
    staging: 'OK',
    'billing-DB_PASSWORD': 'OK',
    'billing-API_KEY': 'OK',
    licence: 'OK',
    keystore: 'OK',
    paused: 'FAILED_PRECONDITION',
    empty: 'NOT_FOUND',
  });
  const regional = inProject(`locations/${SAMPLE_LOCATION}/secrets`);
  expect((await get(regional, server.regionalUrl(SAMPLE_LOCATION))).json).toMatchObject({
    totalSize: 1,
  });
  expect(outcome(await get('projects/payroll/secrets'))).toBe(
    'PERMISSION_DENIED IAM_PERMISSION_DENIED',
  );
  expect(outcome(await get('projects/new-project/secrets'))).toBe(
    'PERMISSION_DENIED SERVICE_DISABLED',
  );
});
