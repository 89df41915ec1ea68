/** Creates, changes and ends grants. Values of secrets go in, and only a request uses them. */
import { randomUUID } from 'node:crypto';
import { AppError } from '@shared/errors';
import type { AuditEvent } from '@shared/model/audit';
import {
  grantSettingsSchema,
  knownSecretsOf,
  secretNamesOf,
  type Grant,
  type GrantSettings,
  type GrantState,
  type SecretSource,
} from '@shared/model/grant';
import { nearNames } from '@shared/model/near-names';
import type { Policy } from '@shared/model/policy';
import type { WorkspaceSelector } from '@shared/model/selector';
import type { AuditLog } from '@core/audit/audit-log';
import type { GrantSeals } from '@core/keys/grant-seals';
import type { SealedStore, SealedUpdate } from '@core/keys/sealed-store';
import { suggestion, type Lookup } from '@core/references/lookup';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { GrantReference, GrantRow, Grants, GrantSecretAddress } from '@core/storage/grants';
import type { Workspaces } from '@core/storage/workspaces';
import { assertUsable } from './secret-values';

/** By the name of the secret. */
export type SecretSources = Readonly<Record<string, SecretSource>>;

export interface NewGrant {
  /** Default: a new one. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly settings: GrantSettings;
  readonly secrets: SecretSources;
}

export interface GrantChanges {
  readonly name?: string | undefined;
  /** What is absent or `undefined` stays; `null` removes what is optional. */
  readonly settings?:
    | {
        readonly [Name in Exclude<keyof GrantSettings, 'type' | 'template'>]?:
          GrantSettings[Name] | (undefined extends GrantSettings[Name] ? null : never) | undefined;
      }
    | undefined;
  readonly secrets?: SecretSources | undefined;
}

export interface NewClone {
  readonly name: string;
  readonly policy: Policy;
  /** Default: those of the original. */
  readonly hosts?: readonly string[] | undefined;
}

export interface GrantServiceParts {
  readonly rows: Grants;
  readonly secrets: SealedStore<GrantSecretAddress>;
  readonly seals: GrantSeals;
  readonly workspaces: Workspaces;
  readonly lookup: Lookup;
  readonly audit: AuditLog;
  /** Whether the environments of references are somewhere else. */
  readonly isOutside: boolean;
  readonly runtime: Pick<Runtime, 'now'>;
}

/** A grant, and the grants that it is a clone of, the nearest first. */
export interface GrantChain {
  readonly rows: readonly [GrantRow, ...GrantRow[]];
  /** Whether an original is gone. */
  readonly isEnded: boolean;
}

export class GrantService {
  constructor(private readonly parts: GrantServiceParts) {}

