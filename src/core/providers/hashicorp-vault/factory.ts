import { AppError } from '@shared/errors';
import { mountOf, type HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import { Network } from '@core/network/network';
import { RequestLimit, mostAtOnce } from '@core/network/request-limit';
import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import type { ProviderFactory, ProviderSettings } from '../provider';
import { systemRuntime, type Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { Authentication } from './authentication';
import { VaultClient } from './client';
import { findVault } from './found';
import { Logins, type LoginMethod, type VaultAccess } from './login';
import { LoginAuthentication, WrappedApproleAuthentication } from './login-authentication';
import { approleMethod, kubernetesMethod, passwordMethod } from './login-methods';
import { signInByOidc } from './oidc';
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
  /** Forgets all logins of this session, as when the app is locked. */
  forgetLogins(): void;
};

const SIGN_IN = 'Sign in: a browser opens the page for it.';

function credential(
  credentials: ProviderSettings<HashicorpVaultValues>['credentials'],
  name: 'token' | 'secretId' | 'password' | 'oidcToken',
  label: string,
): Secret {
  const entered = credentials[name]?.reveal() ?? '';
  // A line break comes along easily when a credential is pasted. A password may begin or end with a space.
  const text = name === 'password' ? entered.replace(/\r?\n$/, '') : entered.trim();
  if (text === '') {
    throw new AppError('CREDENTIALS_MISSING', {
      ...(name === 'oidcToken'
        ? { message: 'Nobody is signed in to Vault.', hint: SIGN_IN }
        : { message: `The ${label} has not been entered yet.` }),
      remedy: { open: 'connection', field: name },
      details: { field: name },
    });
  }
  return new Secret(text);
}

/**
 * The providers of one factory share their logins: Test, Save and Pull All are one login, as long as address,
 * namespace, names and credentials are the same.
 */
export function createHashicorpVaultFactory({
  runtime = systemRuntime,
  deadlineMs = 15_000,
  concurrency,
  systemProxy = environmentProxy(runtime.env),
}: HashicorpVaultOptions = {}): HashicorpVaultFactory {
  const logins = new Logins(runtime);
  const secretIds = new UnwrappedSecretIds();

  const networkFor = (settings: ProviderSettings<HashicorpVaultValues>): Network =>
    new Network({ ...settings, verifySsl: settings.values.verifySsl }, { runtime, systemProxy });

  const accessTo = ({ url }: HashicorpVaultValues, network: Network): VaultAccess => ({
    url,
    network,
    deadlineMs,
    runtime,
  });

  const authenticate = (
    { values, credentials, onExpiry }: ProviderSettings<HashicorpVaultValues>,
    network: Network,
    client: VaultClient,
  ): Authentication => {
    const access = accessTo(values, network);
    const logInBy = (method: LoginMethod): LoginAuthentication => {
      const login = { ...access, namespace: values.namespace, method };
      return new LoginAuthentication(logins.of(login), login, client);
    };
    switch (values.authentication) {
      case 'oidc':
        return new TokenAuthentication({
          token: credential(credentials, 'oidcToken', 'sign-in'),
          client,
          enginePath: values.enginePath,
          method: 'OIDC',
          namespace: values.namespace,
          onExpiry,
        });
      case 'token':
        return new TokenAuthentication({
          token: credential(credentials, 'token', 'token'),
          client,
          enginePath: values.enginePath,
          onExpiry,
        });
      case 'approle': {
        const entered = credential(credentials, 'secretId', 'Secret ID');
        const logInWith = (secretId: Secret): LoginAuthentication =>
          logInBy(approleMethod({ ...values, secretId }));
        if (!values.secretIdIsWrapped) return logInWith(entered);
        return new WrappedApproleAuthentication(async () =>
          logInWith(await secretIds.get({ ...access, ...values, secretId: entered })),
        );
      }
      case 'userpass':
      case 'ldap':
        return logInBy(
          passwordMethod({
            method: values.authentication === 'ldap' ? 'LDAP' : 'Userpass',
            mount: mountOf(values),
            username: values.username,
            password: credential(credentials, 'password', 'password'),
          }),
        );
      case 'kubernetes':
        return logInBy(
          kubernetesMethod({
            mount: mountOf(values),
            role: values.kubernetesRole,
            jwtFile: values.jwtFile,
          }),
        );
    }
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
      const secretId = await secretIds.get({
        ...accessTo(values, network),
        ...values,
        secretId: entered,
      });
      return { values: { secretIdIsWrapped: false }, credentials: { secretId } };
    },
    find: () => findVault(runtime),
    signIn: (settings, signal) => {
      const { values } = settings;
      const access = accessTo(values, networkFor(settings));
      return signInByOidc(
        {
          ...access,
          mount: mountOf(values),
          namespace: values.namespace,
          role: values.oidcRole,
          port: Number(values.callbackPort),
        },
        signal,
      );
    },
    forgetLogins: () => {
      logins.forget();
      secretIds.forget();
    },
  };
}

/** The Namespace field counts for logins only, even if the form still holds one. */
const withEffectiveNamespace = (values: HashicorpVaultValues): EffectiveValues =>
  values.authentication === 'token'
    ? { ...values, namespace: '', ignoredNamespace: values.namespace }
    : values;
