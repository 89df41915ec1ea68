import type { Arrival, Stores } from '../create-stores';
import type { Events } from './events';
import { mayLeave } from './may-leave';
import { mayLock } from './may-lock';
import { mayDiscardForm } from './may-discard-form';
import { mayRemoveGrant } from './may-remove-grant';
import { mayRemoveWorkspace } from './may-remove-workspace';
import { mayRelease } from './may-release';
import { maySaveRefused } from './may-save-refused';
import { mayUndoMigration } from './may-undo-migration';
import { mayUseGlobal } from './may-use-global';
import { onActivityExported } from './on-activity-exported';
import { onAuditExported } from './on-audit-exported';
import { onChanged } from './on-changed';
import { onChangedElsewhere } from './on-changed-elsewhere';
import { onConnectionSaved } from './on-connection-saved';
import { onConnectionTested } from './on-connection-tested';
import { onCopied } from './on-copied';
import { onCopiedAcross } from './on-copied-across';
import { onEditsGone } from './on-edits-gone';
import { onEnvironmentOpened } from './on-environment-opened';
import { onFetched } from './on-fetched';
import { onGoToVariable } from './on-go-to-variable';
import { onLocked } from './on-locked';
import { onMoreEdits } from './on-more-edits';
import { onMigrationEnded } from './on-migration-ended';
import { onOvertaken } from './on-overtaken';
import { onProtectionChosen } from './on-protection-chosen';
import { onOwnedShown } from './on-owned-shown';
import { onPullEnded } from './on-pull-ended';
import { onPulled } from './on-pulled';
import { onPushEnded } from './on-push-ended';
import { onSaved } from './on-saved';
import { onServerBack } from './on-server-back';
import { onShown } from './on-shown';
import { onSwitchFailed } from './on-switch-failed';
import { onUndeleted } from './on-undeleted';
import { onUnlocked } from './on-unlocked';
import { onWorkspaceSwitched } from './on-workspace-switched';
import { providerInUse } from './provider-in-use';
import { scopeOfChange } from './scope-of-change';

/** Connects the stores of a workspace. Nothing has happened in them yet. */
export function wire(
  events: Events,
  stores: Stores,
  reopen: (arrival: Arrival) => Promise<void>,
): void {
  // Editing
  onSaved(events, stores);
  onOvertaken(events, stores);
  onFetched(events, stores);
  onChanged(events, stores);
  onChangedElsewhere(events, stores);
  onShown(stores);
  onEditsGone(stores);
  onMoreEdits(events, stores);
  onOwnedShown(stores);
  mayRelease(events, stores);
  onCopied(events, stores);
  onGoToVariable(events, stores);

  // The provider
  onConnectionSaved(events, stores);
  onConnectionTested(events, stores);
  maySaveRefused(events, stores);
  scopeOfChange(events, stores);
  mayUseGlobal(events, stores);
  onServerBack(events, stores);

  // Between the provider and here
  providerInUse(events, stores);
  onPulled(events, stores);
  onPullEnded(events, stores);
  onUndeleted(events, stores);
  onPushEnded(events, stores);
  mayUndoMigration(events, stores);
  onMigrationEnded(events, stores);

  // Between environments
  onCopiedAcross(events, stores);

  // Requests
  mayDiscardForm(events, stores);
  mayRemoveGrant(events, stores);

  // Protection
  onProtectionChosen(events, stores);
  mayLock(events, stores);
  onLocked(events, stores);
  onUnlocked(events, stores);

  // The window
  onEnvironmentOpened(stores);
  onActivityExported(events, stores);
  onAuditExported(events, stores);
  mayLeave(events, stores);
  mayRemoveWorkspace(events, stores);
  onWorkspaceSwitched(events, stores, reopen);
  onSwitchFailed(events, stores);
}
