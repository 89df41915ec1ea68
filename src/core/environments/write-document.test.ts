import { expect, it } from 'vitest';
import { AppError, type ErrorCode } from '@shared/errors';
import type { SecretsProvider } from '@core/providers/provider';
import { documentFromText } from '@core/secrets/document';
import { asRevision } from '@core/secrets/revision';
import { undeletedRevision, writeDocument } from './write-document';

const OURS = documentFromText('{"A":"1","B":[1]}');
const { signal } = new AbortController();

const found = (text: string) => () =>
  Promise.resolve({
    path: 'p',
    document: documentFromText(text),
    revision: asRevision('r2'),
    version: 'v2',
  });

const failing = (code: ErrorCode) => () => Promise.reject(new AppError(code));

const write = (provider: Partial<SecretsProvider>, expected = 'r1') =>
  writeDocument({ provider: provider as SecretsProvider }, 'p', OURS, asRevision(expected), {
    signal,
  });

it('returns what the provider wrote, and reads nothing', async () => {
  const written = { revision: asRevision('r2') };
  expect(await write({ write: () => Promise.resolve(written) })).toBe(written);
});

it.each(['CONFLICT', 'ALREADY_EXISTS'] as const)(
  'takes %s for a lost answer if the server holds the same, in whatever order',
  async (code) => {
    const provider = { write: failing(code), read: found('{"B":[1],"A":"1"}') };
    expect(await write(provider)).toEqual({ revision: 'r2', version: 'v2' });
  },
);

it.each([
  ['something else is there', found('{"A":"theirs"}')],
  ['nothing is there', failing('NOT_FOUND')],
  ['it was deleted', failing('SECRET_DELETED')],
  ['the name is taken', failing('SCHEDULED_FOR_DELETION')],
  ['it may not be read', failing('PERMISSION_DENIED')],
] as const)('throws the refusal if %s', async (_, read) => {
  await expect(write({ write: failing('CONFLICT'), read })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

it.each(['OFFLINE', 'CANCELLED', 'TIMED_OUT', 'INTERRUPTED'] as const)(
  'throws %s if that keeps it from finding out',
  async (code) => {
    const provider = { write: failing('ALREADY_EXISTS'), read: failing(code) };
    await expect(write(provider)).rejects.toMatchObject({ code });
  },
);

it('passes any other failure of the write on', async () => {
  await expect(write({ write: failing('PERMISSION_DENIED') })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
});

it('undeletes before it reads the revision to write over', async () => {
  const calls: string[] = [];
  const provider: Partial<SecretsProvider> = {
    undelete: (path) => {
      calls.push(`undelete ${path}`);
      return Promise.resolve();
    },
    read: (path) => {
      calls.push(`read ${path}`);
      return found('{}')();
    },
  };
  const connection = { provider: provider as SecretsProvider };
  expect(await undeletedRevision(connection, 'p', signal)).toBe('r2');
  expect(calls).toEqual(['undelete p', 'read p']);
});
