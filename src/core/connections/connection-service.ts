import type { CheckStep, ConnectionForm, ConnectionSettings } from '@shared/model/connection';
import { providerDescriptors } from '@shared/providers';
import type { ActivityLog } from '@core/activity/activity-log';
import type { CredentialStore, CredentialUpdates } from '@core/keys/credential-store';
import { Secret } from '@core/secrets/secret';
import type { SessionSecrets } from '@core/secrets/session-secrets';
import type { ChangeSignal } from './change-signal';
import { GLOBAL_SCOPE, type SettingsStore } from './settings-store';
import { assertValid, credentialFields, type Connections } from './connections';

export interface ConnectionServiceParts {
  readonly settings: SettingsStore;
  readonly connections: Connections;
  readonly credentials: CredentialStore;
  readonly session: SessionSecrets;
  readonly changed: ChangeSignal;
  readonly activity: ActivityLog;
}

export class ConnectionService {
  constructor(private readonly parts: ConnectionServiceParts) {}

  settings(workspaceId: string): ConnectionSettings {
    return this.parts.settings.view(workspaceId);
  }

  /** Stores settings and credentials. Values that came from other settings leave the memory. */
  async save(form: ConnectionForm): Promise<ConnectionSettings> {
    const { settings, credentials, activity } = this.parts;
    const { workspaceId, provider, values } = form;
    const scope = settings.scopeFor(workspaceId, form.scope);
    assertValid(provider, values, this.#acceptableCredentials(scope, form));
    const prepared = await this.parts.connections.prepareToStore(scope, form);
    const updates = { ...credentialUpdates(form), ...prepared?.credentials };
    const credentialsChanged = Object.keys(updates).length > 0;
    await credentials.update(scope, provider, updates, () => {
      const stored = { ...values, ...prepared?.values };
      settings.save(scope, provider, stored, credentialsChanged);
    });

    this.#dropOutdated();
    activity.record({
      // The global defaults are everybody's.
      ...(scope !== GLOBAL_SCOPE && { workspaceId }),
      action: 'configured',
      detail: providerDescriptors[provider].label,
    });
    return settings.view(workspaceId);
  }

  /** Gives a workspace settings of its own, as a copy of the global defaults without credentials. */
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

  /** Tests a form as it stands and stores nothing. A failed test is a step, not a throw. */
  async *test(
    form: ConnectionForm,
    signal: AbortSignal,
  ): AsyncGenerator<CheckStep, void, undefined> {
    const { settings, connections, activity } = this.parts;
    const { workspaceId } = form;
    const scope = settings.scopeFor(workspaceId, form.scope);
    const label = providerDescriptors[form.provider].label;
    const provider = await connections.connectForm(scope, form);
    let failure: string | undefined;
    try {
      for await (const step of provider.check({ signal })) {
        if (step.status === 'failed') failure = `${step.label}: ${step.error?.message ?? 'failed'}`;
        yield step;
      }
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

  /** Forgets values and connections; the next call to a provider starts anew. */
  lock(): void {
    this.parts.session.clear();
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

  #acceptableCredentials(scope: string, { provider, credentials }: ConnectionForm): Set<string> {
    const stored = new Set(this.parts.credentials.names(scope, provider));
    const isPresent = (name: string): boolean => {
      const change = credentials[name];
      if (change?.action === 'replace') return change.value !== '';
      // Taking a credential away is a thing to save; what is missing then is said when it is needed.
      return change?.action === 'remove' || stored.has(name);
    };
    return new Set(
      credentialFields(provider)
        .map(({ name }) => name)
        .filter(isPresent),
    );
  }
}

/** What the form wants done with stored credentials. */
function credentialUpdates({ provider, credentials }: ConnectionForm): CredentialUpdates {
  const updates: Record<string, Secret | null> = {};
  for (const { name } of credentialFields(provider)) {
    const change = credentials[name];
    if (change?.action === 'replace') updates[name] = new Secret(change.value);
    if (change?.action === 'remove') updates[name] = null;
  }
  return updates;
}
