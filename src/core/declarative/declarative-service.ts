/** `plan` and `apply`: makes the declared vaults what a configuration says, and nothing else. */
import { createHash } from 'node:crypto';
import { AppError, endsRun, isAppError, isWriteRefused, toErrorReport } from '@shared/errors';
import {
  countSecrets,
  follow,
  hasChanges,
  planRelease,
  planVault,
  type AppliedVault,
  type Declaration,
  type DeclaredVault,
  type PlannedVault,
  type SecretReference,
  type VaultPlan,
} from '@shared/model/declaration';
import { nameAt, pathIn } from '@shared/model/layout';
import { slug } from '@shared/model/slug';
import { providerDescriptors } from '@shared/providers';
import { vaultLayout } from '@shared/providers/vault-layout';
import type { ActivityLog } from '@core/activity/activity-log';
import type { Connections, ProviderConnection } from '@core/connections/connections';
import { readIfThere } from '@core/connections/read-if-there';
import type { Changed, EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentService } from '@core/environments/environment-service';
import { subjectOf, type EnvironmentState } from '@core/environments/environment-state';
import { revisionToken } from '@core/environments/environment-values';
import type { SecretSnapshot } from '@core/providers/provider';
import type { ResolveService } from '@core/references/resolve-service';
import {
  mapDocument,
  textEntry,
  type SecretDocument,
  type SecretEntry,
} from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { EnvironmentRow } from '@core/storage/environments';
import type { Owned, Ownership } from './ownership';

export interface DeclarativeServiceParts {
  readonly ownership: Ownership;
  readonly state: EnvironmentState;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly resolving: ResolveService;
  readonly connections: Connections;
  readonly activity: ActivityLog;
}

/** What a person agreed to. */
export interface Consent {
  /** The vaults of the plan that was shown, by what they were planned on. */
  readonly agreed: readonly { readonly vault: string; readonly base: string }[];
  /** Vaults that may be taken over. */
  readonly adopt: readonly string[];
  /** Vaults of which everything may be deleted. */
  readonly deleteAll: readonly string[];
}

/** Where a vault is. */
type Place =
  | { readonly state: 'environment'; readonly row: EnvironmentRow }
  /** The provider may hold it; no environment here is linked to it yet. */
  | { readonly state: 'path'; readonly path: string; readonly connection: ProviderConnection };

/** What was found of a vault. */
interface Found {
  readonly place: Place;
  /** At the path, if no environment is linked to it. */
  readonly snapshot?: SecretSnapshot | undefined;
  readonly document: SecretDocument;
  /** The base of edits. */
  readonly token: string;
  readonly owned: Owned;
}

interface Inspected {
  readonly found: Found;
  /** By name. Those that are external are not in it. */
  readonly values: ReadonlyMap<string, Secret>;
  readonly plan: PlannedVault;
  readonly base: string;
}

const EMPTY: SecretDocument = mapDocument([]);

export class DeclarativeService {
  constructor(private readonly parts: DeclarativeServiceParts) {}

