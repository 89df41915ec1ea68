/**
 * Keeps references whole when something is saved or renamed. What is on this computer is changed at once. A
 * synced environment is never written for that: its references are returned, for a person to save.
 */
import { AppError, isAppError } from '@shared/errors';
import {
  redirected,
  referenceIn,
  type Followed,
  type Surroundings,
  type VariableName,
} from '@shared/model/stored-reference';
import type { ActivityLog } from '@core/activity/activity-log';
import { logged } from '@core/activity/logged';
import type { WritableDocument } from '@core/environments/edit-document';
import { subjectOf, type EnvironmentState } from '@core/environments/environment-state';
import type { EnvironmentValues } from '@core/environments/environment-values';
import type { LocalDocuments } from '@core/environments/local-documents';
import type { OwnershipGuard } from '@core/environments/ownership-guard';
import type { ReferenceGuard, Renames } from '@core/environments/reference-guard';
import type { Runtime } from '@core/runtime';
import { entriesOf, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { EnvironmentRow } from '@core/storage/environments';
import { circleText, endlessFrom } from './cycles';
import type { GrantReferences } from './grant-references';
import { ValuesInSight } from './values-in-sight';

export interface FollowingParts {
  readonly state: EnvironmentState;
  readonly values: EnvironmentValues;
  readonly documents: LocalDocuments;
  readonly guard: OwnershipGuard;
  readonly grants: GrantReferences;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

type Left = Followed['left'][number]['why'];

type Redirect = (name: VariableName) => VariableName | undefined;

export class ReferenceFollowing implements ReferenceGuard {
  constructor(private readonly parts: FollowingParts) {}

  async assertEnds(
    row: EnvironmentRow,
    before: SecretDocument,
    after: SecretDocument,
  ): Promise<void> {
    const old = entriesOf(before);
    const changed = [...entriesOf(after)].filter(([key, { value }]) => {
      const text = value.reveal();
      const mayRefer = text.startsWith('@') || (row.expands === true && text.includes('{{'));
      return mayRefer && old.get(key)?.value.reveal() !== text;
    });
    if (changed.length === 0) return;
    const sight = new ValuesInSight(this.parts.state, row.workspaceId);
    sight.put(row, after);
    for (const [key] of changed) {
      const endless = await endlessFrom(sight, row, key);
      if (endless !== undefined && 'cycle' in endless) {
        throw new AppError('REFERENCE_CYCLE', {
          message: circleText(endless.cycle),
          details: { field: key },
        });
      }
    }
  }

  followWithin(
    row: EnvironmentRow,
    document: WritableDocument,
    renames: Renames,
  ): { readonly document: WritableDocument; readonly keys: readonly string[] } {
    const sight = new ValuesInSight(this.parts.state, row.workspaceId);
    return redirectedIn(document, sight.around(row), toNewKeys(row, renames));
  }

  async followKeys(row: EnvironmentRow, renames: Renames, signal: AbortSignal): Promise<Followed> {
    const sight = new ValuesInSight(this.parts.state, row.workspaceId);
    const others = sight.rows.filter(({ id }) => id !== row.id);
    const followed = await this.#follow(
      others,
      (one) => sight.around(one),
      toNewKeys(row, renames),
      signal,
    );
    const { name: vault } = row;
    return {
      ...followed,
      grants: await this.parts.grants.follow(row.workspaceId, toNewKeys(row, renames)),
      renamed: [...renames].map(([from, to]) => ({
        from: { vault, key: from },
        to: { vault, key: to },
      })),
    };
  }

  async followName(row: EnvironmentRow, before: string, signal: AbortSignal): Promise<Followed> {
    const sight = new ValuesInSight(this.parts.state, row.workspaceId);
    // Another environment of the old name would be meant by what is written there.
    if (sight.rows.some(({ name }) => name === before)) {
      return { renamed: [], changed: [], left: [], unread: [], grants: [] };
    }
    const around = (one: EnvironmentRow): Surroundings => {
      const now = sight.around(one);
      return { ...now, isEnvironment: (name) => name === before || now.isEnvironment(name) };
    };
    const redirect: Redirect = ({ vault, key }) =>
      vault === before ? { vault: row.name, key } : undefined;
    const followed = await this.#follow(sight.rows, around, redirect, signal);
    return {
      ...followed,
      grants: await this.parts.grants.follow(row.workspaceId, redirect),
      renamed: [{ from: { vault: before }, to: { vault: row.name } }],
    };
  }

  async #follow(
    rows: readonly EnvironmentRow[],
    around: (row: EnvironmentRow) => Surroundings,
    redirect: Redirect,
    signal: AbortSignal,
  ): Promise<Omit<Followed, 'renamed' | 'grants'>> {
    const followed: Omit<Followed, 'renamed' | 'grants'> = { changed: [], left: [], unread: [] };
    for (const row of rows) {
      const held = await this.parts.state.held(row);
      if (held === undefined) {
        followed.unread.push(row.name);
        continue;
      }
      if (held.document.shape === 'binary') continue;
      const { document, keys } = redirectedIn(held.document, around(row), redirect);
      if (keys.length === 0) continue;
      const why: Left | undefined = row.synced
        ? 'synced'
        : await this.#rewrite(row, around(row), redirect, signal);
      if (why === undefined) {
        followed.changed.push(...keys.map((key) => ({ environment: row.name, key })));
        continue;
      }
      const before = entriesOf(held.document);
      followed.left.push(
        ...keys.map((key) => ({
          environmentId: row.id,
          environment: row.name,
          key,
          why,
          ...wholeReference(before.get(key), entriesOf(document).get(key), around(row)),
        })),
      );
    }
    return followed;
  }

  /** Returns why it was not changed, if it was not. */
  async #rewrite(
    { id }: EnvironmentRow,
    around: Surroundings,
    redirect: Redirect,
    signal: AbortSignal,
  ): Promise<Left | undefined> {
    const { state, documents, values, guard, activity, runtime } = this.parts;
    try {
      await state.inTurn(id, async () => {
        const row = state.row(id);
        await guard.assertMayChange(row, signal);
        const held = await state.heldOrThrow(row);
        if (held.document.shape === 'binary') return;
        const { document, keys } = redirectedIn(held.document, around, redirect);
        const count = keys.length === 1 ? '1 reference' : `${String(keys.length)} references`;
        const entry = { action: 'saved', detail: `${count} changed after a rename` } as const;
        await logged(activity, { ...subjectOf(row), ...entry }, async () => {
          await documents.put(id, document);
          values.keepPast(row, held, runtime.now());
        });
      });
      return undefined;
    } catch (error) {
      return isAppError(error, 'OWNED_BY_CONFIG') ? 'owned' : 'failed';
    }
  }
}