  /** By name. */
  list(workspaceId: string): Grant[] {
    return this.parts.rows.list(workspaceId).map((row) => this.#view(row));
  }

  /** By id in any workspace, or by name in one. Throws `NO_SUCH_GRANT` with near names. */
  find(typed: string, selector: WorkspaceSelector = {}): Grant {
    return this.#view(this.row(typed, selector));
  }

  /** As `find`, as it is stored. */
  row(typed: string, selector: WorkspaceSelector = {}): GrantRow {
    const byId = this.parts.rows.find(typed.toLowerCase());
    if (byId !== undefined) return byId;
    const workspace = this.parts.lookup.workspace(selector);
    const all = this.parts.rows.list(workspace.id);
    const row = all.find(({ name }) => name === typed);
    if (row !== undefined) return row;
    const near = nearNames(
      typed,
      all.map(({ name }) => name),
    );
    throw new AppError('NO_SUCH_GRANT', {
      message: `There is no grant “${typed}” in the workspace “${workspace.name}”.`,
      hint: suggestion(near) ?? 'List the grants to see their names and ids.',
      details: { suggestion: near[0] },
    });
  }

  /** Throws `NAME_TAKEN`, and `INVALID_INPUT` if a secret is missing, unknown or unusable. */
  async create(workspaceId: string, grant: NewGrant): Promise<Grant> {
    assertNoneMissing(checked(grant.settings), Object.keys(grant.secrets));
    return this.createIncomplete(workspaceId, grant);
  }

  /** As `create`, but secrets may be missing. Until they are given, requests are refused with `GRANT_INCOMPLETE`. */
  async createIncomplete(
    workspaceId: string,
    { id = randomUUID(), name, secrets, ...given }: NewGrant,
  ): Promise<Grant> {
    const now = this.parts.runtime.now();
    const settings = checked(given.settings);
    assertKnown(settings, Object.keys(secrets));
    const row: GrantRow = {
      id,
      workspaceId,
      originalId: undefined,
      name,
      settings,
      references: this.#references(workspaceId, secrets),
      disabled: false,
      createdAt: now,
      changedAt: now,
      rotatedAt: now,
    };
    // What a person has typed is checked before the key is asked for.
    const stored = storedIn(row, secrets);
    const seal = await this.parts.seals.make(row);
    // The row first: the secrets refer to it.
    this.parts.rows.insert(row);
    try {
      await this.parts.secrets.update(stored, (key) => {
        seal(key);
        this.#record('grant-created', row);
      });
    } catch (error) {
      this.parts.rows.remove(row.id);
      throw error;
    }
    return this.#view(row);
  }

  /** Throws `NAME_TAKEN`, `GRANT_CHANGED`, and `INVALID_INPUT` as `create` does. */
  update(id: string, changes: GrantChanges): Promise<Grant> {
    return this.#change(this.#own(id), changes, 'grant-updated');
  }

  /** Replaces secrets. Throws `INVALID_INPUT` for a clone, and if a secret is unknown or unusable. */
  rotate(id: string, secrets: SecretSources): Promise<Grant> {
    return this.#change(this.#own(id), { secrets }, 'grant-rotated');
  }

  async #change(
    before: GrantRow,
    { name, settings = {}, secrets = {} }: GrantChanges,
    event: AuditEvent,
  ): Promise<Grant> {
    const given = Object.keys(secrets);
    const changed = Object.fromEntries(
      Object.entries(settings)
        .filter(([, value]) => value !== undefined)
        .map(([setting, value]) => [setting, value ?? undefined]),
    ) as Partial<GrantSettings>;
    const isClone = before.originalId !== undefined;
    if (isClone && given.length > 0) {
      throw new AppError('INVALID_INPUT', {
        message: `“${before.name}” is a clone and has no secrets.`,
        hint: 'Rotate its original: the clone uses the new secret too.',
      });
    }
    if (isClone) this.#assertNarrowing(before, changed);
    const now = this.parts.runtime.now();
    const row: GrantRow = {
      ...before,
      name: name ?? before.name,
      settings: checked({ ...before.settings, ...changed }),
      references: [
        ...before.references.filter((each) => !given.includes(each.name)),
        ...this.#references(before.workspaceId, secrets),
      ],
      changedAt: now,
      rotatedAt: given.length > 0 ? now : before.rotatedAt,
    };
    const had = knownSecretsOf(before.settings);
    if (!isClone) {
      assertKnown(row.settings, given);
      assertNoneMissing(row.settings, [...had, ...given]);
    }
    const updates: SealedUpdate<GrantSecretAddress>[] = [...new Set([...had, ...given])].map(
      (secret) => ({ address: addressOf(before, secret), value: null }),
    );
    // The seal of a secret covers the hosts, so what stays is sealed again.
    for (const secret of isClone ? [] : had) {
      const value = given.includes(secret) ? undefined : await this.stored(before, secret);
      if (value !== undefined) updates.push({ address: addressOf(row, secret), value });
    }
    await this.parts.seals.assertGenuine(before);
    const seal = await this.parts.seals.make(row);
    await this.parts.secrets.update(
      isClone ? [] : [...updates, ...storedIn(row, secrets)],
      (key) => {
        this.parts.rows.update(row);
        seal(key);
        const what = [...(name === undefined ? [] : ['name']), ...Object.keys(changed), ...given];
        this.#record(event, row, what.join(', '));
      },
    );
    return this.#view(row);
  }