  /**
   * Reads each vault that is declared, or owned by the configuration, and compares. Changes nothing. A vault that
   * cannot be read is in the plan with the reason.
   */
  async plan(
    workspaceId: string,
    declaration: Declaration,
    signal: AbortSignal,
  ): Promise<VaultPlan[]> {
    const plans: VaultPlan[] = [];
    const used = new Set<string>();
    for (const declared of declaration.vaults) {
      const { vault } = declared;
      plans.push(
        await this.#orProblem(vault, async () => {
          const inspected = await this.#inspect(workspaceId, declaration, declared, signal);
          const { place } = inspected.found;
          if (place.state === 'environment') used.add(place.row.id);
          return viewOf(inspected);
        }),
      );
    }
    for (const row of this.#dropped(workspaceId, declaration)) {
      if (used.has(row.id)) continue;
      const released = await this.#orProblem(row.name, async () => {
        const owned = await this.parts.ownership.of(row, signal);
        return owned.owner === declaration.name ? releaseOf(row, owned) : undefined;
      });
      if (released !== undefined) plans.push(released);
    }
    return plans;
  }

  /**
   * Applies what was agreed to, vault by vault. Each is read again first: if it is no longer what the plan was made
   * on, that is a `CONFLICT`. A vault that fails does not stop the others, unless the whole run was ended. Returns
   * how each vault ended.
   */
  async apply(
    workspaceId: string,
    declaration: Declaration,
    consent: Consent,
    signal: AbortSignal,
  ): Promise<AppliedVault[]> {
    const agreed = new Map(consent.agreed.map(({ vault, base }) => [vault, base]));
    const applied: AppliedVault[] = [];
    const run = async (vault: string, work: () => Promise<AppliedVault>): Promise<void> => {
      try {
        signal.throwIfAborted();
        applied.push(await work());
      } catch (error) {
        const reason: unknown = signal.aborted ? new AppError('CANCELLED') : error;
        applied.push({ vault, outcome: 'failed', error: toErrorReport(reason) });
      }
    };
    for (const declared of declaration.vaults) {
      const base = agreed.get(declared.vault);
      if (base === undefined) continue;
      await run(declared.vault, async () => {
        const inspected = await this.#inspect(workspaceId, declaration, declared, signal);
        assertAgreed(inspected, base, consent);
        return this.#applyVault(workspaceId, declaration.name, declared.vault, inspected, signal);
      });
    }
    for (const row of this.#dropped(workspaceId, declaration)) {
      if (!agreed.has(row.name)) continue;
      await run(row.name, async () => {
        const owned = await this.parts.ownership.of(row, signal);
        if (owned.owner !== declaration.name) return { vault: row.name, outcome: 'unchanged' };
        await this.#release(row, signal);
        return { vault: row.name, outcome: 'applied' };
      });
    }
    return applied;
  }

  /** Who owns an environment, by its mark in the store. Throws what reading the mark throws. */
  async owner(environmentId: string, signal: AbortSignal): Promise<string | undefined> {
    const { ownership, state } = this.parts;
    return (await ownership.of(state.row(environmentId), signal)).owner;
  }

  /**
   * Removes the mark of an environment, so that it can be changed by hand. Returns the configuration that owned
   * it; `undefined` if none did.
   */
  async release(environmentId: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#release(this.parts.state.row(environmentId), signal);
  }

  #release(row: EnvironmentRow, signal: AbortSignal): Promise<string | undefined> {
    const { ownership, state, activity } = this.parts;
    return state.inTurn(row.id, async () => {
      const owner = await ownership.release(row, signal);
      if (owner !== undefined) {
        activity.record({ ...subjectOf(row), action: 'released', detail: owner });
      }
      return owner;
    });
  }

  async #applyVault(
    workspaceId: string,
    owner: string,
    vault: string,
    { found, values, plan }: Inspected,
    signal: AbortSignal,
  ): Promise<AppliedVault> {
    const { ownership, editing } = this.parts;
    if (!hasChanges(plan)) return { vault, outcome: 'unchanged' };
    const row = await this.#take(workspaceId, vault, found, signal);
    const takeBack = ownership.intend(row, owner);
    const changes = plan.secrets.filter(
      ({ action }) => action !== 'unchanged' && action !== 'missing',
    );
    if (changes.length > 0) {
      const entry = { action: 'applied', detail: describe(plan, owner) } as const;
      try {
        await editing.change(
          row.id,
          found.token,
          entry,
          signal,
          ({ document, marks }) => applied(plan, values, document, marks),
          [owner, ...(plan.owner === undefined ? [] : [plan.owner])],
        );
      } catch (error) {
        // Nobody knows whether another failure came after the write.
        if (isAppError(error) && isWriteRefused(error.code)) takeBack();
        throw error;
      }
    }
    const markedHere = await ownership.mark(row, owner, signal);
    return { vault, outcome: 'applied', ...(markedHere && { markedHere }) };
  }

  /** The environment of a vault, under its name; created, or linked to what the provider holds, if there is none. */
  async #take(
    workspaceId: string,
    vault: string,
    { place, snapshot }: Found,
    signal: AbortSignal,
  ): Promise<EnvironmentRow> {
    const { state, environments } = this.parts;
    if (place.state === 'environment') {
      const { row } = place;
      if (row.name !== vault) await environments.rename(row.id, vault, signal);
      return state.row(row.id);
    }
    const { path, connection } = place;
    const row = state.row(environments.createAt(workspaceId, vault, path).id);
    if (snapshot === undefined) state.recordEmpty(row, connection);
    else state.record(workspaceId, connection, [snapshot]);
    return row;
  }

  async #inspect(
    workspaceId: string,
    declaration: Declaration,
    declared: DeclaredVault,
    signal: AbortSignal,
  ): Promise<Inspected> {
    const found = await this.#find(workspaceId, declared.vault, signal);
    if (found.document.shape !== 'map') {
      throw new AppError('INVALID_INPUT', {
        message: `The vault ${declared.vault} holds one ${found.document.shape} value, not a list of secrets.`,
        hint: 'Move that value to another place, or give the vault another name.',
      });
    }
    const { entries } = found.document;
    const values = await this.#values(workspaceId, declaration, declared, signal);
    const plan = planVault(declaration.name, declared, {
      exists: found.place.state === 'environment' || found.snapshot !== undefined,
      owner: found.owned.owner,
      isMarked: found.owned.isMarked,
      secrets: new Map(
        [...entries].map(([name, entry]) => [name, hasValue(entry, values.get(name))]),
      ),
    });
    return { found, values, plan, base: baseOf(found, plan) };
  }

  async #find(workspaceId: string, vault: string, signal: AbortSignal): Promise<Found> {
    const { state, ownership } = this.parts;
    const place = await this.#place(workspaceId, vault);
    if (place.state === 'environment') {
      await this.#read(place.row, signal);
      const row = state.row(place.row.id);
      const held = await state.heldOrThrow(row);
      const owned = await ownership.of(row, signal);
      const found = { document: held.document, token: revisionToken(held), owned };
      return { place: { state: 'environment', row }, ...found };
    }
    const { path, connection } = place;
    const snapshot = await readIfThere(connection, path, signal);
    const owned = await ownership.at({ workspaceId, path }, signal);
    const { document = EMPTY, revision = null } = snapshot ?? {};
    return { place, snapshot, document, token: revisionToken({ document, revision }), owned };
  }

  /** Takes into memory what is at the path of a synced environment; nothing there is no failure. */
  async #read(row: EnvironmentRow, signal: AbortSignal): Promise<void> {
    const { state, connections } = this.parts;
    if (!row.synced) return;
    await state.inTurn(row.id, async () => {
      const connection = await connections.connect(row.workspaceId);
      const snapshot = await readIfThere(connection, row.path, signal);
      connection.ended.throwIfAborted();
      if (snapshot === undefined) state.recordEmpty(row, connection);
      else state.record(row.workspaceId, connection, [snapshot]);
    });
  }

  /** The environment of this name; else the path that it has at the provider. */
  async #place(workspaceId: string, vault: string): Promise<Place> {
    const { state, connections } = this.parts;
    const named = state.rows(workspaceId).filter(({ name }) => name === vault);
    if (named.length > 1) {
      throw new AppError('AMBIGUOUS_NAME', {
        message: `There are ${String(named.length)} environments “${vault}”.`,
        hint: 'Rename all but the one that the configuration means.',
      });
    }
    const [row] = named;
    if (row !== undefined) return { state: 'environment', row };
    const connection = await connections.connect(workspaceId);
    const layout = vaultLayout(providerDescriptors[connection.providerId]);
    const usual = pathIn(pathNameOf(vault), layout);
    // Parameter Store has a slash at the start, unless the connection has a prefix.
    const path = connection.provider.validate(usual, EMPTY)?.details?.suggestion ?? usual;
    const linked = state.syncedByPath(workspaceId).get(path);
    // A pull found it, and named it after its path.
    if (linked?.name === nameAt(path)) return { state: 'environment', row: linked };
    if (linked !== undefined) {
      throw new AppError('ALREADY_EXISTS', {
        message: `The environment “${linked.name}” already uses the path ${path}, which the vault ${vault} would have.`,
        hint: `Rename that environment to “${vault}” if it is the vault, or give the vault another name.`,
      });
    }
    return { state: 'path', path, connection };
  }

  /** The declared values, with references resolved. Throws `NO_SUCH_VARIABLE`, `NO_SUCH_ENVIRONMENT` … */
  async #values(
    workspaceId: string,
    declaration: Declaration,
    { vault, secrets }: DeclaredVault,
    signal: AbortSignal,
  ): Promise<Map<string, Secret>> {
    const values = new Map<string, Secret>();
    for (const { name } of secrets) {
      const source = follow(declaration, { vault, key: name });
      if (source === 'external') continue;
      const text =
        'value' in source ? source.value : await this.#stored(workspaceId, source.stored, signal);
      values.set(name, new Secret(text));
    }
    return values;
  }

  async #stored(
    workspace: string,
    { vault: environment, key }: SecretReference,
    signal: AbortSignal,
  ): Promise<string> {
    const { value } = await this.parts.resolving.get({ workspace, environment, key }, signal);
    return value;
  }

  /** The environments that the configuration owns, as far as is known here, and no longer declares. */
  #dropped(workspaceId: string, { name, vaults }: Declaration): EnvironmentRow[] {
    const owned = new Set(this.parts.ownership.knownOf(name));
    const declared = new Set(vaults.map(({ vault }) => vault));
    return this.parts.state
      .rows(workspaceId)
      .filter((row) => owned.has(row.id) && !declared.has(row.name));
  }

  async #orProblem<T>(
    vault: string,
    work: () => Promise<T>,
  ): Promise<T | Extract<VaultPlan, { readonly problem: unknown }>> {
    try {
      return await work();
    } catch (error) {
      // The whole run is over, and not the reading of one vault.
      if (!isAppError(error) || endsRun(error.code)) throw error;
      return { vault, problem: error.report() };
    }
  }
}

