/**
 * The history of the database schema. Only add to the end: `user_version` is the number of migrations that
 * have been applied.
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
  `
  ALTER TABLE environments ADD COLUMN active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1));
  CREATE UNIQUE INDEX environments_active ON environments (workspace_id) WHERE active = 1;

  -- The values of environments that are not synced. There is never a row for one that is.
  CREATE TABLE local_documents (
    environment_id TEXT PRIMARY KEY REFERENCES environments (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL
  ) STRICT;

  -- What was said of a variable, by its key. Never a value.
  CREATE TABLE variable_marks (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    secret INTEGER CHECK (secret IN (0, 1)),
    PRIMARY KEY (environment_id, key)
  ) STRICT;

  -- Migrations under way, so that one that was broken off can go on. Never a value.
  CREATE TABLE moves (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    environment_id TEXT REFERENCES environments (id) ON DELETE CASCADE,
    plan_json TEXT NOT NULL,
    stage TEXT NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Who called. Entries that Strongroom made by itself have none of these, nor have those from before.
  ALTER TABLE activity ADD COLUMN caller_kind TEXT;
  ALTER TABLE activity ADD COLUMN caller_pid INTEGER;
  ALTER TABLE activity ADD COLUMN caller_name TEXT;
  ALTER TABLE activity ADD COLUMN caller_user TEXT;
  ALTER TABLE activity ADD COLUMN caller_claimed INTEGER CHECK (caller_claimed = 1);
  ALTER TABLE activity ADD COLUMN reason TEXT;

  -- One action was two. Rolling back noted the version; a failure's detail is a sentence.
  UPDATE activity SET action =
    CASE WHEN outcome = 'done' AND detail IS NOT NULL THEN 'rolled-back' ELSE 'undeleted' END
  WHERE action = 'restored';
  `,
  `
  -- The workspace's own folder in the local vault. Until now all workspaces shared one, and they keep it.
  ALTER TABLE workspaces ADD COLUMN local_folder TEXT NOT NULL DEFAULT '/';

  -- Nothing wrote it: Node does not tell whose process is at the other end of a socket.
  ALTER TABLE activity DROP COLUMN caller_user;
  `,
  `
  -- Which declared set-up owns an environment. In 'store', the store has the mark, and this is a note of it;
  -- with 'here', only this computer has it; while it is 'pending', the store is about to get it.
  CREATE TABLE owner_marks (
    environment_id TEXT PRIMARY KEY REFERENCES environments (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    place TEXT NOT NULL CHECK (place IN ('store', 'here', 'pending'))
  ) STRICT;
  `,
  `
  -- What a credential is stored for: the server, and what is trusted on the way. Older rows get it at the start.
  ALTER TABLE credentials ADD COLUMN destination TEXT;
  `,
  `
  -- Whether {{NAME}} in a value of the environment is replaced by the value of that variable.
  ALTER TABLE environments ADD COLUMN expands INTEGER NOT NULL DEFAULT 0 CHECK (expands IN (0, 1));
  `,
  `
  -- The audit. Nothing prunes it, and it belongs to no workspace. Each hash covers the one before.
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    content_json TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    event TEXT GENERATED ALWAYS AS (content_json ->> '$.event') VIRTUAL,
    grant_id TEXT GENERATED ALWAYS AS (content_json ->> '$.grant.id') VIRTUAL
  ) STRICT;
  CREATE INDEX audit_grant ON audit (grant_id, seq) WHERE grant_id IS NOT NULL;
  CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

  -- The last entry of the audit, so that it cannot lose its end unnoticed.
  CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Grants: credentials that programs use in requests. Hosts are a column because the seals of the secrets cover
  -- them. A clone names its original, which may be gone: then the clone has ended.
  CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    original_id TEXT,
    name TEXT NOT NULL,
    hosts_json TEXT NOT NULL,
    settings_json TEXT NOT NULL,
    references_json TEXT NOT NULL,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    rotated_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX grants_name ON grants (workspace_id, name);

  CREATE TABLE grant_secrets (
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (grant_id, name)
  ) STRICT;

  -- When a grant with a limited rate was used, as far back as its limit looks.
  CREATE TABLE grant_uses (
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX grant_uses_time ON grant_uses (grant_id, at);
  `,
  `
  -- The clients of strongroom serve. A token is not here: only its SHA-256 is.
  CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL UNIQUE,
    token_hash TEXT NOT NULL UNIQUE,
    grants_json TEXT NOT NULL,
    environments_json TEXT NOT NULL,
    addresses_json TEXT,
    expires_at INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Checksums, so that a flipped bit is noticed: see checked-rows.ts and schema-check.ts.
  ALTER TABLE workspaces ADD COLUMN checksum BLOB;
  ALTER TABLE environments ADD COLUMN checksum BLOB;
  ALTER TABLE local_documents ADD COLUMN checksum BLOB;
  ALTER TABLE variable_marks ADD COLUMN checksum BLOB;
  ALTER TABLE owner_marks ADD COLUMN checksum BLOB;
  ALTER TABLE moves ADD COLUMN checksum BLOB;
  ALTER TABLE vault_selection ADD COLUMN checksum BLOB;
  ALTER TABLE vault_configurations ADD COLUMN checksum BLOB;
  ALTER TABLE credentials ADD COLUMN checksum BLOB;
  ALTER TABLE grants ADD COLUMN checksum BLOB;
  ALTER TABLE grant_secrets ADD COLUMN checksum BLOB;
  ALTER TABLE clients ADD COLUMN checksum BLOB;
  ALTER TABLE preferences ADD COLUMN checksum BLOB;

  -- What a grant may be used for, sealed with the key: see grant-seals.ts.
  CREATE TABLE grant_seals (
    grant_id TEXT PRIMARY KEY REFERENCES grants (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    checksum BLOB
  ) STRICT;

  CREATE TABLE schema_check (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    hash BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Patterns of keys of variables that are no secrets. NULL: nobody has decided on them yet.
  ALTER TABLE workspaces ADD COLUMN plain_patterns_json TEXT;
  `,
  `
  -- The variables that the environments of a workspace are expected to have: see expected.ts. Never a value.
  ALTER TABLE workspaces ADD COLUMN expected_json TEXT NOT NULL DEFAULT '[]';

  -- What a person wrote about a variable.
  ALTER TABLE variable_marks ADD COLUMN note TEXT;
  `,
  `
  -- Unsaved edits that Lock took from the windows, sealed, until a window has them again: see unsaved-edits.ts.
  CREATE TABLE kept_edits (
    id TEXT PRIMARY KEY,
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    window_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    checksum BLOB
  ) STRICT;
  `,
];
