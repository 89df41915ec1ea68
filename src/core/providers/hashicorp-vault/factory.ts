import { AppError } from '@shared/errors';
import type { HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import { Network } from '@core/network/network';
import { RequestLimit, mostAtOnce } from '@core/network/request-limit';
import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import type { ProviderFactory, ProviderSettings } from '../provider';
import { systemRuntime, type Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import { ApproleLogins, type ApproleCredentials } from './approle-login';
import { ApproleAuthentication, WrappedApproleAuthentication } from './approle-authentication';
import type { Authentication } from './authentication';
import { VaultClient } from './client';
import { HashicorpVaultProvider, type EffectiveValues } from './provider';
import { TokenAuthentication } from './token-authentication';
import { UnwrappedSecretIds } from './wrapping';

export interface HashicorpVaultOptions {
  readonly runtime?: Runtime;
  /** Milliseconds that one request may take, with all its attempts. */
  readonly deadlineMs?: number;
  /** Requests, and so connections, at a time, if the settings name no number. */
  readonly concurrency?: number;
  /** Which proxy this computer asks for. Default: that of the environment. */
  readonly systemProxy?: SystemProxy;
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
  runtime = systemRuntime,
  deadlineMs = 15_000,
  concurrency,
  systemProxy = environmentProxy(runtime.env),
}: HashicorpVaultOptions = {}): HashicorpVaultFactory {
  const logins = new ApproleLogins(runtime);
  const secretIds = new UnwrappedSecretIds();

  const networkFor = (settings: ProviderSettings<HashicorpVaultValues>): Network =>
    new Network({ ...settings, verifySsl: settings.values.verifySsl }, { runtime, systemProxy });

  const approleCredentials = (
    values: HashicorpVaultValues,
    network: Network,
    secretId: Secret,
  ): ApproleCredentials => ({ ...values, network, secretId, deadlineMs, runtime });

  const authenticate = (
    { values, credentials }: ProviderSettings<HashicorpVaultValues>,
    network: Network,
    client: VaultClient,
  ): Authentication => {
    if (values.authentication === 'token') {
      return new TokenAuthentication({
        token: credential(credentials, 'token', 'token'),
        client,
        enginePath: values.enginePath,
      });
    }
    const entered = credential(credentials, 'secretId', 'Secret ID');
    const logInWith = (secretId: Secret): ApproleAuthentication => {
      const approle = approleCredentials(values, network, secretId);
      return new ApproleAuthentication(logins.of(approle), approle, client);
    };
    if (!values.secretIdIsWrapped) return logInWith(entered);
    return new WrappedApproleAuthentication(async () =>
      logInWith(await secretIds.get(approleCredentials(values, network, entered))),
    );
  };

  return {
    id: 'hashicorp-vault',
    create: (settings) => {
      const { url } = settings.values;
      const network = networkFor(settings);
      const most = mostAtOnce(settings.values, concurrency);
      const limit = new RequestLimit({ runtime, most });
      const client = new VaultClient({
        url,
        network,
        deadlineMs,
        runtime,
        limit,
        maxSockets: most,
      });
      return new HashicorpVaultProvider({
        values: withEffectiveNamespace(settings.values),
        client,
        network,
        authentication: () => authenticate(settings, network, client),
        deadlineMs,
        limit,
      });
    },
    prepareToStore: async (values, stored) => {
      if (values.authentication !== 'approle' || !values.secretIdIsWrapped) return undefined;
      const entered = credential({ secretId: await stored('secretId') }, 'secretId', 'Secret ID');
      const network = networkFor({
        values,
        credentials: {
          clientKeyPassphrase:
            values.clientCertFile === '' ? undefined : await stored('clientKeyPassphrase'),
          proxyPassword: values.proxy === 'typed' ? await stored('proxyPassword') : undefined,
        },
      });
      const secretId = await secretIds.get(approleCredentials(values, network, entered));
      return { values: { secretIdIsWrapped: false }, credentials: { secretId } };
    },
    forgetLogins: () => {
      logins.forget();
      secretIds.forget();
    },
  };
}

/** The Namespace field counts for AppRole only, even if the form still holds one. */
const withEffectiveNamespace = (values: HashicorpVaultValues): EffectiveValues =>
  values.authentication === 'approle'
    ? values
    : { ...values, namespace: '', ignoredNamespace: values.namespace };