/** The library reads a vault at its id; other names become a path as those of environments do. */
const pathNameOf = (vault: string): string =>
  /^[\w-]+$/.test(vault) ? vault : slug(vault) || 'environment';

const viewOf = ({ found: { place, owned }, plan, base }: Inspected): VaultPlan => {
  const path = place.state === 'path' ? place.path : place.row.synced ? place.row.path : undefined;
  return {
    ...plan,
    base,
    ...(path !== undefined && { path }),
    ...(owned.markedHere && { markedHere: owned.markedHere }),
  };
};

const releaseOf = (row: EnvironmentRow, { markedHere }: Owned): VaultPlan => ({
  ...planRelease(row.name),
  base: row.id,
  ...(row.synced && { path: row.path }),
  ...(markedHere && { markedHere }),
});

/** Throws `CONFLICT`, `NOT_ADOPTED`, `WOULD_DELETE_ALL`. */
function assertAgreed({ plan, base }: Inspected, agreed: string, consent: Consent): void {
  const { vault, action, owner, empties } = plan;
  if (base !== agreed) {
    throw new AppError('CONFLICT', {
      message: `The vault ${vault} was changed after the plan was made.`,
      hint: 'Nothing in it was changed. Apply again: a new plan is made first.',
    });
  }
  if (action === 'adopt' && !consent.adopt.includes(vault)) {
    throw new AppError('NOT_ADOPTED', {
      message:
        owner === undefined
          ? `The configuration does not own the vault ${vault}, which exists already.`
          : `The configuration “${owner}” owns the vault ${vault}.`,
    });
  }
  if (empties && !consent.deleteAll.includes(vault)) {
    throw new AppError('WOULD_DELETE_ALL', {
      message: `The configuration would delete everything that the vault ${vault} holds.`,
    });
  }
}

