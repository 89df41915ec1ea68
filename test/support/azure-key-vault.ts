/** What the tests of Azure Key Vault share: a stand-in for each test, and short ways to say things. */
import { onTestFinished } from 'vitest';
import {
  azureKeyVaultDescriptor,
  azureKeyVaultSchema,
  type AzureKeyVaultValues,
} from '@shared/providers/azure-key-vault';
import {
  startKeyVaultServer,
  type ApplicationHandle,
  type KeyVaultOptions,
  type KeyVaultServer,
} from '../servers/azure-key-vault/server';
import { documentToText, type SecretDocument } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { ProviderSettings, SecretsProvider } from '@core/providers/provider';
import type { AzureOptions } from '@core/providers/azure-key-vault/connection';
import { createAzureKeyVaultFactory } from '@core/providers/azure-key-vault/factory';
import { FakeRuntime } from './fake-runtime';

export const signal: AbortSignal = new AbortController().signal;

export { appErrorOf as failure } from './failure-of';

/** The resource of its challenge belongs to its host, as that of a real vault does. */
export async function startVault(options: KeyVaultOptions = {}): Promise<KeyVaultServer> {
  const server = await startKeyVaultServer({ resource: 'https://127.0.0.1', ...options });
  onTestFinished(() => server.close());
  return server;
}

export interface ProviderParts extends Partial<AzureKeyVaultValues> {
  readonly clientSecret?: string | undefined;
  readonly certificatePassphrase?: string | undefined;
  readonly proxyPassword?: string | undefined;
}

export function settingsOf({
  clientSecret,
  certificatePassphrase,
  proxyPassword,
  ...values
}: ProviderParts): ProviderSettings<AzureKeyVaultValues> {
  const secret = (text: string | undefined): Secret | undefined =>
    text === undefined ? undefined : new Secret(text);
  return {
    values: azureKeyVaultSchema.parse({
      ...azureKeyVaultDescriptor.defaults,
      authentication: 'secret',
      ...values,
    }),
    credentials: {
      clientSecret: secret(clientSecret),
      certificatePassphrase: secret(certificatePassphrase),
      proxyPassword: secret(proxyPassword),
    },
  };
}

/** Is disposed of when the test ends. */
export function makeProvider(parts: ProviderParts, options: AzureOptions = {}): SecretsProvider {
  const provider = createAzureKeyVaultFactory(options).create(settingsOf(parts));
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
}

/** What the form has for an application of the stand-in. */
export const partsOf = (
  server: KeyVaultServer,
  { clientId, clientSecret }: ApplicationHandle = server.application(),
): ProviderParts => ({ vault: server.url, clientId, clientSecret });

export interface Connected {
  readonly server: KeyVaultServer;
  readonly app: ApplicationHandle;
  readonly provider: SecretsProvider;
  /** Its time is that of the server; a wait is over at once. */
  readonly runtime: FakeRuntime;
  /** Another person, with another copy of Strongroom. */
  colleague(): SecretsProvider;
}

/** A vault, and a provider that may do everything with its secrets. */
export async function connect(options: AzureOptions = {}): Promise<Connected> {
  const server = await startVault();
  const app = server.application();
  const runtime = new FakeRuntime(server.clock);
  const open = (): SecretsProvider => makeProvider(partsOf(server, app), { runtime, ...options });
  return { server, app, provider: open(), runtime, colleague: open };
}

/** The text of a document that is not binary. */
export const textOf = (document: SecretDocument): string =>
  document.shape === 'binary' ? '(binary)' : documentToText(document);

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
