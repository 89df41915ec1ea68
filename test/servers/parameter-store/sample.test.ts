import { GetParametersByPathCommand, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { seedSampleParameters } from './sample';
import { connect, failure, get, server, startServerForEachTest } from './testing';

startServerForEachTest();

test('sample data is there to be looked at', async () => {
  const { path, ...credentials } = seedSampleParameters(server);
  const client = connect(credentials);
  const counts: Record<string, number> = {};
  for (const folder of ['shop/production', 'shop/staging', 'billing']) {
    const pages = paginateGetParametersByPath(
      { client },
      { Path: `${path}/${folder}`, WithDecryption: true },
    );
    counts[folder] = 0;
    for await (const { Parameters = [] } of pages) counts[folder] += Parameters.length;
  }
  expect(counts).toEqual({ 'shop/production': 14, 'shop/staging': 12, billing: 2 });
  expect(
    await failure(
      client.send(
        new GetParametersByPathCommand({ Path: `${path}/payroll`, WithDecryption: true }),
      ),
    ),
  ).toMatchObject({ name: 'AccessDeniedException' });
  const staging = await client.send(get(`${path}/shop/staging/DB_PORT:tested`));
  expect(staging.Parameter).toMatchObject({ Value: '5433', Version: 2 });
  expect(server.parameter(`${path}/shop/production/CERTIFICATES`)?.tier).toBe('Advanced');
});
