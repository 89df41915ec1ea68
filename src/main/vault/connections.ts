/** From settings to a provider that can be called: one per configuration, kept while it stays the same. */
import type { VaultForm } from '@shared/contract/vault';
import { AppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import { validateForm, type ProviderId } from '@shared/providers/descriptor';
import type { FormValues } from '@shared/contract/vault';
import type { CredentialStore } from '../credentials/credential-store';
import type { SecretsProvider } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import { Secret } from '../secrets/secret';
import type { Configurations, ResolvedConfiguration, Scope } from './configurations';

export interface Connection {
  readonly id: string;
  readonly providerId: ProviderId;
  readonly provider: SecretsProvider;
}

type Credentials = Readonly<Record<string, Secret | undefined>>;

export class Connections {
  readonly #open = new Map<string, Connection>();

  constructor(
    private readonly configurations: Configurations,
    private readonly credentials: CredentialStore,
    private readonly registry: ProviderRegistry,
  ) {}

  /**
   * The connection of a workspace, to the provider in use or to another that is set up in the same place.
   * Throws what `assertValid` does and what reading credentials throws.
   */
  async connect(workspaceId: string, other?: ProviderId): Promise<Connection> {
    const resolved = this.configurations.resolve(workspaceId, other);
    const id = this.configurations.connectionId(resolved);
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    if (!resolved.saved) {
      throw new AppError('INVALID_CONFIGURATION', {
        message: `${providerDescriptors[resolved.provider].label} has not been set up yet.`,
        hint: 'Fill in Settings → Vault and save.',
      });
    }
    const provider = this.#create(resolved.provider, resolved.values, await this.#stored(resolved));
    // Two first calls at once: the one that was slower to read the credentials gives way.
    const first = this.#open.get(id);
    if (first !== undefined) {
      provider.dispose();
      return first;
    }
    const connection = { id, providerId: resolved.provider, provider };
    this.#open.set(id, connection);
    return connection;
  }

  /** The id that `connect` would give, without connecting. */
  currentId(workspaceId: string, other?: ProviderId): string {
    return this.configurations.connectionId(this.configurations.resolve(workspaceId, other));
  }

  /** A provider for a form as it stands, saved or not. The caller disposes of it. */
  async connectForm(scope: Scope, form: VaultForm): Promise<SecretsProvider> {
    return this.#create(form.provider, form.values, await this.formCredentials(scope, form));
  }

  /** The stored credentials with the form's changes laid over them. */
  async formCredentials(scope: Scope, { provider, credentials }: VaultForm): Promise<Credentials> {
    const result: Record<string, Secret | undefined> = {};
    for (const { name } of credentialFields(provider)) {
      const change = credentials[name] ?? { action: 'keep' };
      if (change.action === 'replace') result[name] = new Secret(change.value);
      else if (change.action === 'keep') {
        result[name] = await this.credentials.get(scope, provider, name);
      }
    }
    return result;
  }

  /** Closes every connection but the ones that are still configured. */
  retain(isCurrent: (connectionId: string) => boolean): void {
    for (const [id, { provider }] of this.#open) {
      if (isCurrent(id)) continue;
      this.#open.delete(id);
      provider.dispose();
    }
  }

  closeAll(): void {
    this.retain(() => false);
  }

  async #stored({ scope, provider }: ResolvedConfiguration): Promise<Credentials> {
    const result: Record<string, Secret | undefined> = {};
    for (const { name } of credentialFields(provider)) {
      result[name] = await this.credentials.get(scope, provider, name);
    }
    return result;
  }

  #create(id: ProviderId, values: FormValues, credentials: Credentials): SecretsProvider {
    const present = new Set(
      Object.entries(credentials)
        .filter(([, secret]) => secret !== undefined && secret.reveal() !== '')
        .map(([name]) => name),
    );
    assertValid(id, values, present);
    const parsed: unknown = providerDescriptors[id].schema.parse(values);
    return this.registry[id].create({ values: parsed, credentials });
  }
}

export const credentialFields = (id: ProviderId): readonly { readonly name: string }[] =>
  providerDescriptors[id].fields.filter((field) => field.kind === 'credential');

/** Throws `INVALID_CONFIGURATION` or `CREDENTIALS_MISSING`, with the first field that is at fault. */
export function assertValid(
  id: ProviderId,
  values: FormValues,
  presentCredentials: ReadonlySet<string>,
): void {
  const descriptor = providerDescriptors[id];
  const [first] = Object.entries(validateForm(descriptor, values, presentCredentials));
  if (first === undefined) return;
  const [field, message] = first;
  const { kind, label } = descriptor.fields.find(({ name }) => name === field) ?? { label: field };
  if (kind === 'credential') {
    throw new AppError('CREDENTIALS_MISSING', {
      message: `No ${label} is stored.`,
      hint: 'Enter it in Settings → Vault. What is kept only for a session is forgotten when Strongroom quits.',
      details: { field },
    });
  }
  throw new AppError('INVALID_CONFIGURATION', {
    message: `${label}: ${message}`,
    details: { field },
  });
}
