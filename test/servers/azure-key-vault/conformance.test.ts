/**
 * The behaviour of Key Vault, tested through the official client: always with the stand-in, and with a real
 * vault if there is one, so that the stand-in cannot drift away from it.
 */
import { SecretClient, type SecretProperties } from '@azure/keyvault-secrets';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestCertificates } from '../certificates';
import { httpCall } from '../http-client';
import { findRealKeyVault, type RunningKeyVault } from '../real-key-vault';
import { startKeyVaultServer } from './server';

interface Target {
  readonly name: string;
  readonly start: () => Promise<RunningKeyVault>;
}

const certificates = createTestCertificates();

const standIn: Target = {
  name: 'the stand-in',
  start: async () => {
    const server = await startKeyVaultServer({ tls: certificates.valid });
    const { clientId, clientSecret } = server.application();
    return {
      url: server.url,
      tenantId: server.tenantId,
      clientId,
      clientSecret,
      authority: server.url,
      ca: certificates.authority.cert,
      pollMs: 1,
      isReal: false,
      stop: () => server.close(),
    };
  },
};

const real = await findRealKeyVault();
const targets: readonly Target[] = [standIn, ...(real === undefined ? [] : [real])];

test('a real vault takes part', ({ skip }) => {
  skip(real === undefined, 'AZURE_KEY_VAULT_URL and a client secret are not set');
  expect(targets).toHaveLength(2);
});

