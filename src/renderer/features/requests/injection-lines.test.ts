import { settingsOf, templateNamed } from '@shared/model/grant-templates';
import { defaultPolicy } from '@shared/model/policy';
import type { GrantSettings } from '@shared/model/grant';
import { expect, it } from 'vitest';
import { injectionLines } from './injection-lines';

const text = (settings: Partial<GrantSettings>, secrets: readonly string[] = []): string[] =>
  injectionLines(
    {
      type: 'bearer',
      rules: [],
      hosts: ['api.example.com'],
      networks: [],
      policy: defaultPolicy,
      ...settings,
    },
    secrets,
  ).map(
    ({ place, name, parts }) =>
      `${place} ${name}: ${parts.map((part) => part.text ?? `<${part.secret}>`).join('')}`,
  );

it('shows each header and parameter, with a mark in place of a secret', () => {
  const datadog = templateNamed('datadog');
  expect(text({})).toEqual(['header Authorization: Bearer <token>']);
  expect(text({ type: 'basic' })).toEqual([
    'header Authorization: Basic base64(<username>:<password>)',
  ]);
  expect(datadog && text(settingsOf(datadog, {}))).toEqual([
    'header DD-API-KEY: <token>',
    'header DD-APPLICATION-KEY: <applicationKey>',
  ]);
  expect(
    text({ type: 'api-key', rules: [{ place: 'query', name: 'key', format: '{token}' }] }),
  ).toEqual(['query key: <token>']);
});

it('shows what a signature adds', () => {
  expect(text({ type: 'sigv4' }, ['accessKeyId', 'sessionToken'])).toEqual([
    'header Authorization: AWS4-HMAC-SHA256 Credential=<accessKeyId>, Signature=…',
    'header X-Amz-Date: the time',
    'header X-Amz-Security-Token: <sessionToken>',
  ]);
  expect(text({ type: 'sigv4' })).toHaveLength(2);
});
