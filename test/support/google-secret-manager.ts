/** What the tests of the provider for Google Secret Manager share. */
import { inspect } from 'node:util';
import {
  googleSecretManagerDescriptor,
  googleSecretManagerSchema,
  type GoogleSecretManagerValues,
} from '@shared/providers/google-secret-manager';
import { mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { GoogleOptions } from '@core/providers/google-secret-manager/connection';
import { GoogleSecretManagerProvider } from '@core/providers/google-secret-manager/provider';
import type { ProviderSettings, SecretsProvider } from '@core/providers/provider';
import type {
  GoogleSecretManager,
  ServiceAccountOptions,
} from '../servers/google-secret-manager/server';
import { FakeRuntime, runningTime } from './fake-runtime';

export { collect, signal, textOf } from './aws-secrets-manager';
export { appErrorOf as failure } from './failure-of';

export interface ProviderParts extends Partial<GoogleSecretManagerValues> {
  /** The JSON of a service account key. */
  readonly key?: unknown;
  readonly proxyPassword?: string;
}

export const settingsOf = ({
  key,
  proxyPassword,
  ...values
}: ProviderParts): ProviderSettings<GoogleSecretManagerValues> => ({
  values: googleSecretManagerSchema.parse({
    ...googleSecretManagerDescriptor.defaults,
    authentication: 'key',
    ...values,
  }),
  credentials: {
    key:
      key === undefined
        ? undefined
        : new Secret(typeof key === 'string' ? key : JSON.stringify(key)),
    proxyPassword: proxyPassword === undefined ? undefined : new Secret(proxyPassword),
  },
});

/** Waits end at once, and no environment variable is set. */
export const quickRuntime = (env: Readonly<Record<string, string>> = {}): FakeRuntime => {
  const runtime = new FakeRuntime(runningTime());
  // Nothing listens there: this is no machine of Google's.
  Object.assign(runtime.env, { GCE_METADATA_HOST: '127.0.0.1:1', ...env });
  return runtime;
};

const direct = async (): Promise<undefined> => undefined;

/** Its caller disposes of it. */
export const makeProvider = (parts: ProviderParts, options: GoogleOptions = {}): SecretsProvider =>
  new GoogleSecretManagerProvider(settingsOf(parts), {
    runtime: quickRuntime(),
    systemProxy: direct,
    ...options,
  });

/** The settings for the first project of a stand-in, with a key of a new service account. */
export const accountParts = (
  server: GoogleSecretManager,
  options: ServiceAccountOptions = {},
): ProviderParts => ({
  endpoint: server.url,
  project: server.project,
  key: server.serviceAccount(options).newKey(),
});

export const variables = (entries: Readonly<Record<string, string>>): SecretDocument =>
  mapDocument(Object.entries(entries).map(([key, text]) => [key, textEntry(text)] as const));

/** Everything that an error holds, its causes included, as text. */
export const everythingIn = (error: unknown): string =>
  inspect(error, { depth: 12, showHidden: true, maxStringLength: null });
