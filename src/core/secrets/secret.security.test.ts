import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret';

it('gives its value to reveal() and to nothing else', () => {
  const secret = new Secret('hunter2');
  expect(secret.reveal()).toBe('hunter2');
  const ways = [
    String(secret),
    ['joined', secret].join(),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: null }),
    format('%s %o %j', secret, secret, secret),
    Object.entries(secret).join(),
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
    new Error('failed', { cause: secret }).stack ?? '',
    inspect(new Error('failed', { cause: secret })),
    structuredCloneText(secret),
  ];
  for (const text of ways) expect(text).not.toContain('hunter2');
});

const structuredCloneText = (value: unknown): string => JSON.stringify(structuredClone(value));