  /**
   * Both policies hold for a clone, and the hosts of both. Throws `NAME_TAKEN`, `GRANT_ENDED` and `GRANT_CHANGED`.
   */
  async clone(id: string, { name, policy, hosts }: NewClone): Promise<Grant> {
    const original = this.#own(id);
    if (this.chain(original).isEnded) throw new AppError('GRANT_ENDED');
    const now = this.parts.runtime.now();
    const row: GrantRow = {
      ...original,
      id: randomUUID(),
      originalId: original.id,
      name,
      settings: checked({
        ...original.settings,
        policy,
        hosts: [...(hosts ?? original.settings.hosts)],
      }),
      references: [],
      disabled: false,
      createdAt: now,
      changedAt: now,
      rotatedAt: undefined,
    };
    await this.parts.seals.assertGenuine(original);
    const seal = await this.parts.seals.make(row);
    this.parts.rows.transaction(() => {
      this.parts.rows.insert(row);
      seal();
      this.#record('grant-cloned', row, `from ${original.name}`);
    });
    return this.#view(row);
  }

  /** Throws `GRANT_CHANGED`. */
  async setDisabled(id: string, disabled: boolean): Promise<Grant> {
    const before = this.#own(id);
    const row = { ...before, disabled, changedAt: this.parts.runtime.now() };
    await this.parts.seals.assertGenuine(before);
    const seal = await this.parts.seals.make(row);
    this.parts.rows.transaction(() => {
      this.parts.rows.update(row);
      seal();
      this.#record(disabled ? 'grant-disabled' : 'grant-enabled', row);
    });
    return this.#view(row);
  }

  /** Ends its clones too: they stay in the list, and refuse every request. */
  async remove(id: string): Promise<void> {
    const row = this.#own(id);
    const names = knownSecretsOf(row.settings);
    const updates = names.map((name) => ({ address: addressOf(row, name), value: null }));
    await this.parts.secrets.update(updates, () => {
      this.parts.rows.remove(id);
      this.#record('grant-deleted', row);
    });
  }

  /** The grant with all its originals. */
  chain(row: GrantRow): GrantChain {
    const rows: [GrantRow, ...GrantRow[]] = [row];
    for (let { originalId } = row; originalId !== undefined;) {
      const original = this.parts.rows.find(originalId);
      if (original === undefined) return { rows, isEnded: true };
      rows.push(original);
      ({ originalId } = original);
    }
    return { rows, isEnded: false };
  }

  /** Throws `GRANT_CHANGED` if somebody else wrote the grant or an original of it. */
  async assertGenuine({ rows }: GrantChain): Promise<void> {
    for (const row of rows) await this.parts.seals.assertGenuine(row);
  }

  /** The value of a stored secret; `undefined` if it is missing. Throws as `SealedStore.get` does. */
  stored(row: GrantRow, name: string): Promise<Secret | undefined> {
    return this.parts.secrets.get(addressOf(row, name));
  }