/** Makes one attempt, so that a test sees the first failure. */
function connect(vault: RunningKeyVault): SecretClient {
  const credential = {
    getToken: async (scopes: string | string[]) => {
      const answer = await httpCall(vault.authority, `/${vault.tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: vault.clientId,
          client_secret: vault.clientSecret,
          scope: [scopes].flat().join(' '),
        }).toString(),
        ...(vault.ca === undefined ? {} : { ca: vault.ca }),
      });
      const { access_token: token = '', expires_in: expiresIn = 0 } = answer.json as {
        readonly access_token?: string;
        readonly expires_in?: number;
      };
      return { token, expiresOnTimestamp: Date.now() + expiresIn * 1000 };
    },
  };
  return new SecretClient(vault.url, credential, {
    retryOptions: { maxRetries: 0 },
    ...(vault.ca === undefined
      ? {}
      : // 127.0.0.1 does not belong to the resource of the challenge.
        { disableChallengeResourceVerification: true, tlsOptions: { ca: vault.ca } }),
  });
}

/** The status and the inner code, or the code, of the error that a call fails with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('The call succeeded.'),
    (reason: unknown) => reason,
  );
  const { statusCode, details } = error as {
    readonly statusCode?: number;
    readonly details?: {
      readonly error?: { readonly code: string; readonly innerError?: { readonly code: string } };
    };
  };
  if (details?.error === undefined) throw error;
  return `${String(statusCode)} ${details.error.innerError?.code ?? details.error.code}`;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.each(targets)('$name', ({ start }) => {
  let vault: RunningKeyVault;
  let client: SecretClient;
  const made = new Set<string>();

  beforeAll(async () => {
    vault = await start();
    client = connect(vault);
  });

  afterAll(async () => {
    if (vault.isReal) await Promise.all([...made].map(removeAltogether));
    await vault.stop();
  });

  const polling = (): { intervalInMs: number } => ({ intervalInMs: vault.pollMs });

  const removeAltogether = async (name: string): Promise<void> => {
    const poller = await client.beginDeleteSecret(name, polling()).catch(() => undefined);
    await poller?.pollUntilDone();
    await client.purgeDeletedSecret(name).catch(() => undefined);
  };

  const freshName = (): string => {
    const name = `Conformance-${randomUUID()}`;
    made.add(name);
    return name;
  };

  const create = async (value = 'value'): Promise<string> => {
    const name = freshName();
    await client.setSecret(name, value);
    return name;
  };

  const remove = async (name: string): Promise<void> => {
    const poller = await client.beginDeleteSecret(name, polling());
    await poller.pollUntilDone();
  };

  const valueOf = async (name: string, version?: string): Promise<string | undefined> =>
    (await client.getSecret(name, version === undefined ? {} : { version })).value;

  describe('values', () => {
    test('are kept as they are', async () => {
      const text = '{"b":1,"a":"ünïcødé 🔑\\n","n":12345678901234567890}\n';
      const name = freshName();
      const written = await client.setSecret(name, text);
      expect(written.value).toBe(text);
      expect(written.properties.version).toMatch(/^[0-9a-f]{32}$/);
      const { value, properties } = await client.getSecret(name);
      expect(value).toBe(text);
      expect(properties).toMatchObject({
        name,
        version: written.properties.version,
        enabled: true,
        vaultUrl: new URL(vault.url).origin,
      });
    });

    test('may be empty', async () => {
      expect(await valueOf(await create(''))).toBe('');
    });

    test('have at most 25,600 bytes', async () => {
      const text = 'x'.repeat(25_600);
      expect(await valueOf(await create(text))).toBe(text);
      expect(await refusal(create('x'.repeat(25_601)))).toBe('400 BadParameter');
    });
  });

  describe('properties', () => {
    test('come back with the secret', async () => {
      const name = freshName();
      // The client cuts times after 2038 to 32 bits.
      const expiresOn = new Date('2037-01-01T00:00:00Z');
      const notBefore = new Date('2020-01-01T00:00:00Z');
      await client.setSecret(name, 'value', {
        contentType: 'application/json',
        tags: { name: 'DATABASE_URL', team: 'shop' },
        expiresOn,
        notBefore,
      });
      const { properties } = await client.getSecret(name);
      expect(properties).toMatchObject({
        contentType: 'application/json',
        tags: { name: 'DATABASE_URL', team: 'shop' },
        expiresOn,
        notBefore,
      });
      expect(properties.recoveryLevel).toMatch(/Recoverable/);
      for (const date of [properties.createdOn, properties.updatedOn]) {
        expect(date?.getMilliseconds()).toBe(0);
        expect(Math.abs(Number(date) - Date.now())).toBeLessThan(300_000);
      }
    });

    test('change without a new version', async () => {
      const name = await create();
      const { properties } = await client.getSecret(name);
      await client.updateSecretProperties(name, properties.version ?? '', {
        contentType: 'text/plain',
        tags: { team: 'billing' },
      });
      const changed = await client.getSecret(name);
      expect(changed.value).toBe('value');
      expect(changed.properties).toMatchObject({
        version: properties.version,
        contentType: 'text/plain',
        tags: { team: 'billing' },
      });
      await client.updateSecretProperties(name, properties.version ?? '', { enabled: true });
      expect((await client.getSecret(name)).properties.tags).toEqual({ team: 'billing' });
    });

    test('are not inherited by the next version', async () => {
      const name = freshName();
      await client.setSecret(name, '1', { contentType: 'text/plain', tags: { team: 'shop' } });
      await client.setSecret(name, '2');
      const { properties } = await client.getSecret(name);
      expect(properties.contentType).toBeUndefined();
      expect(properties.tags ?? {}).toEqual({});
    });

    test('have limits', async () => {
      const set = (options: Parameters<SecretClient['setSecret']>[2]): Promise<unknown> =>
        client.setSecret(freshName(), 'value', options);
      const tags = (count: number): Record<string, string> =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${String(index)}`, '']));
      await set({ contentType: 'x'.repeat(255), tags: tags(15) });
      expect(await refusal(set({ contentType: 'x'.repeat(256) }))).toBe('400 BadParameter');
      expect(await refusal(set({ tags: tags(16) }))).toBe('400 BadParameter');
      await set({ tags: { name: 'x'.repeat(256) } });
      expect(await refusal(set({ tags: { name: 'x'.repeat(257) } }))).toBe('400 BadParameter');
    });

    test('that say disabled forbid reading', async () => {
      const name = freshName();
      const { properties } = await client.setSecret(name, 'value', { enabled: false });
      expect(await refusal(client.getSecret(name))).toBe('403 SecretDisabled');
      await client.updateSecretProperties(name, properties.version ?? '', { enabled: true });
      expect(await valueOf(name)).toBe('value');
    });

    test('that say expired, or not yet valid, forbid nothing', async () => {
      const name = freshName();
      await client.setSecret(name, 'old', { expiresOn: new Date('2020-01-01T00:00:00Z') });
      expect(await valueOf(name)).toBe('old');
      await client.setSecret(name, 'new', { notBefore: new Date('2037-01-01T00:00:00Z') });
      expect(await valueOf(name)).toBe('new');
    });
  });

  describe('names', () => {
    test('are compared without case, and keep it', async () => {
      const name = await create();
      expect(await valueOf(name.toUpperCase())).toBe('value');
      await client.setSecret(name.toLowerCase(), 'second');
      expect(await valueOf(name)).toBe('second');
      const listed = await all(client.listPropertiesOfSecrets());
      const found = listed.filter((each) => each.name.toLowerCase() === name.toLowerCase());
      expect(found).toHaveLength(1);
    });

    test('have letters, digits and hyphens', async () => {
      for (const name of ['under_score', 'dot.dot', 'ümlaut', 'x'.repeat(128)]) {
        expect(await refusal(client.setSecret(name, 'value'))).toBe('400 BadParameter');
      }
      const longest = freshName().padEnd(127, '-x');
      made.add(longest);
      await client.setSecret(longest, 'value');
      expect(await valueOf(longest)).toBe('value');
    });

    test('that are missing are not found', async () => {
      expect(await refusal(client.getSecret(freshName()))).toBe('404 SecretNotFound');
      expect(await refusal(client.beginDeleteSecret(freshName()))).toBe('404 SecretNotFound');
      expect(await refusal(client.getDeletedSecret(freshName()))).toBe('404 SecretNotFound');
      expect(await all(client.listPropertiesOfSecretVersions(freshName()))).toEqual([]);
      const name = await create();
      expect(await refusal(client.getSecret(name, { version: '0'.repeat(32) }))).toBe(
        '404 SecretNotFound',
      );
    });
  });

  describe('versions', () => {
    test('are all readable, and listed without values', async () => {
      const name = freshName();
      const ids: string[] = [];
      for (const value of ['1', '2', '3']) {
        const { properties } = await client.setSecret(name, value);
        ids.push(properties.version ?? '');
      }
      expect(await valueOf(name)).toBe('3');
      expect(await valueOf(name, ids[0])).toBe('1');
      const listed = await all(client.listPropertiesOfSecretVersions(name));
      expect(new Set(listed.map(({ version }) => version))).toEqual(new Set(ids));
      expect(listed).toHaveLength(3);
      expect(listed.every((each) => !('value' in each))).toBe(true);
    });

    test('come in pages', async () => {
      const name = freshName();
      for (const value of ['1', '2', '3']) await client.setSecret(name, value);
      const pages = await all(
        client.listPropertiesOfSecretVersions(name).byPage({ maxPageSize: 2 }),
      );
      expect(pages.every((page) => page.length <= 2)).toBe(true);
      expect(pages.flat()).toHaveLength(3);
    });
  });

  describe('lists', () => {
    test('have every secret once, in pages of 25 at most, without values', async () => {
      const names = await Promise.all(Array.from({ length: 26 }, () => create()));
      const pages: SecretProperties[][] = await all(client.listPropertiesOfSecrets().byPage());
      expect(pages.length).toBeGreaterThan(1);
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(25);
      const listed = pages.flat();
      const ours = listed.filter(({ name }) => names.includes(name));
      expect(ours.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
      expect(ours.every((each) => each.version === undefined && !('value' in each))).toBe(true);
    });

    test('show disabled secrets, and the newest version', async () => {
      const name = freshName();
      await client.setSecret(name, '1');
      await client.setSecret(name, '2', { enabled: false, contentType: 'text/plain' });
      const listed = await all(client.listPropertiesOfSecrets());
      expect(listed.find((each) => each.name === name)).toMatchObject({
        enabled: false,
        contentType: 'text/plain',
      });
    });
  });

  describe('deletion', () => {
    test('is soft', async () => {
      const name = await create('kept');
      const poller = await client.beginDeleteSecret(name, polling());
      const deleted = await poller.pollUntilDone();
      expect(deleted.recoveryId).toBe(`${new URL(vault.url).origin}/deletedsecrets/${name}`);
      const { deletedOn, scheduledPurgeDate, recoverableDays = 0 } = deleted.properties;
      expect(Number(scheduledPurgeDate) - Number(deletedOn)).toBe(recoverableDays * 86_400_000);

      expect(await refusal(client.getSecret(name))).toBe('404 SecretNotFound');
      expect(await refusal(client.setSecret(name, 'new'))).toBe(
        '409 ObjectIsDeletedButRecoverable',
      );
      expect(await all(client.listPropertiesOfSecretVersions(name))).toEqual([]);
      expect((await client.getDeletedSecret(name)).name).toBe(name);
      const listed = await all(client.listDeletedSecrets());
      expect(listed.filter((each) => each.name === name)).toHaveLength(1);
    });

    test('is undone with all versions', async () => {
      const name = freshName();
      const first = await client.setSecret(name, '1');
      await client.setSecret(name, '2');
      await remove(name);
      const poller = await client.beginRecoverDeletedSecret(name, polling());
      await poller.pollUntilDone();
      expect(await valueOf(name)).toBe('2');
      expect(await valueOf(name, first.properties.version)).toBe('1');
      expect(await refusal(client.getDeletedSecret(name))).toBe('404 SecretNotFound');
    });

    test('is undone only if there is something to undo', async () => {
      expect(await refusal(client.beginRecoverDeletedSecret(freshName()))).toBe(
        '404 SecretNotFound',
      );
      expect(await refusal(client.purgeDeletedSecret(freshName()))).toBe('404 SecretNotFound');
    });
  });
});
