/** Turns settings into a provider that can be called, and keeps it while somebody uses it. */
import type { ConnectionForm, Expiry } from '@shared/model/connection';
import { AppError, isAppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import {
  isSignIn,
  signInIssues,
  validateForm,
  type ProviderId,
} from '@shared/providers/descriptor';
import { changesOfDestination, formerValue } from '@shared/providers/destination';
import type { FormValues } from '@shared/model/form-values';
import type { CredentialPlace, CredentialStore } from '@core/keys/credential-store';
import type {
  Prepared,
  ProviderFactory,
  ProviderSettings,
  SecretsProvider,
  SignInStep,
} from '@core/providers/provider';
import type { ProviderRegistry } from '@core/providers/registry';
import type { Runtime } from '@core/runtime';
import { Turns } from '@core/storage/turns';
import type { Secret } from '@core/secrets/secret';
import type { SecretAddress } from '@core/secrets/session-secrets';
import { changedCredential, credentialNames } from './credential-changes';
import { placeOf, type SettingsStore, type ResolvedSettings, type Scope } from './settings-store';
import { interruptible, type ConnectedProvider } from './interruptible';
import { observed } from './observed';
import type { ProviderStatuses } from './provider-statuses';
import { reachable } from './reachable';
import type { SignIns } from './sign-ins';
import type { Reachability, Server } from './reachability';

/** A workspace's connection to a provider. */
export interface ProviderConnection {
  /** Names one state of settings and credentials. Workspaces that share those have the same id. */
  readonly id: string;
  readonly providerId: ProviderId;
  readonly provider: ConnectedProvider;
  /**
   * Aborts when the settings change, the workspace is deleted or the app is locked; the reason is an
   * `AppError`. What was read before that must not be kept.
   */
  readonly ended: AbortSignal;
}

type CredentialValues = ProviderSettings<unknown>['credentials'];

/** One workspace's hold on a connection, or on the provider for a form that it tests. */
interface Hold {
  readonly workspaceId: string;
  readonly end: AbortController;
}

interface ConnectionHold extends Hold {
  readonly other: ProviderId | undefined;
  readonly connection: ProviderConnection;
}

const settingsChanged = (): AppError =>
  new AppError('INTERRUPTED', {
    message: 'The connection settings were changed while this was running.',
  });

export interface ConnectionsParts {
  readonly settings: SettingsStore;
  readonly credentials: CredentialStore;
  readonly registry: ProviderRegistry;
  readonly reachability: Reachability;
  readonly statuses: ProviderStatuses;
  readonly signIns: SignIns;
  readonly runtime: Runtime;
}

export class Connections {
  /** By connection id. Workspaces with the same settings share one. */
  readonly #open = new Map<string, SecretsProvider>();
  /** By workspace and provider. */
  readonly #holds = new Map<string, ConnectionHold>();
  readonly #forms = new Set<Hold>();
  /** Credentials that are exchanged for newer ones, one after the other. */
  readonly #exchanges = new Turns();
  /** Counts how often everything was closed, so that a connection that was opening stops. */
  #closed = 0;

  constructor(private readonly parts: ConnectionsParts) {}

  /**
   * The connection of a workspace, or its connection to another provider that is set up in the same
   * place. Throws what `assertValid` does, what reading credentials throws, and `NO_SUCH_WORKSPACE`.
   */
  async connect(workspaceId: string, other?: ProviderId): Promise<ProviderConnection> {
    const key = JSON.stringify([workspaceId, other]);
    const closed = this.#closed;
    for (;;) {
      const resolved = this.parts.settings.resolve(workspaceId, other);
      const id = this.parts.settings.connectionId(resolved);
      const held = this.#holds.get(key);
      if (held?.connection.id === id) return held.connection;
      if (!this.#open.has(id)) {
        if (!resolved.saved) throw notSetUp(resolved.provider);
        const factory = await this.parts.registry.get(resolved.provider);
        const credentials = await this.#stored(resolved);
        if (this.#closed !== closed) throw locked();
        // Settings were saved meanwhile: these may be halves of two sets of credentials.
        if (this.currentId(workspaceId, other) !== id) continue;
        if (!this.#open.has(id)) {
          const place = placeOfResolved(resolved);
          this.#open.set(
            id,
            this.#create(factory, place, resolved.values, credentials, this.#exchangeAt(place)),
          );
        }
      }
      return this.#hold(key, { id, providerId: resolved.provider, workspaceId, other });
    }
  }

  /** When the credentials of an open connection end; `undefined` also if it is not open. */
  expiry(connectionId: string): Expiry | undefined {
    return this.#open.get(connectionId)?.expiry?.();
  }

  /** The id that `connect` would give, without connecting. */
  currentId(workspaceId: string, other?: ProviderId): string {
    return this.parts.settings.connectionId(this.parts.settings.resolve(workspaceId, other));
  }

  /** Whether values of this connection are what the workspace would see now. */
  isCurrent({ workspaceId, connectionId }: Omit<SecretAddress, 'path'>): boolean {
    return this.parts.settings.exists(workspaceId) && this.currentId(workspaceId) === connectionId;
  }

  /** A provider for a form, saved or not. The caller disposes of it. */
  async connectForm(scope: Scope, form: ConnectionForm): Promise<SecretsProvider> {
    const hold = { workspaceId: form.workspaceId, end: new AbortController() };
    this.#forms.add(hold);
    try {
      const { workspaceId, provider: id } = form;
      const factory = await this.parts.registry.get(id);
      const credentials = await this.formCredentials(scope, form);
      const values = this.parts.settings.valuesFor(workspaceId, id, form.values);
      const place = placeOf(scope, id, values);
      const exchange = this.#exchangeAt(place);
      const provider = this.#create(factory, place, values, credentials, (name, renew) =>
        // What was signed in for the form is not stored yet.
        changedCredential(form.credentials, name) === undefined
          ? exchange(name, renew)
          : Promise.reject(new AppError('INTERRUPTED')),
      );
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
  async formCredentials(scope: Scope, form: ConnectionForm): Promise<CredentialValues> {
    const { provider } = form;
    const result: Record<string, Secret | undefined> = {};
    for (const name of credentialNames(provider)) {
      result[name] = await this.#formCredential(scope, form, name);
    }
    return result;
  }

  /** Signs in for a form, whose own sign-in may be missing. Throws `INVALID_CONFIGURATION`. */
  async signIn(
    scope: Scope,
    form: ConnectionForm,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<SignInStep, void, undefined>> {
    const { workspaceId, provider: id } = form;
    const values = this.parts.settings.valuesFor(workspaceId, id, form.values);
    const place = placeOf(scope, id, values);
    const credentials = await this.formCredentials(scope, form);
    const present = new Set(
      providerDescriptors[id].fields
        .filter((field) => isSignIn(field) || credentials[field.name] !== undefined)
        .map(({ name }) => name),
    );
    assertValid(place, values, present, this.parts.credentials.elsewhere(place), signInIssues);
    const factory = await this.parts.registry.get(id);
    if (factory.signIn === undefined) throw new AppError('INVALID_CONFIGURATION');
    const parsed: unknown = providerDescriptors[id].schema.parse(values);
    return factory.signIn({ values: parsed, credentials }, signal);
  }

  /** What the provider stores in place of parts of a form: see `ProviderFactory`. */
  async prepareToStore(scope: Scope, form: ConnectionForm): Promise<Prepared | undefined> {
    const factory = await this.parts.registry.get(form.provider);
    if (factory.prepareToStore === undefined) return undefined;
    const values: unknown = providerDescriptors[form.provider].schema.parse(form.values);
    return factory.prepareToStore(values, (name) => this.#formCredential(scope, form, name));
  }

  async #formCredential(
    scope: Scope,
    { provider, values, credentials }: ConnectionForm,
    name: string,
  ): Promise<Secret | undefined> {
    const value = changedCredential(credentials, name);
    if (value !== undefined) return value ?? undefined;
    // A form with another address gets none of what is stored: a test would send it there.
    return this.parts.credentials.get(placeOf(scope, provider, values), name);
  }

  /** Ends the connections whose settings or credentials are no longer in use, and no others. */
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

  /** Ends all connections and forgets all logins, as when the app is locked. */
  closeAll(): void {
    this.#closed += 1;
    this.#endHolds(locked);
    for (const { end } of this.#forms) end.abort(locked());
    this.parts.registry.forgetLogins();
  }

  #hold(
    key: string,
    {
      id,
      providerId,
      workspaceId,
      other,
    }: Omit<ConnectionHold, 'end' | 'connection'> & Pick<ProviderConnection, 'id' | 'providerId'>,
  ): ProviderConnection {
    const before = this.#holds.get(key);
    if (before?.connection.id === id) return before.connection;
    const provider = this.#open.get(id);
    if (provider === undefined) throw new Error('A connection to hold was not open');
    const end = new AbortController();
    const ended = end.signal;
    const connection: ProviderConnection = {
      id,
      providerId,
      provider: this.#watched(provider, { id, workspaceId, providerId, ended }),
      ended,
    };
    this.#holds.set(key, { workspaceId, other, end, connection });
    if (before !== undefined) {
      before.end.abort(settingsChanged());
      this.#closeUnheld();
    }
    return connection;
  }

  /** The provider with all that a connection adds to its calls. */
  #watched(provider: SecretsProvider, server: Omit<Server, 'reach'>): ConnectedProvider {
    const { reachability, statuses, signIns, runtime } = this.parts;
    const reach = provider.reach?.bind(provider);
    const asked = reachable(provider, { ...server, reach }, reachability);
    const answers: Pick<ProviderStatuses, 'set'> = {
      set: (id, answer) => {
        statuses.set(id, answer);
        if (answer.state === 'ok') signIns.accepted(server);
        else if (answer.error !== undefined) signIns.failed(server, answer.error.code);
      },
    };
    return observed(interruptible(asked, server.ended), server.id, answers, runtime);
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
      this.parts.signIns.ended(id);
      provider.dispose();
    }
  }

  async #stored(resolved: ResolvedSettings): Promise<CredentialValues> {
    const result: Record<string, Secret | undefined> = {};
    for (const name of credentialNames(resolved.provider)) {
      result[name] = await this.parts.credentials.get(placeOfResolved(resolved), name);
    }
    return result;
  }

  /**
   * Renews a credential that is stored for a place. The connections that use it go on. A credential that was saved or
   * removed during the renewal stays as it is then. The function that it returns throws what reading credentials throws,
   * what `renew` throws, and `INTERRUPTED` if Strongroom was locked.
   */
  #exchangeAt(place: CredentialPlace): NonNullable<ProviderSettings<unknown>['exchange']> {
    const { credentials } = this.parts;
    const closed = this.#closed;
    // By name: the renewed credentials that could not be stored. Those that are stored may have been good for one use.
    const unstored = new Map<string, { readonly stored: Secret; readonly next: Secret }>();
    const assertOpen = (): void => {
      if (this.#closed !== closed) throw locked();
    };
    return (name, renew) =>
      this.#exchanges.take(JSON.stringify([place, name]), async () => {
        assertOpen();
        const stored = await credentials.get(place, name);
        const kept = unstored.get(name);
        const isKept = stored !== undefined && kept?.stored.equals(stored) === true;
        const next = await renew(isKept ? kept.next : stored);
        // Storing it would get the key again.
        assertOpen();
        if (stored === undefined || next === stored) return next;
        try {
          await credentials.replace(place, name, { from: stored, to: next });
          unstored.delete(name);
        } catch (error) {
          if (!isAppError(error)) throw error;
          unstored.set(name, { stored, next });
        }
        return next;
      });
  }

  #create(
    factory: ProviderFactory,
    place: CredentialPlace,
    values: FormValues,
    credentials: CredentialValues,
    exchange?: ProviderSettings<unknown>['exchange'],
  ): SecretsProvider {
    const id = place.provider;
    const present = new Set(
      Object.entries(credentials)
        .filter(([, secret]) => secret !== undefined && secret.reveal() !== '')
        .map(([name]) => name),
    );
    assertValid(place, values, present, this.parts.credentials.elsewhere(place));
    const parsed: unknown = providerDescriptors[id].schema.parse(values);
    const onExpiry = (): void => this.parts.statuses.tell();
    return factory.create({ values: parsed, credentials, onExpiry, exchange });
  }
}

