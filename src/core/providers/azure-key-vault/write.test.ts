/** Writing, removing and undeleting an environment that is one secret. */
import { describe, expect, it } from 'vitest';
import { isAppError } from '@shared/errors';
import { documentFromText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { KeyVaultServer } from '@test/servers/azure-key-vault/server';
import type { SecretsProvider } from '../provider';
import { collect, connect, failure, signal, textOf } from '@test/support/azure-key-vault';

const doc = (value: unknown): SecretDocument => documentFromText(JSON.stringify(value));
const revisionOf = (version: string): Revision => asRevision(version);
const stored = (server: KeyVaultServer, name = 'app'): unknown =>
  JSON.parse(server.secret(name)?.current.value ?? 'null');
const valuesOf = (server: KeyVaultServer, name = 'app'): unknown[] =>
  (server.secret(name)?.versions ?? []).map(({ value }) => JSON.parse(value) as unknown);
const isPut = ({ operation }: { readonly operation: unknown }): boolean =>
  operation === 'SetSecret';

describe('a write', () => {
  it('creates a secret, as JSON', async () => {
    const { server, provider } = await connect();
    const { revision, version } = await provider.write('app', doc({ A: '1' }), null, { signal });
    expect(server.secret('app')?.current).toMatchObject({
      id: revision,
      value: '{"A":"1"}',
      contentType: 'application/json',
    });
    expect(version).toBe(revision.slice(0, 8));
    expect((await provider.read('app', { signal })).revision).toBe(revision);
  });

  it('keeps the tags, the content type and the dates of others', async () => {
    const { server, provider } = await connect();
    const tags = { team: 'checkout', owner: 'anna' };
    const attributes = { notBefore: 1_700_000_000, expires: 2_000_000_000 };
    const base = server.put('app', '{"A":"1"}', { contentType: 'text/x-env', tags, attributes });
    await provider.write('app', doc({ A: '2' }), revisionOf(base), { signal });
    expect(server.secret('app')?.current).toMatchObject({
      value: '{"A":"2"}',
      contentType: 'text/x-env',
      tags,
      attributes: { enabled: true, ...attributes },
    });
  });

  it('adds no tag to a secret that has all it may have', async () => {
    const { server, provider } = await connect();
    const tags = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`tag${String(index)}`, 'x']),
    );
    const base = server.put('app', '{}', { tags });
    await provider.write('app', doc({ A: '2' }), revisionOf(base), { signal });
    expect(server.secret('app')?.current.tags).toEqual(tags);
  });

  it('refuses to create over a secret, or to write over another version', async () => {
    const { server, provider } = await connect();
    const base = server.put('app', '{"A":"1"}');
    server.put('app', '{"A":"theirs"}');
    const create = provider.write('app', doc({ A: 'mine' }), null, { signal });
    expect((await failure(create)).code).toBe('ALREADY_EXISTS');
    const stale = provider.write('app', doc({ A: 'mine' }), revisionOf(base), { signal });
    expect((await failure(stale)).code).toBe('CONFLICT');
    const gone = provider.write('none', doc({ A: 'mine' }), revisionOf(base), { signal });
    expect((await failure(gone)).code).toBe('CONFLICT');
    expect(server.count('SetSecret')).toBe(0);
  });

  it('says what to do about the name of a deleted secret', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    server.delete('app');
    const error = await failure(provider.write('app', doc({ A: '1' }), null, { signal }));
    expect(error).toMatchObject({ code: 'SCHEDULED_FOR_DELETION', details: { path: 'app' } });
    expect(error.hint).toContain('Undelete it');
    await provider.undelete('app', { signal });
    const { revision } = await provider.read('app', { signal });
    await provider.write('app', doc({ A: '1' }), revision, { signal });
    expect(stored(server)).toEqual({ A: '1' });
  });

  it('waits until a purge is over', async () => {
    const { server, app, provider, runtime } = await connect();
    // Only the waits put it forward.
    server.clock.stop();
    server.settings.purgeMs = 5000;
    server.put('app', '{}');
    server.delete('app');
    const purge = await fetch(`${server.url}/deletedsecrets/app?api-version=7.4`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${app.token()}` },
    });
    expect(purge.status).toBe(204);
    await provider.write('app', doc({ A: '1' }), null, { signal });
    expect(stored(server)).toEqual({ A: '1' });
    expect(runtime.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(5000);
  });

  it('says that a purge takes too long', async () => {
    const { server, app, provider } = await connect();
    server.settings.purgeMs = 3_600_000;
    server.put('app', '{}');
    server.delete('app');
    await fetch(`${server.url}/deletedsecrets/app?api-version=7.4`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${app.token()}` },
    });
    const error = await failure(provider.write('app', doc({ A: '1' }), null, { signal }));
    expect(error.message).toBe('The secret is just being deleted.');
    expect(error.hint).toBe('Try again in half a minute.');
  });

  it('leaves the secret of a certificate alone', async () => {
    const { server, provider } = await connect();
    server.certificate('tls');
    const { revision } = await provider.read('tls', { signal });
    const write = provider.write('tls', doc({ A: '1' }), revision, { signal });
    expect((await failure(write)).message).toBe(
      'This secret belongs to a certificate, and the vault manages it.',
    );
    expect((await failure(provider.remove('tls', revision, { signal }))).code).toBe(
      'REQUEST_REFUSED',
    );
    expect(server.count('SetSecret') + server.count('DeleteSecret')).toBe(0);
  });

  it('is recognised when it is asked for again after its answer was lost', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    server.faults.add({ match: isPut, times: 1, effect: { kind: 'drop', applied: true } });
    const lost = provider.write('app', doc({ A: '2' }), base, { signal });
    expect((await failure(lost)).code).toBe('CONNECTION_RESET');
    const { revision } = await provider.write('app', doc({ A: '2' }), base, { signal });
    expect(valuesOf(server)).toEqual([{ A: '1' }, { A: '2' }]);
    expect(server.secret('app')?.current.id).toBe(revision);
  });

  it('is recognised although the person has changed more since', async () => {
    const { server, provider } = await connect();
    server.faults.add({ match: isPut, times: 1, effect: { kind: 'drop', applied: true } });
    await failure(provider.write('app', doc({ A: '1' }), null, { signal }));
    await provider.write('app', doc({ A: '2' }), null, { signal });
    expect(valuesOf(server)).toEqual([{ A: '1' }, { A: '2' }]);
  });

  it('is not recognised in what somebody else wrote', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    server.faults.add({ match: isPut, times: 1, effect: { kind: 'drop', applied: true } });
    await failure(provider.write('app', doc({ A: '2' }), base, { signal }));
    server.put('app', '{"A":"theirs"}');
    const again = provider.write('app', doc({ A: '2' }), base, { signal });
    expect((await failure(again)).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ A: 'theirs' });
  });

  it('finds what came in between when its answer was lost', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1","B":"1"}'));
    server.clock.advance(2000);
    const gate = server.faults.gate(isPut);
    const first = failure(provider.write('app', doc({ A: '2', B: '1' }), base, { signal }));
    await gate.reached;
    server.put('app', '{"A":"1","B":"theirs"}');
    const outage = server.faults.add({
      match: ({ operation }) => operation === 'ListSecretVersions',
      effect: { kind: 'answer', status: 503 },
    });
    gate.open();
    expect((await first).code).toBe('SERVER_ERROR');
    outage.remove();
    const { document } = await provider.write('app', doc({ A: '2', B: '1' }), base, { signal });
    expect(document && JSON.parse(textOf(document))).toEqual({ A: '2', B: 'theirs' });
    expect(stored(server)).toEqual({ A: '2', B: 'theirs' });
  });
});

