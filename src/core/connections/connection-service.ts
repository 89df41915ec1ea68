import type { ErrorCode } from '@shared/errors';
import type {
  CheckStep,
  ConnectionForm,
  ConnectionOffer,
  ConnectionSettings,
  SignInStep,
} from '@shared/model/connection';
import type { FormValues } from '@shared/model/form-values';
import { providerDescriptors } from '@shared/providers';
import type { ProviderId } from '@shared/providers/descriptor';
import type { ActivityLog } from '@core/activity/activity-log';
import type { CredentialStore } from '@core/keys/credential-store';
import type { SessionSecrets } from '@core/secrets/session-secrets';
import type { ChangeSignal } from './change-signal';
import { GLOBAL_SCOPE, placeOf, type SettingsStore } from './settings-store';
import { assertValid, type Connections } from './connections';
import type { Offers } from './offers';
import type { SignIns } from './sign-ins';
import { acceptableCredentials, credentialNames, credentialUpdates } from './credential-changes';

export interface ConnectionServiceParts {
  readonly settings: SettingsStore;
  readonly connections: Connections;
  readonly credentials: CredentialStore;
  readonly session: SessionSecrets;
  readonly changed: ChangeSignal;
  readonly activity: ActivityLog;
  readonly signIns: SignIns;
  readonly offers: Offers;
  /** Opens a page in the browser of the system; absent if only the window can. */
  readonly openAddress?: ((address: string) => void) | undefined;
}

export class ConnectionService {
  constructor(private readonly parts: ConnectionServiceParts) {}

  settings(workspaceId: string): ConnectionSettings {
    return this.parts.settings.view(workspaceId);
  }

  offer(provider: ProviderId): Promise<ConnectionOffer> {
    return this.parts.offers.of(provider);
  }

  /** Stores settings and credentials. Forgets values that were read with other settings. */
  async save(given: ConnectionForm): Promise<ConnectionSettings> {
    const { settings, credentials, activity, offers } = this.parts;
    const form = await offers.taken(given);
    const { workspaceId, provider, values } = form;
    const scope = settings.scopeFor(workspaceId, form.scope);
    const names = credentialNames(provider);
    const place = placeOf(scope, provider, values);
    const acceptable = acceptableCredentials(names, form.credentials, credentials.names(place));
    assertValid(place, values, acceptable, credentials.elsewhere(place));
    const prepared = await this.parts.connections.prepareToStore(scope, form);
    const updates = { ...credentialUpdates(names, form.credentials), ...prepared?.credentials };
    const credentialsChanged = Object.keys(updates).length > 0;
    await credentials.update(place, updates, () => {
      settings.save(scope, provider, { ...values, ...prepared?.values }, credentialsChanged);
    });

    this.#dropOutdated();
    activity.record({
      // The global defaults belong to no workspace.
      ...(scope !== GLOBAL_SCOPE && { workspaceId }),
      action: 'configured',
      detail: providerDescriptors[provider].label,
    });
    return settings.view(workspaceId);
  }

  /** Gives a workspace these settings as its own, without credentials: each person adds theirs. */
  adopt(workspaceId: string, provider: ProviderId, values: FormValues): void {
    const { settings, activity } = this.parts;
    settings.override(workspaceId);
    const { defaults, label } = providerDescriptors[provider];
    settings.save(workspaceId, provider, { ...defaults, ...values }, false);
    this.#dropOutdated();
    activity.record({ workspaceId, action: 'configured', detail: label });
  }

  /** Gives a workspace its own settings: a copy of the global defaults, without credentials. */
  override(workspaceId: string): ConnectionSettings {
    const { settings, activity } = this.parts;
    if (!settings.isOverridden(workspaceId)) {
      settings.override(workspaceId);
      this.#dropOutdated();
      activity.record({ workspaceId, action: 'configuration-overridden' });
    }
    return settings.view(workspaceId);
  }

  /** Forgets a workspace's own settings and credentials. */
  useGlobal(workspaceId: string): ConnectionSettings {
    const { settings, activity } = this.parts;
    if (settings.isOverridden(workspaceId)) {
      settings.forget(workspaceId);
      this.#dropOutdated();
      activity.record({ workspaceId, action: 'global-defaults-used' });
    }
    return settings.view(workspaceId);
  }

  /**
   * Signs in with a browser. What comes of it is kept in memory for the form to take. Throws `INVALID_CONFIGURATION`, and
   * what the provider throws.
   */
  async *signIn(
    given: ConnectionForm,
    signal: AbortSignal,
  ): AsyncGenerator<SignInStep, void, undefined> {
    const { settings, connections, offers, signIns, openAddress } = this.parts;
    const form = await offers.taken(given);
    const { workspaceId, provider } = form;
    const scope = settings.scopeFor(workspaceId, form.scope);
    for await (const step of await connections.signIn(scope, form, signal)) {
      if (step.type === 'open') {
        const { url, code } = step;
        openAddress?.(url);
        yield { type: 'open', url, code, opened: openAddress !== undefined };
        continue;
      }
      const { credentials, expiresAt, choices } = step;
      offers.keep(form, credentials);
      signIns.signedIn(workspaceId, provider);
      yield { type: 'done', credentials: Object.keys(credentials), expiresAt, choices };
    }
  }

  /** Tests a form, saved or not, and stores nothing. A failed test is a step, not a throw. */
  async *test(
    given: ConnectionForm,
    signal: AbortSignal,
  ): AsyncGenerator<CheckStep, void, undefined> {
    const { settings, connections, activity, signIns, offers } = this.parts;
    const form = await offers.taken(given);
    const { workspaceId } = form;
    const scope = settings.scopeFor(workspaceId, form.scope);
    const label = providerDescriptors[form.provider].label;
    const provider = await connections.connectForm(scope, form);
    let failure: string | undefined;
    let code: ErrorCode | undefined;
    try {
      for await (const step of provider.check({ signal })) {
        if (step.status === 'failed') {
          failure = `${step.label}: ${step.error?.message ?? 'failed'}`;
          code = step.error?.code ?? 'INTERNAL';
        }
        yield step;
      }
      signIns.tested(workspaceId, form.provider, code);
      activity.record({
        workspaceId,
        action: 'tested',
        outcome: failure === undefined ? 'done' : 'failed',
        detail: failure === undefined ? label : `${label}. ${failure}`,
      });
    } finally {
      provider.dispose();
    }
  }

  /** Forgets values and connections. The next call to a provider connects again. */
  lock(): void {
    this.parts.session.clear();
    this.parts.offers.forget();
    this.parts.connections.closeAll();
    this.parts.changed.tell();
  }

  /** Ends connections that settings no longer lead to, and forgets the values that came from them. */
  #dropOutdated(): void {
    const { connections, session, changed } = this.parts;
    connections.refresh();
    session.retain((address) => connections.isCurrent(address));
    changed.tell();
  }
}