const toNewKeys =
  ({ name, id }: EnvironmentRow, renames: Renames): Redirect =>
  ({ vault, key }) => {
    const renamed = vault === name || vault === id ? renames.get(key) : undefined;
    return renamed === undefined ? undefined : { vault, key: renamed };
  };

function redirectedIn(
  document: WritableDocument,
  around: Surroundings,
  redirect: Redirect,
): { readonly document: WritableDocument; readonly keys: readonly string[] } {
  if (document.shape === 'text') return { document, keys: [] };
  const entries = new Map(document.entries);
  const keys: string[] = [];
  for (const [key, { kind, value }] of document.entries) {
    const text = kind === 'text' ? redirected(value.reveal(), around, redirect) : undefined;
    if (text === undefined) continue;
    entries.set(key, { kind, value: new Secret(text) });
    keys.push(key);
  }
  return { document: { shape: 'map', entries }, keys };
}

/** The new text, if it is a reference and nothing else: other text may be secret. */
function wholeReference(
  before: SecretEntry | undefined,
  after: SecretEntry | undefined,
  around: Surroundings,
): { value?: string } {
  const isReference =
    before !== undefined && referenceIn(before.value.reveal(), around.isEnvironment) !== undefined;
  return isReference && after !== undefined ? { value: after.value.reveal() } : {};
}
