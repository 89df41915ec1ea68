/** From settings to a provider that can be called: one per configuration, kept while it stays the same. */
import type { ConnectionForm } from '@shared/model/connection';
import { AppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import { validateForm, type ProviderId } from '@shared/providers/descriptor';
import type { FormValues } from '@shared/model/form-values';
import type { CredentialStore } from '@core/keys/credential-store';
import type { Prepared, SecretsProvider } from '@core/providers/provider';
import type { ProviderRegistry } from '@core/providers/registry';
import { Secret } from '@core/secrets/secret';
import type { SecretAddress } from '@core/secrets/session-secrets';
import type { Configurations, ResolvedConfiguration, Scope } from './configurations';
import { interruptible, type ConnectedProvider } from './interruptible';
import { reachable } from './reachable';
import type { Reachability } from './reachability';

export interface Connection {
  /** Names one state of settings and credentials; the same for workspaces that share them. */
  readonly id: string;
  readonly providerId: ProviderId;
  readonly provider: ConnectedProvider;
  /**
   * Aborts when the settings change, the workspace goes or the app is locked; the reason is an
   * `AppError`. What was read before that is not to be kept.
   */
  readonly ended: AbortSignal;
}

type Credentials = Readonly<Record<string, Secret | undefined>>;

/** One workspace's hold on a connection, or on the provider for a form that it tests. */
interface Hold {
  readonly workspaceId: string;
  readonly end: AbortController;
}

interface ConnectionHold extends Hold {
  readonly other: ProviderId | undefined;
  readonly connection: Connection;
}

const settingsChanged = (): AppError =>
  new AppError('INTERRUPTED', {
    message: 'The vault settings were changed while this was running.',
  });

export class Connections {
  /** By connection id. Workspaces with the same settings share one. */
  readonly #open = new Map<string, SecretsProvider>();
  /** By workspace and provider. */
  readonly #holds = new Map<string, ConnectionHold>();
  readonly #forms = new Set<Hold>();
  /** Counts how often everything was closed, so that what was opening meanwhile stops. */
  #closed = 0;

  constructor(
    private readonly configurations: Configurations,
    private readonly credentials: CredentialStore,
    private readonly registry: ProviderRegistry,
    private readonly reachability: Reachability,
  ) {}

  /**
   * The connection of a workspace, or its connection to another provider that is set up in the same
   * place. Throws what `assertValid` does, what reading credentials throws, and `NO_SUCH_WORKSPACE`.
   */
  async connect(workspaceId: string, other?: ProviderId): Promise<Connection> {
    const key = JSON.stringify([workspaceId, other]);
    const closed = this.#closed;
    for (;;) {
      const resolved = this.configurations.resolve(workspaceId, other);
      const id = this.configurations.connectionId(resolved);
      const held = this.#holds.get(key);
      if (held?.connection.id === id) return held.connection;
      if (!this.#open.has(id)) {
        if (!resolved.saved) throw notSetUp(resolved.provider);
        const credentials = await this.#stored(resolved);
        if (this.#closed !== closed) throw locked();
        // Saved meanwhile: these may be halves of two sets of credentials.
        if (this.currentId(workspaceId, other) !== id) continue;
        if (!this.#open.has(id)) {
          this.#open.set(id, this.#create(resolved.provider, resolved.values, credentials));
        }
      }
      return this.#hold(key, { id, providerId: resolved.provider, workspaceId, other });
    }
  }

  /** The id that `connect` would give, without connecting. */
  currentId(workspaceId: string, other?: ProviderId): string {
    return this.configurations.connectionId(this.configurations.resolve(workspaceId, other));
  }

  /** Whether values of this connection are what the workspace would see now. */
  isCurrent({ workspaceId, connectionId }: Omit<SecretAddress, 'path'>): boolean {
    return this.configurations.exists(workspaceId) && this.currentId(workspaceId) === connectionId;
  }

  /** A provider for a form as it stands, saved or not. The caller disposes of it. */
  async connectForm(scope: Scope, form: ConnectionForm): Promise<SecretsProvider> {
    const hold = { workspaceId: form.workspaceId, end: new AbortController() };
    this.#forms.add(hold);
    try {
      const credentials = await this.formCredentials(scope, form);
      const provider = this.#create(form.provider, form.values, credentials);
      return {
        ...interruptible(provider, hold.end.signal),
        dispose: () => {
          this.#forms.delete(hold);
          provider.dispose();
        },
      };
    } catch (error) {
      this.#forms.delete(hold);
      throw error;
    }
  }

  /** The stored credentials with the form's changes laid over them. */
  async formCredentials(scope: Scope, form: ConnectionForm): Promise<Credentials> {
    const { provider } = form;
    const result: Record<string, Secret | undefined> = {};
    for (const { name } of credentialFields(provider)) {
      result[name] = await this.#formCredential(scope, form, name);
    }
    return result;
  }

  /** What the provider puts in the place of a form before it is stored: see `ProviderFactory`. */
  async prepareToStore(scope: Scope, form: ConnectionForm): Promise<Prepared | undefined> {
    const factory = this.registry[form.provider];
    if (factory.prepareToStore === undefined) return undefined;
    const values: unknown = providerDescriptors[form.provider].schema.parse(form.values);
    return factory.prepareToStore(values, (name) => this.#formCredential(scope, form, name));
  }

  async #formCredential(
    scope: Scope,
    { provider, credentials }: ConnectionForm,
    name: string,
  ): Promise<Secret | undefined> {
    const change = credentials[name] ?? { action: 'keep' };
    if (change.action === 'replace') return new Secret(change.value);
    return change.action === 'keep' ? this.credentials.get(scope, provider, name) : undefined;
  }

  /** Ends the connections whose settings or credentials are no longer the ones to use, and no other. */
  refresh(): void {
    this.#endHolds(({ workspaceId, other, connection }) =>
      this.currentId(workspaceId, other) === connection.id ? undefined : settingsChanged(),
    );
  }

  /** Ends everything that a workspace does, with this error. */
  end(workspaceId: string, reason: AppError): void {
    this.#endHolds((hold) => (hold.workspaceId === workspaceId ? reason : undefined));
    for (const form of this.#forms) {
      if (form.workspaceId === workspaceId) form.end.abort(reason);
    }
  }

  /** As when the app is locked. */
  closeAll(): void {
    this.#closed += 1;
    this.#endHolds(locked);
    for (const { end } of this.#forms) end.abort(locked());
    for (const factory of Object.values(this.registry)) factory.forgetLogins?.();
  }

  #hold(
    key: string,
    {
      id,
      providerId,
      workspaceId,
      other,
    }: Omit<ConnectionHold, 'end' | 'connection'> & Pick<Connection, 'id' | 'providerId'>,
  ): Connection {
    const before = this.#holds.get(key);
    if (before?.connection.id === id) return before.connection;
    const provider = this.#open.get(id);
    if (provider === undefined) throw new Error('A connection to hold was not open');
    const end = new AbortController();
    const ended = end.signal;
    const server = { id, workspaceId, providerId, reach: provider.reach?.bind(provider), ended };
    const connection: Connection = {
      id,
      providerId,
      provider: interruptible(reachable(provider, server, this.reachability), ended),
      ended,
    };
    this.#holds.set(key, { workspaceId, other, end, connection });
    if (before !== undefined) {
      before.end.abort(settingsChanged());
      this.#closeUnheld();
    }
    return connection;
  }

  /** Ends the holds for which there is a reason, and closes what nobody holds any more. */
  #endHolds(reasonFor: (hold: ConnectionHold) => AppError | undefined): void {
    for (const [key, hold] of this.#holds) {
      const reason = reasonFor(hold);
      if (reason === undefined) continue;
      this.#holds.delete(key);
      hold.end.abort(reason);
    }
    this.#closeUnheld();
  }

  #closeUnheld(): void {
    const used = new Set([...this.#holds.values()].map(({ connection }) => connection.id));
    for (const [id, provider] of this.#open) {
      if (used.has(id)) continue;
      this.#open.delete(id);
      provider.dispose();
    }
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

const notSetUp = (provider: ProviderId): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message: `${providerDescriptors[provider].label} has not been set up yet.`,
    hint: 'Fill in the settings of the connection, and save them.',
  });

const locked = (): AppError =>
  new AppError('INTERRUPTED', { message: 'Strongroom was locked while this was running.' });

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
      hint: 'Enter it. What is kept only for a session is forgotten when Strongroom quits.',
      details: { field },
    });
  }
  throw new AppError('INVALID_CONFIGURATION', {
    message: `${label}: ${message}`,
    details: { field },
  });
}
