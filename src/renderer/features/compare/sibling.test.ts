import { describe, expect, it } from 'vitest';
import { siblingOf } from './sibling';

const named = (...names: readonly string[]) => names.map((name) => ({ id: name, name }));

describe('siblingOf', () => {
  it.each([
    [
      'the same program in another stage',
      'payments/api/prod',
      ['a', 'billing/api/prod', 'payments/api/staging', 'payments/web/prod'],
      'payments/api/staging',
    ],
    ['a stage that is a folder', 'prod/api', ['prod/web', 'staging/api', 'other'], 'staging/api'],
    ['a stage without folders', 'production', ['aaa', 'staging'], 'staging'],
    [
      'the same name in another folder, the nearest',
      'teams/payments/keys',
      ['teams/payments/mail', 'x/keys', 'teams/billing/keys'],
      'teams/billing/keys',
    ],
    ['one of the same folder', 'payments/mail', ['aaa', 'payments/keys', 'web/a'], 'payments/keys'],
    ['in natural order', 'env-3', ['env-10', 'env-2'], 'env-2'],
    ['any, if nothing is like it', 'payments/mail', ['web', 'aaa'], 'aaa'],
  ])('is %s', (_, name, others, expected) => {
    expect(siblingOf({ id: name, name }, named(name, ...others))?.name).toBe(expected);
  });

  it('is nobody if there is no other', () => {
    expect(siblingOf({ id: 'a', name: 'a' }, named('a'))).toBeUndefined();
  });
});