const placeOfResolved = ({ scope, provider, values }: ResolvedSettings): CredentialPlace =>
  placeOf(scope, provider, values);

const notSetUp = (provider: ProviderId): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message: `${providerDescriptors[provider].label} has not been set up yet.`,
    hint: 'Fill in the settings of the connection, and save them.',
  });

const locked = (): AppError =>
  new AppError('INTERRUPTED', { message: 'Strongroom was locked while this was running.' });

/**
 * Throws `INVALID_CONFIGURATION`, `CREDENTIALS_MISSING` or `STORED_FOR_ANOTHER_ADDRESS`, with the first field at
 * fault. `elsewhere` has, by field, the destination of what is stored for another one.
 */
export function assertValid(
  { provider: id, destination }: Omit<CredentialPlace, 'scope'>,
  values: FormValues,
  presentCredentials: ReadonlySet<string>,
  elsewhere: ReadonlyMap<string, string>,
  /** Leaves out problems that do not matter. */
  matter: typeof signInIssues = (_descriptor, _values, issues) => issues,
): void {
  const descriptor = providerDescriptors[id];
  const issues = validateForm(descriptor, values, presentCredentials);
  const [first] = Object.entries(matter(descriptor, values, issues));
  if (first === undefined) return;
  const [field, message] = first;
  const found = descriptor.fields.find(({ name }) => name === field);
  const { kind, label } = found ?? { label: field };
  if (kind === 'credential') {
    const storedFor = elsewhere.get(field);
    if (storedFor !== undefined) {
      throw storedForAnother(
        field,
        label,
        changesOfDestination(descriptor, storedFor, destination),
      );
    }
    if (found !== undefined && isSignIn(found)) {
      throw new AppError('CREDENTIALS_MISSING', {
        message: 'Nobody is signed in.',
        hint: 'Sign in: a browser opens the page for it.',
        details: { field },
      });
    }
    throw new AppError('CREDENTIALS_MISSING', {
      message: `No ${label} is stored.`,
      hint: 'Enter it. What is kept only for a session is forgotten when Strongroom quits or is locked.',
      details: { field },
    });
  }
  throw new AppError('INVALID_CONFIGURATION', {
    message: `${label}: ${message}`,
    details: { field },
  });
}

/** `changes`: the settings that are not what they were when the credential was stored. */
function storedForAnother(
  field: string,
  label: string,
  changes: readonly { readonly label: string; readonly was: string }[],
): AppError {
  return new AppError('STORED_FOR_ANOTHER_ADDRESS', {
    message: `The stored ${label} belongs to other settings: ${changes.map(formerValue).join(', ')}.`,
    details: { field },
  });
}
