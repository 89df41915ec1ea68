/** Changes of one name, at a store where others write too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '@shared/errors';
import type { SecretsProvider } from '@core/providers/provider';
import { entriesOf, mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import { asRevision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { appErrorOf } from '@test/support/failure-of';
import { FakeRuntime } from '@test/support/fake-runtime';
import { ProviderStore } from './provider-store';

const { signal } = new AbortController();

/** One secret with check-and-set. `meanwhile` runs between each read and the write after it. */
class OneSecret {
  document: SecretDocument | undefined;
  number = 0;
  writes = 0;
  meanwhile: () => void = () => undefined;

  readonly provider = {
    read: async (path: string) => {
      if (this.document === undefined) throw new AppError('NOT_FOUND', { details: { path } });
      return { path, document: this.document, revision: asRevision(String(this.number)) };
    },
    validate: () => undefined,
    write: async (_: string, document: SecretDocument, expected: string | null) => {
      this.meanwhile();
      const now = this.document === undefined ? null : String(this.number);
      if (now !== expected) {
        throw new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT');
      }
      this.put(document);
      this.writes += 1;
      return { revision: asRevision(String(this.number)) };
    },
  } as unknown as SecretsProvider;

  put(document: SecretDocument | undefined): void {
    this.document = document;
    this.number += 1;
  }

  /** As another program does it. */
  set(name: string, text: string): void {
    const entries = new Map(this.document === undefined ? [] : entriesOf(this.document));
    this.put(mapDocument(entries.set(name, textEntry(text))));
  }

  get plain(): Record<string, string> {
    const entries = this.document === undefined ? [] : [...entriesOf(this.document)];
    return Object.fromEntries(entries.map(([name, { value }]) => [name, value.reveal()]));
  }
}

const scene = () => {
  const secret = new OneSecret();
  const runtime = new FakeRuntime();
  const store = new ProviderStore(secret.provider, 'app', { runtime });
  const set = (name: string, text: string, end = signal) =>
    store.change({ name, value: new Secret(text) }, end);
  return { secret, runtime, store, set };
};

describe('a change', () => {
  it('is tried again after each conflict, with what is there then', async () => {
    const { secret, runtime, set } = scene();
    let others = 0;
    secret.meanwhile = () => {
      if (others < 9) secret.set(`OTHER_${String(others)}`, 'x');
      others += 1;
    };
    await set('MINE', 'value');
    expect(Object.keys(secret.plain)).toHaveLength(10);
    expect(secret.plain['MINE']).toBe('value');
    expect(runtime.waits).toHaveLength(9);
    expect(Math.max(...runtime.waits)).toBeLessThanOrEqual(2000);
  });

  it('is given up after ten conflicts, and says so', async () => {
    const { secret, set } = scene();
    let others = 0;
    secret.meanwhile = () => {
      others += 1;
      secret.set('OTHER', String(others));
    };
    const error = await appErrorOf(set('MINE', 'value'));
    expect(error).toMatchObject({ code: 'CONFLICT' });
    expect(error.message).toContain('10 attempts');
    expect(secret.plain).toEqual({ OTHER: '10' });
  });

  it('creates again what somebody deleted meanwhile', async () => {
    const { secret, set } = scene();
    secret.set('OLD', 'x');
    let isFirst = true;
    secret.meanwhile = () => {
      if (isFirst) secret.put(undefined);
      isFirst = false;
    };
    await set('MINE', 'value');
    expect(secret.plain).toEqual({ MINE: 'value' });
  });

  it('ends between two attempts with its signal', async () => {
    const { secret, set } = scene();
    const end = new AbortController();
    secret.meanwhile = () => {
      secret.set('OTHER', String(secret.number));
      end.abort();
    };
    expect(isAppError(await appErrorOf(set('MINE', 'x', end.signal)), 'CANCELLED')).toBe(true);
    expect(secret.writes).toBe(0);
  });

  it('loses no other name, whatever others do in between', async () => {
    const other = fc.record({
      name: fc.constantFrom('A', 'B', 'C'),
      text: fc.string({ maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(other, { maxLength: 8 }),
        fc.constantFrom('A', 'MINE'),
        async (others, name) => {
          const { secret, set } = scene();
          const expected = new Map<string, string>();
          const left = [...others];
          secret.meanwhile = () => {
            const next = left.shift();
            if (next === undefined) return;
            secret.set(next.name, next.text);
            expected.set(next.name, next.text);
          };
          await set(name, 'mine');
          // The last writer of a name wins, and this one came last.
          expect(secret.plain).toEqual({ ...Object.fromEntries(expected), [name]: 'mine' });
        },
      ),
    );
  });
});
