/**
 * The history of the database's shape. Only ever add to the end: `user_version` is the number of those
 * that have been applied.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE environments (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    path TEXT NOT NULL,
    revision_label TEXT,
    pulled_at INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX environments_synced_path ON environments (workspace_id, path) WHERE synced = 1;
  CREATE INDEX environments_order ON environments (workspace_id, position);

  CREATE TABLE vault_selection (
    scope TEXT PRIMARY KEY,
    provider TEXT NOT NULL
  ) STRICT;

  CREATE TABLE vault_configurations (
    scope TEXT NOT NULL,
    provider TEXT NOT NULL,
    settings_json TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (scope, provider)
  ) STRICT;

  CREATE TABLE credentials (
    scope TEXT NOT NULL,
    provider TEXT NOT NULL,
    field TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (scope, provider, field)
  ) STRICT;

  CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    workspace_id TEXT,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    environment TEXT,
    path TEXT,
    detail TEXT
  ) STRICT;
  CREATE INDEX activity_workspace ON activity (workspace_id, id);

  CREATE TABLE preferences (
    key TEXT PRIMARY KEY,
    value_json TEXT NOT NULL
  ) STRICT;
  `,
];