describe('two who write at once', () => {
  /** Lets others write after the look and before the write. */
  const overtaken = async (base: unknown, theirs: unknown, mine: unknown) => {
    const { server, provider } = await connect();
    const revision = revisionOf(server.put('app', JSON.stringify(base)));
    server.clock.advance(2000);
    const gate = server.faults.gate(isPut);
    const written = provider.write('app', doc(mine), revision, { signal });
    written.catch(() => undefined);
    await gate.reached;
    server.put('app', JSON.stringify(theirs));
    gate.open();
    return { server, provider, written, revision };
  };

  it('are merged by key', async () => {
    const { server, provider, written } = await overtaken(
      { A: '1', B: '1', C: '1' },
      { A: '1', B: 'theirs' },
      { A: 'mine', B: '1', C: '1' },
    );
    const { revision, document } = await written;
    expect(document && JSON.parse(textOf(document))).toEqual({ A: 'mine', B: 'theirs' });
    expect(stored(server)).toEqual({ A: 'mine', B: 'theirs' });
    expect((await provider.read('app', { signal })).revision).toBe(revision);
  });

  it('get a conflict for a key that both changed, and theirs is back', async () => {
    const { server, written } = await overtaken(
      { A: '1', B: '1' },
      { A: 'theirs', B: '1' },
      { A: 'mine', B: 'mine' },
    );
    expect((await failure(written)).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ A: 'theirs', B: 'mine' });
    expect(valuesOf(server)).toContainEqual({ A: 'mine', B: 'mine' });
  });

  it('agree if both wrote the same', async () => {
    const { server, written } = await overtaken({ A: '1' }, { A: '2' }, { A: '2' });
    await written;
    expect(valuesOf(server)).toEqual([{ A: '1' }, { A: '2' }, { A: '2' }]);
  });

  it('are merged although all wrote in the same second, or told that one may have undone another', async () => {
    const { server, provider } = await connect();
    server.clock.stop();
    const base = revisionOf(server.put('app', '{"A":"1","B":"1","C":"1"}'));
    const gate = server.faults.gate(isPut);
    const written = provider.write('app', doc({ A: 'mine', B: '1', C: '1' }), base, { signal });
    await gate.reached;
    server.put('app', '{"A":"1","B":"b","C":"1"}');
    server.put('app', '{"A":"1","B":"b","C":"c"}');
    gate.open();
    const outcome = await written.then(
      () => 'written',
      (error: unknown) => (isAppError(error) ? error.code : String(error)),
    );
    expect(['written', 'CONFLICT']).toContain(outcome);
    expect(stored(server)).toEqual({ A: 'mine', B: 'b', C: 'c' });
  });

  it('are merged with all that came before, whenever that was', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1","B":"1"}'));
    const gate = server.faults.gate(isPut);
    const written = provider.write('app', doc({ A: 'mine', B: '1' }), base, { signal });
    await gate.reached;
    server.put('app', '{"A":"1","B":"b"}');
    server.clock.advance(2000);
    // Made from the first version, by somebody who has not seen the second.
    server.put('app', '{"A":"1","B":"1","C":"c"}');
    gate.open();
    expect((await failure(written)).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ A: 'mine', B: 'b', C: 'c' });
  });

  it('lose nothing if the answer to the merge is lost, and the same is asked for again', async () => {
    const { server, provider, written, revision } = await overtaken(
      { A: '1', B: '1' },
      { A: '1', B: 'theirs' },
      { A: 'mine', B: '1' },
    );
    // The first is under way.
    server.faults.add({ match: isPut, times: 1, effect: { kind: 'drop', applied: true } });
    expect((await failure(written)).code).toBe('CONNECTION_RESET');
    await provider.write('app', doc({ A: 'mine', B: '1' }), revision, { signal });
    expect(stored(server)).toEqual({ A: 'mine', B: 'theirs' });
  });

  it('do not bring back what somebody removed who had seen the write', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    const isListing = ({ operation }: { readonly operation: string | undefined }): boolean =>
      operation === 'ListSecretVersions';
    // The second listing is the one after the write.
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = server.faults.add({ match: isListing, skip: 1, times: 1, until });
    const written = provider.write('app', doc({ A: '1', B: 'mine' }), base, { signal });
    await held.reached;
    server.put('app', '{"A":"1","C":"theirs"}');
    release();
    await written;
    expect(stored(server)).toEqual({ A: '1', C: 'theirs' });
  });

  it.each([true, false])(
    'lose nothing unnoticed, each changing its own variable (all in one second: %s)',
    { timeout: 60_000 },
    async (isOneSecond) => {
      const { server, provider, colleague } = await connect();
      if (isOneSecond) server.clock.stop();
      server.put('app', '{"SHARED":"1"}');
      const people = [provider, colleague(), colleague(), colleague()];
      let conflicts = 0;
      const saveOnce = async (person: SecretsProvider, key: string, value: string) => {
        const { document, revision } = await person.read('app', { signal });
        const now = { ...(JSON.parse(textOf(document)) as object), [key]: value };
        await person.write('app', doc(now), revision, { signal });
      };
      const work = people.map(async (person, index) => {
        for (let turn = 1; turn <= 5; turn += 1) {
          // As a person does it: pull, and save again.
          for (let attempt = 0; ; attempt += 1) {
            const error = await saveOnce(person, `K${String(index)}`, String(turn)).then(
              () => undefined,
              (failed: unknown) => failed,
            );
            if (error === undefined) break;
            if (!isAppError(error, 'CONFLICT') || attempt === 100) throw error;
            conflicts += 1;
          }
        }
      });
      await Promise.all(work);
      const { SHARED, ...now } = stored(server) as Record<string, string>;
      expect(SHARED).toBe('1');
      expect(Object.keys(now)).toEqual(expect.arrayContaining(['K0', 'K1', 'K2', 'K3']));
      // A save that overwrites a value of somebody else fails with CONFLICT, and the history keeps the value.
      const overwritten = Object.keys(now).filter((key) => now[key] !== '5');
      expect(overwritten.length).toBeLessThanOrEqual(conflicts);
      const kept = server.secret('app')?.versions.map(({ value }) => value) ?? [];
      for (const key of overwritten) expect(kept.join()).toContain(`"${key}":"5"`);
    },
  );

  it.each(['GetSecret', 'ListSecretVersions', 'SetSecret'])(
    'are merged or told, if one comes in before %s of the other',
    async (operation) => {
      const { server, provider } = await connect();
      const base = revisionOf(server.put('app', '{"A":"1","B":"1"}'));
      const gate = server.faults.gate((request) => request.operation === operation);
      const work = provider.write('app', doc({ A: 'mine', B: '1' }), base, { signal }).then(
        () => 'written',
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      );
      await gate.reached;
      server.put('app', '{"A":"1","B":"theirs"}');
      gate.open();
      const outcome = await work;
      expect([outcome, stored(server)]).toEqual(
        outcome === 'CONFLICT'
          ? ['CONFLICT', { A: '1', B: 'theirs' }]
          : ['written', { A: 'mine', B: 'theirs' }],
      );
    },
  );

  it('both know it if they create the same secret', async () => {
    const { server, provider, colleague } = await connect();
    const other = colleague();
    const gate = server.faults.gate(isPut);
    const outcomes = [
      provider.write('app', doc({ A: 'one' }), null, { signal }),
      other.write('app', doc({ A: 'two' }), null, { signal }),
    ].map((work) =>
      work.then(
        ({ document }) => (document === undefined ? 'written' : textOf(document)),
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    await expect.poll(() => gate.hits).toBe(2);
    gate.open();
    const ends = await Promise.all(outcomes);
    expect(ends).toContain('CONFLICT');
    const values = valuesOf(server);
    expect(values).toContainEqual({ A: 'one' });
    expect(values).toContainEqual({ A: 'two' });
  });
});