/** The entry stays if it reads like the declared text, whatever its kind. */
const hasValue = ({ value }: SecretEntry, declared: Secret | undefined): boolean =>
  declared !== undefined && value.equals(declared);

/** The document after the plan. Secrets that stay keep their order, their kind and their marks. */
function applied(
  { secrets }: PlannedVault,
  values: ReadonlyMap<string, Secret>,
  document: SecretDocument,
  marks: Changed['marks'],
): Changed {
  const entries = new Map(document.shape === 'map' ? document.entries : []);
  const kept = new Map(marks);
  for (const { name, action } of secrets) {
    const value = values.get(name);
    if (action === 'delete') {
      entries.delete(name);
      kept.delete(name);
    } else if ((action === 'create' || action === 'update') && value !== undefined) {
      entries.set(name, textEntry(value.reveal()));
    }
  }
  return { document: { shape: 'map', entries }, marks: kept, touchesValues: true };
}

/** For the activity log. */
function describe(plan: PlannedVault, owner: string): string {
  const counts = countSecrets([plan]);
  const parts = [
    [counts.create, 'created'],
    [counts.update, 'updated'],
    [counts.delete, 'deleted'],
  ] as const;
  const counted = parts.filter(([count]) => count > 0);
  return `${owner}: ${counted.map(([count, word]) => `${String(count)} ${word}`).join(', ')}`;
}

/** Changes whenever the plan would have to be made again. It tells nothing of a value. */
const baseOf = (
  { place, token, owned: { owner, isMarked } }: Found,
  plan: PlannedVault,
): string => {
  const where = place.state === 'environment' ? place.row.id : place.state;
  return createHash('sha256')
    .update(JSON.stringify([where, token, owner, isMarked, plan]))
    .digest('base64url');
};