  /** A clone can change what it may be used for, and not how. Throws `INVALID_INPUT`. */
  #assertNarrowing(clone: GrantRow, changed: Partial<GrantSettings>): void {
    const own = this.chain(clone).rows.at(-1) ?? clone;
    const names = ['header', 'format', 'region', 'service', 'rules'] as const;
    const other = names.find(
      (name) =>
        changed[name] !== undefined &&
        JSON.stringify(changed[name]) !== JSON.stringify(own.settings[name]),
    );
    if (other === undefined) return;
    throw new AppError('INVALID_INPUT', {
      message: `“${clone.name}” is a clone and has the setting “${other}” of its original.`,
      hint: 'Change the original, or create another grant.',
      details: { field: other },
    });
  }

  #own(id: string): GrantRow {
    const row = this.parts.rows.find(id);
    if (row === undefined) throw new AppError('NO_SUCH_GRANT');
    return row;
  }

  /** The references among the sources, checked. Throws what finding an environment throws. */
  #references(workspaceId: string, secrets: SecretSources): GrantReference[] {
    return Object.entries(secrets).flatMap(([name, source]) => {
      if ('value' in source) return [];
      const { environment, key } = source;
      const { isOutside, lookup } = this.parts;
      if (!isOutside) lookup.environment({ workspace: workspaceId, environment });
      return [{ name, environment, key }];
    });
  }

  #record(event: AuditEvent, { workspaceId, id, name }: GrantRow, detail?: string): void {
    this.parts.audit.record({
      event,
      workspaceId,
      grant: { id, name },
      ...(detail !== undefined && detail !== '' && { detail }),
    });
  }

  #view(row: GrantRow): Grant {
    const chain = this.chain(row);
    const own = chain.rows.at(-1) ?? row;
    const usedAt = this.parts.audit.lastUse(row.id);
    const original = chain.rows[1];
    const referenceOf = new Map(
      own.references.map(({ name, environment, key }) => [name, { environment, key }]),
    );
    return {
      id: row.id,
      name: row.name,
      workspace: this.parts.workspaces.find(row.workspaceId)?.name ?? '',
      state: stateOf(chain, this.parts.runtime.now()),
      // A clone uses the secret in the way of its original, for its own purpose.
      ...own.settings,
      hosts: row.settings.hosts,
      networks: row.settings.networks,
      policy: row.settings.policy,
      secrets: secretNamesOf(own.settings).map((name) => {
        const reference = referenceOf.get(name);
        return { name, ...(reference !== undefined && { reference }) };
      }),
      ...(row.originalId !== undefined && {
        original: { id: row.originalId, ...(original !== undefined && { name: original.name }) },
      }),
      createdAt: row.createdAt,
      changedAt: row.changedAt,
      ...(row.rotatedAt !== undefined && { rotatedAt: row.rotatedAt }),
      ...(usedAt !== undefined && { usedAt }),
    };
  }
}

/** What keeps a grant from being used, or that it is active. The first reason counts. */
export function stateOf({ rows, isEnded }: GrantChain, now: number): GrantState {
  if (isEnded) return 'ended';
  if (rows.some(({ disabled }) => disabled)) return 'disabled';
  const isExpired = rows.some(({ settings: { policy } }) => (policy.expiresAt ?? Infinity) <= now);
  return isExpired ? 'expired' : 'active';
}

const hostsOf = ({ settings: { hosts } }: GrantRow): string => JSON.stringify(hosts);

const addressOf = (row: GrantRow, name: string): GrantSecretAddress => ({
  grantId: row.id,
  name,
  hosts: hostsOf(row),
});

/** The values among the sources, checked. Throws `INVALID_INPUT`. */
const storedIn = (row: GrantRow, secrets: SecretSources): SealedUpdate<GrantSecretAddress>[] =>
  Object.entries(secrets).flatMap(([name, source]) => {
    if (!('value' in source)) return [];
    assertUsable(name, source.value);
    return [{ address: addressOf(row, name), value: new Secret(source.value) }];
  });

/** The settings in one form. Throws `INVALID_INPUT` with the field. */
function checked(settings: GrantSettings): GrantSettings {
  const { data, error } = grantSettingsSchema.safeParse(settings);
  if (data !== undefined) return data;
  const field = String(error.issues[0]?.path[0] ?? '');
  throw new AppError('INVALID_INPUT', {
    message: `The setting “${field}” of the grant is not valid.`,
    hint: 'Check it, and try again.',
    details: { field },
  });
}

function assertNoneMissing(settings: GrantSettings, names: readonly string[]): void {
  const missing = secretNamesOf(settings).filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new AppError('INVALID_INPUT', {
    message: `The secret ${missing.join(', ')} is missing.`,
    hint: 'Give a value for each secret of the grant.',
    details: { field: missing[0] },
  });
}

function assertKnown(settings: GrantSettings, names: readonly string[]): void {
  const known = knownSecretsOf(settings);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new AppError('INVALID_INPUT', {
    message: `The grant has no secret ${unknown}.`,
    hint:
      known.length === 0
        ? 'No rule of it has a secret: write {token} in a format.'
        : `Its secrets are ${known.join(', ')}.`,
    details: { field: unknown },
  });
}