describe('remove and undelete', () => {
  it('delete what was read, and bring it back', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    const outcome = await provider.remove('app', base, { signal });
    expect(outcome).toMatchObject({ recoverable: true, until: expect.any(Date) as Date });
    expect(server.deletedNames()).toEqual(['app']);
    await provider.undelete('app', { signal });
    await provider.undelete('app', { signal });
    expect(stored(server)).toEqual({ A: '1' });
  });

  it('do not delete another version', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    server.put('app', '{"A":"theirs"}');
    expect((await failure(provider.remove('app', base, { signal }))).code).toBe('CONFLICT');
    expect(server.names()).toEqual(['app']);
  });

  it('bring back what somebody wrote just before the deletion', async () => {
    const { server, provider } = await connect();
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    const gate = server.faults.gate(({ operation }) => operation === 'DeleteSecret');
    const removed = failure(provider.remove('app', base, { signal }));
    await gate.reached;
    server.put('app', '{"A":"theirs"}');
    gate.open();
    expect((await removed).code).toBe('CONFLICT');
    expect(stored(server)).toEqual({ A: 'theirs' });
  });

  it('wait for a deletion and a recovery that take their time', async () => {
    const { server, provider, runtime } = await connect();
    Object.assign(server.settings, {
      deletionMs: 3000,
      recoveryMs: 4000,
      recoveredButLockedMs: 3000,
    });
    const base = revisionOf(server.put('app', '{"A":"1"}'));
    await provider.remove('app', base, { signal });
    await provider.undelete('app', { signal });
    const { revision } = await provider.read('app', { signal });
    await provider.write('app', doc({ A: '2' }), revision, { signal });
    expect(stored(server)).toEqual({ A: '2' });
    expect(runtime.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(10_000);
  });

  it('join a recovery that somebody else has begun', async () => {
    const { server, provider } = await connect();
    server.settings.recoveryMs = 3000;
    server.put('app', '{}');
    server.delete('app');
    server.recover('app');
    await provider.undelete('app', { signal });
    expect(server.names()).toEqual(['app']);
  });

  it('say when a recovery does not end, and when nothing is kept', async () => {
    const { server, provider } = await connect();
    server.settings.recoveryMs = 3_600_000;
    server.put('app', '{}');
    server.delete('app');
    expect((await failure(provider.undelete('app', { signal }))).code).toBe('TIMED_OUT');
    const none = await failure(provider.undelete('none', { signal }));
    expect(none.message).toBe('The vault keeps nothing of a secret of this name.');
  });

  it('bring back a disabled secret', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}', { attributes: { enabled: false } });
    server.delete('app');
    await provider.undelete('app', { signal });
    expect(server.names()).toEqual(['app']);
  });
});

