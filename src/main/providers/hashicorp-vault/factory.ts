import { AppError } from '@shared/errors';
import type { HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import type { ProviderFactory, ProviderSettings } from '../provider';
import { Secret } from '../../secrets/secret';
import { ApproleLogins, type ApproleCredentials } from './approle-login';
import { ApproleAuthentication, WrappedApproleAuthentication } from './approle-authentication';
import type { Authentication } from './authentication';
import { VaultClient } from './client';
import { systemClock, type Clock } from './clock';
import { HashicorpVaultProvider } from './provider';
import { TokenAuthentication } from './token-authentication';
import { UnwrappedSecretIds } from './wrapping';

export interface HashicorpVaultOptions {
  readonly clock?: Clock;
  /** Milliseconds that one request may take. */
  readonly deadlineMs?: number;
  /** Requests, and so connections, at a time. */
  readonly concurrency?: number;
}

export type HashicorpVaultFactory = ProviderFactory<HashicorpVaultValues> & {
  /** Forgets all AppRole logins of this session, as when the app is locked. */
  forgetLogins(): void;
};

function credential(
  credentials: ProviderSettings<HashicorpVaultValues>['credentials'],
  name: 'token' | 'secretId',
  label: string,
): Secret {
  // A line break comes along easily when a credential is pasted.
  const text = credentials[name]?.reveal().trim() ?? '';
  if (text === '') {
    throw new AppError('CREDENTIALS_MISSING', {
      message: `The ${label} has not been entered yet.`,
      details: { field: name },
    });
  }
  return new Secret(text);
}

/**
 * The providers of one factory share their AppRole logins: Test, Save and Pull All are one login,
 * as long as address, namespace, Role ID and Secret ID are the same.
 */
export function createHashicorpVaultFactory({
  clock = systemClock,
  deadlineMs = 15_000,
  concurrency = 16,
}: HashicorpVaultOptions = {}): HashicorpVaultFactory {
  const logins = new ApproleLogins(clock);
  const secretIds = new UnwrappedSecretIds();

  const approleCredentials = (
    values: HashicorpVaultValues,
    secretId: Secret,
  ): ApproleCredentials => ({ ...values, secretId, deadlineMs });

  const authenticate = (
    { values, credentials }: ProviderSettings<HashicorpVaultValues>,
    client: VaultClient,
  ): Authentication => {
    if (values.authentication === 'token') {
      return new TokenAuthentication({
        token: credential(credentials, 'token', 'token'),
        client,
        enginePath: values.enginePath,
        clock,
      });
    }
    const entered = credential(credentials, 'secretId', 'Secret ID');
    const logInWith = (secretId: Secret): ApproleAuthentication => {
      const approle = approleCredentials(values, secretId);
      return new ApproleAuthentication(logins.of(approle), approle, client);
    };
    if (!values.secretIdIsWrapped) return logInWith(entered);
    return new WrappedApproleAuthentication(async () =>
      logInWith(await secretIds.get(approleCredentials(values, entered))),
    );
  };

  return {
    id: 'hashicorp-vault',
    create: (settings) => {
      const { url, verifySsl } = settings.values;
      const client = new VaultClient({ url, verifySsl, deadlineMs, maxSockets: concurrency });
      return new HashicorpVaultProvider({
        values: withEffectiveNamespace(settings.values),
        client,
        authentication: () => authenticate(settings, client),
        deadlineMs,
        concurrency,
      });
    },
    prepareToStore: async (values, stored) => {
      if (values.authentication !== 'approle' || !values.secretIdIsWrapped) return undefined;
      const entered = credential({ secretId: await stored('secretId') }, 'secretId', 'Secret ID');
      const secretId = await secretIds.get(approleCredentials(values, entered));
      return { values: { secretIdIsWrapped: false }, credentials: { secretId } };
    },
    forgetLogins: () => {
      logins.forget();
      secretIds.forget();
    },
  };
}

/** The Namespace field counts for AppRole only, even where the form still holds one. */
const withEffectiveNamespace = (values: HashicorpVaultValues): HashicorpVaultValues =>
  values.authentication === 'approle' ? values : { ...values, namespace: '' };
