/** What making a client does to the process around it: nothing. */
import { expect, it, vi } from 'vitest';
import { makeConnection } from '@test/support/aws-secrets-manager';

it('a client warns of no version of Node, and writes nothing into the environment', async () => {
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', undefined);
  const before = { ...process.env };
  const warn = vi.spyOn(process, 'emitWarning');
  const connection = makeConnection({ accessKeyId: 'AKIAX', secretAccessKey: 'x' });
  await connection.client();
  connection.dispose();
  expect(warn).not.toHaveBeenCalled();
  expect({ ...process.env }).toEqual(before);
});