describe('limits', () => {
  it('are checked before a call is made', async () => {
    const { server, provider } = await connect();
    const big = doc({ A: 'x'.repeat(25_600) });
    const error = await failure(provider.write('app', big, null, { signal }));
    expect(error.code).toBe('VALUE_TOO_LARGE');
    expect(error.message).toBe(
      'The environment takes 25,608 bytes, 8 more than the 25,600 that Azure accepts in one secret.',
    );
    expect(provider.validate('app', big)).toMatchObject({ code: 'VALUE_TOO_LARGE' });
    expect(provider.validate('app', doc({ A: 'x'.repeat(25_592) }))).toBeUndefined();
    const named = provider.validate('shop_prod', doc({}));
    expect(named).toMatchObject({
      code: 'NAME_NOT_ALLOWED',
      message: 'Azure does not allow “_” in the name of a secret.',
    });
    expect(named?.hint).toContain('Try shop-prod.');
    expect(server.requests).toEqual([]);
  });

  it('are those of the vault: the largest that is allowed is written', async () => {
    const { server, provider } = await connect();
    const largest = doc({ A: 'ä'.repeat(12_796) });
    await provider.write('x'.repeat(64), largest, null, { signal });
    expect(server.count('SetSecret')).toBe(1);
  });

  it('are longer for a name that is there than for a new one', async () => {
    const { server, provider } = await connect();
    const long = 'x'.repeat(65);
    const created = provider.write(long, doc({ A: '1' }), null, { signal });
    expect(await failure(created)).toMatchObject({
      code: 'NAME_NOT_ALLOWED',
      message: '“xxxxxxxxxxxx…” has 65 characters.',
    });
    const base = revisionOf(server.put(long, '{"A":"1"}'));
    await provider.write(long, doc({ A: '2' }), base, { signal });
    expect(server.secret(long)?.current?.value).toBe('{"A":"2"}');
  });
});

it('counts no value among what it reports', async () => {
  const { server, app, provider } = await connect();
  const base = revisionOf(server.put('app', '{"A":"old-value"}'));
  const reports: string[] = [];
  for (const status of [400, 401, 403, 404, 409, 412, 500]) {
    const fault = server.faults.add({
      match: ({ operation }) => operation === 'SetSecret',
      effect: {
        kind: 'answer',
        status,
        body: { error: { code: 'Weird', message: `new-value ${app.clientSecret}` } },
      },
    });
    const error = await failure(provider.write('app', doc({ A: 'new-value' }), base, { signal }));
    reports.push(JSON.stringify(error.report()), error.message, String(error.stack));
    fault.remove();
  }
  const steps = await collect(provider.check({ signal }));
  reports.push(JSON.stringify(steps));
  expect(reports.join('\n')).not.toMatch(/new-value|old-value|eyJ/);
  expect(reports.join('\n')).not.toContain(app.clientSecret);
});
