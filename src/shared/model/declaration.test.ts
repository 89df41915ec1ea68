import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors';
import {
  countSecrets,
  follow,
  hasChanges,
  isChange,
  planRelease,
  planVault,
  readDeclaration,
  type DeclaredVault,
  type FoundVault,
} from './declaration';

const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
};

describe('readDeclaration', () => {
  it('reads text, references and external names', () => {
    const vaults = {
      'api-keys': { stripe: 'sk', sendgrid: { external: true } },
      database: { url: { vault: 'api-keys', key: 'stripe' }, empty: '' },
    };
    expect(readDeclaration('my-app', vaults)).toEqual({
      name: 'my-app',
      vaults: [
        {
          vault: 'api-keys',
          secrets: [
            { name: 'stripe', content: { value: 'sk' } },
            { name: 'sendgrid', content: { external: true } },
          ],
        },
        {
          vault: 'database',
          secrets: [
            { name: 'url', content: { reference: { vault: 'api-keys', key: 'stripe' } } },
            { name: 'empty', content: { value: '' } },
          ],
        },
      ],
    });
  });

  it('names every secret without a value, its vault, and its variable if that is known', () => {
    const vaults = { api: { a: undefined, b: 'x', c: null } };
    const error = failureOf(() =>
      readDeclaration('my-app', vaults, ({ name }) => (name === 'a' ? 'A_KEY' : undefined)),
    );
    expect(error.code).toBe('VALUE_UNSET');
    expect(error.message).toBe(
      'The secret a of the vault api has no value: the variable A_KEY is not set. The secret c of the vault api has no value.',
    );
    expect(error.hint).toContain('Nothing was changed.');
  });

  it.each([
    ['a name that no store can keep', 'My App', {}],
    ['no vaults', 'my-app', undefined],
    ['a list of vaults', 'my-app', []],
    ['a vault that is no object', 'my-app', { api: 'x' }],
    ['a number', 'my-app', { api: { a: 5 } }],
    ['half a reference', 'my-app', { api: { a: { vault: 'x' } } }],
    ['a secret without a name', 'my-app', { api: { '': 'x' } }],
    ['a vault with spaces around its name', 'my-app', { ' api': {} }],
    ['a vault without a name', 'my-app', { '': {} }],
  ])('refuses %s', (_, name, vaults) => {
    expect(failureOf(() => readDeclaration(name, vaults)).code).toBe('INVALID_INPUT');
  });

  it('refuses references in a circle and to what a declared vault does not have', () => {
    const to = (key: string) => ({ vault: 'api', key });
    expect(
      failureOf(() => readDeclaration('my-app', { api: { a: to('b'), b: to('a') } })).message,
    ).toBe('The references go round in a circle: api/a → api/b → api/a.');
    expect(failureOf(() => readDeclaration('my-app', { api: { a: to('c') } })).message).toContain(
      'api/c',
    );
  });

  it('quotes no value in a message', () => {
    const error = failureOf(() => readDeclaration('my-app', { api: { a: ['sk-secret'] } }));
    expect(JSON.stringify(error.report())).not.toContain('sk-secret');
  });
});

describe('follow', () => {
  const declared = readDeclaration('my-app', {
    a: { text: 'x', alias: { vault: 'a', key: 'text' }, outside: { vault: 'other', key: 'k' } },
    b: { chain: { vault: 'a', key: 'alias' }, theirs: { external: true } },
    c: { theirs: { vault: 'b', key: 'theirs' } },
  });

  it.each([
    ['a', 'text', { value: 'x' }],
    ['b', 'chain', { value: 'x' }],
    ['a', 'outside', { stored: { vault: 'other', key: 'k' } }],
    ['b', 'theirs', 'external'],
    ['c', 'theirs', { stored: { vault: 'b', key: 'theirs' } }],
  ] as const)('%s/%s', (vault, key, source) => {
    expect(follow(declared, { vault, key })).toEqual(source);
  });
});

const CONFIG = 'my-app';
const names = fc.constantFrom('A', 'B', 'C', 'D', 'E', '__proto__', 'constructor');

