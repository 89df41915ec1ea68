/** The settings of connections: which ones a workspace uses, and where they come from. */
import { createHash } from 'node:crypto';
import type { SettingsScope, ConnectionSettings } from '@shared/model/connection';
import type { FormValues } from '@shared/model/form-values';
import { AppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import { providerIds, type ProviderId } from '@shared/providers/descriptor';
import { destinationOf } from '@shared/providers/destination';
import type { CredentialPlace, CredentialStore } from '@core/keys/credential-store';
import type { ConnectionSettingsRows } from '@core/storage/connection-settings';
import type { Workspaces } from '@core/storage/workspaces';

/** `global`, or the id of a workspace that overrides it. */
export type Scope = string;
export const GLOBAL_SCOPE: Scope = 'global';

/** A fresh install works without a server. */
const DEFAULT_PROVIDER: ProviderId = 'local-vault';

export interface ResolvedSettings {
  readonly scope: Scope;
  readonly provider: ProviderId;
  /** As this workspace uses them: see `ProviderDescriptor.valuesFor`. */
  readonly values: FormValues;
  readonly saved: boolean;
}

export class SettingsStore {
  /** Counts changes of credentials, which the connection id must reflect without holding them. */
  readonly #generations = new Map<string, number>();

  constructor(
    private readonly rows: ConnectionSettingsRows,
    private readonly credentials: CredentialStore,
    private readonly workspaces: Workspaces,
  ) {
    this.credentials.bindOlder((scope, provider) => {
      const id = providerIds.find((known) => known === provider);
      return id === undefined ? '' : this.#storedPlace(scope, id).destination;
    });
  }

  /**
   * The one place that decides between a workspace's own settings and the global defaults. `other` names
   * a provider that is set up in the same place, instead of the one in use. Throws `NO_SUCH_WORKSPACE`.
   */
  resolve(workspaceId: string, other?: ProviderId): ResolvedSettings {
    const scope = this.#scopeOf(workspaceId);
    const provider = other ?? this.rows.selected(scope) ?? DEFAULT_PROVIDER;
    const { values, saved } = this.#stored(scope, provider);
    return { scope, provider, values: this.valuesFor(workspaceId, provider, values), saved };
  }

  /** The values of settings, saved or not, as a workspace uses them. Throws `NO_SUCH_WORKSPACE`. */
  valuesFor(workspaceId: string, provider: ProviderId, values: FormValues): FormValues {
    const workspace = this.workspaces.find(workspaceId);
    if (workspace === undefined) throw new AppError('NO_SUCH_WORKSPACE');
    return providerDescriptors[provider].valuesFor?.(values, workspace) ?? values;
  }

  /** Names one state of settings and credentials; holds neither. */
  connectionId({ scope, provider, values }: ResolvedSettings): string {
    const generation = this.#generations.get(JSON.stringify([scope, provider])) ?? 0;
    return createHash('sha256')
      .update(JSON.stringify([scope, provider, sortedEntries(values), generation]))
      .digest('base64url');
  }

  /** As the window shows them: how every provider is set up, without credentials. */
  view(workspaceId: string): ConnectionSettings {
    const { scope, provider } = this.resolve(workspaceId);
    const providers = Object.fromEntries(
      providerIds.map((id) => [
        id,
        {
          ...this.#stored(scope, id),
          savedCredentials: this.credentials.names(this.#storedPlace(scope, id)),
          savedElsewhere: Object.fromEntries(
            this.credentials.elsewhere(this.#storedPlace(scope, id)),
          ),
        },
      ]),
    ) as ConnectionSettings['providers'];
    return { source: scope === GLOBAL_SCOPE ? 'global' : 'workspace', provider, providers };
  }

  exists(workspaceId: string): boolean {
    return this.workspaces.find(workspaceId) !== undefined;
  }

  /** Whether a workspace has its own settings. */
  isOverridden(workspaceId: string): boolean {
    return this.#scopeOf(workspaceId) !== GLOBAL_SCOPE;
  }

  /** The scope of a workspace's form. Default: the scope whose settings the workspace uses. */
  scopeFor(workspaceId: string, scope: SettingsScope | undefined): Scope {
    const current = this.#scopeOf(workspaceId);
    if (scope === undefined) return current;
    return scope === 'global' ? GLOBAL_SCOPE : workspaceId;
  }

  save(scope: Scope, provider: ProviderId, values: FormValues, credentialsChanged: boolean): void {
    // The workspace may have gone while the key for its credentials was fetched.
    if (scope !== GLOBAL_SCOPE) this.#assertThere(scope);
    if (credentialsChanged) this.#countCredentials(scope, provider);
    this.rows.save(scope, provider, values);
  }

  /** Gives a workspace its own settings: a copy of the global defaults, without their credentials. */
  override(workspaceId: string): void {
    const { provider } = this.resolve(workspaceId);
    if (this.isOverridden(workspaceId)) return;
    const { values } = this.#stored(GLOBAL_SCOPE, provider);
    this.rows.transaction(() => {
      this.rows.copyScope(GLOBAL_SCOPE, workspaceId);
      this.rows.save(workspaceId, provider, values);
    });
  }

  /** Forgets a workspace's own settings and credentials. */
  forget(workspaceId: string): void {
    this.rows.transaction(() => {
      this.rows.removeScope(workspaceId);
      this.credentials.removeScope(workspaceId);
    });
    // The same settings entered again make another connection: they come with other credentials.
    for (const provider of providerIds) this.#countCredentials(workspaceId, provider);
  }

  #countCredentials(scope: Scope, provider: ProviderId): void {
    const key = JSON.stringify([scope, provider]);
    this.#generations.set(key, (this.#generations.get(key) ?? 0) + 1);
  }

  #scopeOf(workspaceId: string): Scope {
    this.#assertThere(workspaceId);
    return this.rows.selected(workspaceId) === undefined ? GLOBAL_SCOPE : workspaceId;
  }

  #assertThere(workspaceId: string): void {
    if (!this.exists(workspaceId)) throw new AppError('NO_SUCH_WORKSPACE');
  }

  #storedPlace(scope: Scope, provider: ProviderId): CredentialPlace {
    return placeOf(scope, provider, this.#stored(scope, provider).values);
  }

  #stored(scope: Scope, provider: ProviderId): Pick<ResolvedSettings, 'values' | 'saved'> {
    const { defaults } = providerDescriptors[provider];
    const stored = this.rows.find(scope, provider);
    // The local vault works before anything is saved.
    return {
      values: { ...defaults, ...stored },
      saved: stored !== undefined || provider === 'local-vault',
    };
  }
}

/** Where the credentials of these settings are stored. */
export const placeOf = (
  scope: Scope,
  provider: ProviderId,
  values: FormValues,
): CredentialPlace => ({
  scope,
  provider,
  destination: destinationOf(providerDescriptors[provider], values),
});

const sortedEntries = (values: FormValues): readonly (readonly [string, unknown])[] =>
  Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
