import type { ActivityAction, ActivityEntry } from '@shared/model/activity';
import type { Caller } from '@shared/model/caller';

export const actionWords = {
  pulled: 'Pulled',
  'pulled-all': 'Pulled all',
  searched: 'Searched',
  revealed: 'Revealed',
  copied: 'Copied',
  tested: 'Tested the connection',
  configured: 'Saved the settings',
  'environment-created': 'Created',
  'environment-renamed': 'Renamed',
  'environment-set': 'Changed a setting',
  'environment-duplicated': 'Duplicated',
  'environment-deleted': 'Deleted',
  saved: 'Saved',
  undeleted: 'Undeleted',
  'rolled-back': 'Rolled back',
  pushed: 'Pushed',
  exported: 'Exported',
  'sync-enabled': 'Switched sync on',
  'sync-disabled': 'Switched sync off',
  migrated: 'Migrated',
  applied: 'Applied',
  released: 'Released',
  'workspace-created': 'Created workspace',
  'workspace-renamed': 'Renamed workspace',
  'workspace-set': 'Set for workspace',
  'workspace-deleted': 'Deleted workspace',
  'setup-exported': 'Exported the set-up',
  'setup-imported': 'Imported a set-up',
  'configuration-overridden': 'Overrode the defaults',
  'global-defaults-used': 'Went back to the defaults',
  'protection-changed': 'Changed protection',
  'key-replaced': 'Replaced the key',
  'went-offline': 'Went offline',
} as const satisfies Record<ActivityAction, string>;

export const outcomeWords = {
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<ActivityEntry['outcome'], string>;

/** Each holds the name of the kind, so that the filter finds what is shown. */
export const callerWords = {
  window: 'Window',
  cli: 'CLI',
  sdk: 'SDK',
  mcp: 'MCP',
  serve: 'Serve',
} as const satisfies Record<Caller['kind'], string>;

/** The program that called; empty if it is not known. */
export function callerDetail({ process }: Caller): string {
  if (process === undefined) return '';
  const { name, pid } = process;
  return name === undefined ? `process ${String(pid)}` : `${name} (${String(pid)})`;
}