const declaredVaults: fc.Arbitrary<DeclaredVault> = fc
  .uniqueArray(
    fc.record<DeclaredVault['secrets'][number]>({
      name: names,
      content: fc.constantFrom({ value: 'v' }, { external: true as const }),
    }),
    { selector: ({ name }) => name },
  )
  .map((secrets) => ({ vault: 'api', secrets }));

const foundVaults: fc.Arbitrary<FoundVault> = fc
  .record({
    exists: fc.boolean(),
    owner: fc.constantFrom(undefined, CONFIG, 'other'),
    isMarked: fc.boolean(),
    secrets: fc.dictionary(names, fc.boolean()).map((found) => new Map(Object.entries(found))),
  })
  .map((found) => (found.exists ? found : { ...found, secrets: new Map<string, boolean>() }));

/** What a vault holds once the plan is applied. */
function after(declared: DeclaredVault, found: FoundVault): FoundVault {
  const secrets = new Map(found.secrets);
  for (const { name, action } of planVault(CONFIG, declared, found).secrets) {
    if (action === 'delete') secrets.delete(name);
    else if (action !== 'missing') secrets.set(name, true);
  }
  return { exists: true, owner: CONFIG, isMarked: true, secrets };
}

describe('planVault', () => {
  const holds = (check: (declared: DeclaredVault, found: FoundVault) => void): void => {
    fc.assert(fc.property(declaredVaults, foundVaults, check));
  };

  it('leaves nothing to do for a second plan', () => {
    holds((declared, found) => {
      const second = planVault(CONFIG, declared, after(declared, found));
      expect(hasChanges(second)).toBe(false);
      expect(countSecrets([second])).toMatchObject({ create: 0, update: 0, delete: 0 });
    });
  });

  it('leaves the declared names, and of the external ones those that were there', () => {
    holds((declared, found) => {
      const expected = declared.secrets
        .filter(({ name, content }) => !('external' in content) || found.secrets.has(name))
        .map(({ name }) => name);
      expect([...after(declared, found).secrets.keys()].toSorted()).toEqual(expected.toSorted());
    });
  });

  it('deletes no declared name, and writes no external one', () => {
    holds((declared, found) => {
      const contents = new Map(declared.secrets.map(({ name, content }) => [name, content]));
      for (const { name, action } of planVault(CONFIG, declared, found).secrets) {
        const content = contents.get(name);
        const isExternal = content !== undefined && 'external' in content;
        expect(action === 'delete').toBe(content === undefined);
        expect(isExternal && isChange(action)).toBe(false);
      }
    });
  });

  it('changes no vault of somebody else without calling it adopted', () => {
    holds((declared, found) => {
      const plan = planVault(CONFIG, declared, found);
      const isTheirs = found.owner === 'other';
      const isUnmanaged = found.owner === undefined && found.secrets.size > 0;
      expect(plan.action === 'adopt').toBe(isTheirs || isUnmanaged);
      expect(plan.owner).toBe(isTheirs ? 'other' : undefined);
    });
  });

  it('calls out that nothing of what is there stays', () => {
    holds((declared, found) => {
      const plan = planVault(CONFIG, declared, found);
      const stays = [...found.secrets.keys()].some((name) =>
        declared.secrets.some((secret) => secret.name === name),
      );
      expect(plan.empties).toBe(found.secrets.size > 0 && !stays);
    });
  });

  it('names each name once, in order, and holds nothing but names', () => {
    holds((declared, found) => {
      const plan = planVault(CONFIG, declared, found);
      const listed = plan.secrets.map(({ name }) => name);
      const all = new Set([...declared.secrets.map(({ name }) => name), ...found.secrets.keys()]);
      expect(listed).toEqual([...all].toSorted());
      expect(JSON.stringify(plan)).not.toContain('"v"');
    });
  });

  it('completes a mark that is missing', () => {
    const found = { exists: true, owner: CONFIG, isMarked: false, secrets: new Map([['A', true]]) };
    const declared = { vault: 'api', secrets: [{ name: 'A', content: { value: 'v' } }] };
    expect(planVault(CONFIG, declared, found)).toMatchObject({ action: 'update', empties: false });
  });

  it('deletes nothing of a vault that it releases', () => {
    expect(planRelease('api')).toEqual({
      vault: 'api',
      action: 'release',
      secrets: [],
      empties: false,
    });
  });
});
