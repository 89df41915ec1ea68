/** A sign-in that a provider renews: the next token is stored, and what is under way goes on. */
import { expect, it, onTestFinished } from 'vitest';
import { startIdentityCenter } from '@test/servers/aws/identity-center';
import { all, startCore, startTestAws } from '@test/support/core';
import { awsForm } from '@test/support/forms';
import { failureOf } from '@test/support/failure-of';
import { FakeRuntime } from '@test/support/fake-runtime';

it('outlives the program, although each token renews once', async () => {
  const aws = await startTestAws();
  aws.put('production', '{"A":"1"}');
  const center = await startIdentityCenter({ keys: () => aws.accessKey({ sessionToken: true }) });
  onTestFinished(() => center.close());
  // It ends so soon that each connection renews it.
  center.lasts = 120;
  // Real time: signatures carry it.
  const runtime = new FakeRuntime({ now: () => Date.now(), advance: () => undefined });
  Object.assign(runtime.env, center.env);
  const core = await startCore(runtime);
  const { values, ...form } = awsForm(core.workspaceId, aws, aws.accessKey());
  const signedIn = {
    ...form,
    values: {
      ...values,
      authentication: 'sso',
      ssoStartUrl: center.startUrl,
      ssoRegion: 'us-east-1',
      ssoAccount: '123456789012',
      ssoRole: 'Developer',
    },
    credentials: { ssoToken: { action: 'take' } },
  } as const;
  // A sign-in needs no account, and a start page alone does not do.
  const first = { ...signedIn, credentials: {} };
  const unknown = { ...first.values, ssoAccount: '', ssoRole: '' };
  const startless = { ...first, values: { ...unknown, ssoStartUrl: '' } };
  expect(await failureOf(all(core.client.connections.signIn(startless)))).toMatchObject({
    code: 'INVALID_CONFIGURATION',
  });
  const steps = core.client.connections.signIn({ ...first, values: unknown });
  const choices: unknown[] = [];
  for await (const step of await steps) {
    if (step.type === 'open') await fetch(step.url);
    else choices.push(step.choices?.combinations);
  }
  expect(choices).toEqual([[{ ssoAccount: '123456789012', ssoRole: 'Developer' }]]);
  const empty = { ...signedIn, values: unknown };
  expect(await failureOf(core.client.connections.save(empty))).toMatchObject({
    message: 'Account: Enter the Account.',
  });
  await core.client.connections.save(signedIn);
  await core.pullAll();
  const before = center.renewals;
  expect(before).toBeGreaterThan(0);

  await core.restart();
  expect((await core.pullAll()).existing).toEqual(['production']);
  const second = center.renewals;
  expect(second).toBeGreaterThan(before);
  // A test has the stored token as well.
  const tested = await all(core.client.connections.test(first));
  expect(tested.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(center.renewals).toBeGreaterThan(second);
});
