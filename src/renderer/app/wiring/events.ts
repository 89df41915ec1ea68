/**
 * What the stores report, and what they ask before they go on. Stores need each other in circles (a
 * saved draft is shown by the environment on show, which makes drafts), so they are created first and
 * their events are connected afterwards, one file for each.
 */
import type { AuditEvents } from '../../features/audit/store';
import type { CompareEvents } from '../../features/compare/store';
import type { DraftsEvents } from '../../features/environment/drafts-store';
import type { MergesEvents } from '../../features/environment/merge/store';
import type { ReferencesEvents } from '../../features/environment/references/store';
import type { HeldEditsEvents } from '../../features/environment/held-edits';
import type { EnvironmentScreenEvents } from '../../features/environment/store';
import type { SyncEvents } from '../../features/environment/sync/store';
import type { HistoryEvents } from '../../features/history/store';
import type { MigrateEvents } from '../../features/migrate/store';
import type { OwnersEvents } from '../../features/owners/store';
import type { ProviderStatusEvents } from '../../features/provider-status/store';
import type { PullEvents } from '../../features/pull/store';
import type { PushEvents } from '../../features/push/store';
import type { RequestsEvents } from '../../features/requests/store';
import type { SecurityEvents } from '../../features/security/store';
import type { ActivityEvents } from '../../features/settings/activity/store';
import type { ConnectionEvents } from '../../features/settings/connection/store';
import type { ElsewhereEvents } from '../elsewhere';
import type { WorkspacesEvents } from '../../features/workspaces/store';

/** A call whose handler is connected later. Throws if it is made before. */
export interface StoreEvent<Args extends readonly unknown[], Result> {
  (...args: Args): Result;
  /** Throws if a handler is connected already. */
  connect(this: void, handler: (...args: Args) => Result): void;
}

export function event<Args extends readonly unknown[], Result>(): StoreEvent<Args, Result> {
  let handler: ((...args: Args) => Result) | undefined;
  const call = (...args: Args): Result => {
    if (handler === undefined) throw new Error('This event has no handler yet.');
    return handler(...args);
  };
  const connect = (connected: (...args: Args) => Result): void => {
    if (handler !== undefined) throw new Error('This event has a handler already.');
    handler = connected;
  };
  return Object.assign(call, { connect });
}

type EventsOf<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? StoreEvent<Args, Result>
    : never;
};

/** By store. */
export interface Events {
  readonly activity: EventsOf<ActivityEvents>;
  readonly audit: EventsOf<AuditEvents>;
  readonly compare: EventsOf<CompareEvents>;
  readonly connection: EventsOf<ConnectionEvents>;
  readonly drafts: EventsOf<DraftsEvents>;
  readonly elsewhere: EventsOf<ElsewhereEvents>;
  readonly environment: EventsOf<EnvironmentScreenEvents>;
  readonly heldEdits: EventsOf<HeldEditsEvents>;
  readonly history: EventsOf<HistoryEvents>;
  readonly merges: EventsOf<MergesEvents>;
  readonly migrate: EventsOf<MigrateEvents>;
  readonly owners: EventsOf<OwnersEvents>;
  readonly providerStatus: EventsOf<ProviderStatusEvents>;
  readonly pull: EventsOf<PullEvents>;
  readonly push: EventsOf<PushEvents>;
  readonly references: EventsOf<ReferencesEvents>;
  readonly requests: EventsOf<RequestsEvents>;
  readonly security: EventsOf<SecurityEvents>;
  readonly sync: EventsOf<SyncEvents>;
  readonly workspaces: EventsOf<WorkspacesEvents>;
}

export const createEvents = (): Events => ({
  activity: { onExported: event() },
  audit: { onExported: event() },
  compare: { onCopied: event(), onPulled: event() },
  connection: {
    onSaved: event(),
    onTested: event(),
    maySaveRefused: event(),
    scopeOfChange: event(),
    mayUseGlobal: event(),
  },
  drafts: { onSaved: event(), onOvertaken: event() },
  elsewhere: { onChanged: event() },
  environment: { onPulled: event(), onLoaded: event(), onCopied: event() },
  heldEdits: { onMore: event() },
  history: { onRolledBack: event() },
  merges: { onSaved: event(), onFetched: event() },
  migrate: { onEnded: event(), mayUndo: event() },
  owners: { mayRelease: event(), onReleased: event(), onFailed: event() },
  providerStatus: { onBack: event() },
  pull: { providerInUse: event(), onEnded: event(), onUndeleted: event() },
  push: { onEnded: event() },
  references: { onGo: event() },
  requests: { mayRemove: event(), mayDiscard: event() },
  security: {
    mayLock: event(),
    onChosen: event(),
    onUnlocked: event(),
    onLocked: event(),
    onShut: event(),
  },
  sync: { onChanged: event() },
  workspaces: { mayLeave: event(), mayRemove: event(), onSwitched: event(), onFailed: event() },
});
