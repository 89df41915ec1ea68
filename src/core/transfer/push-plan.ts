/** What Push All would do with each environment: a dry run that reads, and writes nothing. */
import type { PushRow } from '@shared/model/transfer';
import { AppError, isAbsent, isAppError, toErrorReport, type ErrorCode } from '@shared/errors';
import type { EnvironmentRow } from '@core/storage/environments';
import { touchesValues, type Edits } from '@core/environments/edit-document';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { EnvironmentValues } from '@core/environments/environment-values';
import type { LinkService } from './link-service';
import type { SecretSnapshot } from '@core/providers/provider';
import type { Revision } from '@core/secrets/revision';
import { entriesOrText, type SecretDocument } from '@core/secrets/document';
import { sameContent, sameEntry } from '@core/secrets/same-content';
import type { ProviderConnection } from '@core/connections/connections';

export interface PushPlanParts {
  readonly state: EnvironmentState;
  readonly links: LinkService;
  readonly values: EnvironmentValues;
}

export type Drafts = ReadonlyMap<string, Edits>;

/** A row of the plan, with what carrying it out needs. */
export interface PlannedPush {
  readonly row: PushRow;
  readonly synced: boolean;
  readonly draft: Edits | undefined;
  /** For `create`: whether what is scheduled for deletion has to be undeleted first. */
  readonly undelete: boolean;
  /** For `link`: what was seen at the path. */
  readonly serverRevision: Revision | undefined;
}

/** An environment that may have something to push. */
interface Candidate {
  readonly row: EnvironmentRow;
  readonly draft: Edits | undefined;
  readonly document: SecretDocument;
  /** What is in memory. Its revision is `null` if the path was empty when the environment was linked. */
  readonly held:
    { readonly document: SecretDocument; readonly revision: Revision | null } | undefined;
}

type Found = { readonly snapshot: SecretSnapshot } | { readonly error: AppError } | undefined;

/**
 * In the order of `rows`. Throws `CANCELLED`; why one environment would not be pushed is in its row. A
 * secret that is scheduled for deletion is such a reason, unless `mayUndelete`.
 */
export async function planPush(
  parts: PushPlanParts,
  rows: readonly EnvironmentRow[],
  drafts: Drafts,
  connection: ProviderConnection,
  signal: AbortSignal,
  mayUndelete = false,
): Promise<PlannedPush[]> {
  const candidates = new Map<string, Candidate>();
  const settled = new Map<string, PlannedPush>();
  /** The environment that a path would be created for. */
  const claimed = new Map<string, EnvironmentRow>();
  for (const row of rows) {
    const draft = drafts.get(row.id);
    try {
      const candidate = await candidateFor(parts, row, draft, connection);
      if (candidate === undefined) {
        settled.set(row.id, plannedAs(row, draft, { action: 'none' }));
        continue;
      }
      assertPushable(parts, candidate, claimed, connection);
      candidates.set(row.id, candidate);
      if (!row.synced) claimed.set(row.path, row);
    } catch (error) {
      settled.set(row.id, refused(row, draft, error));
    }
  }

  const found = await readAll(connection, [...candidates.values()], signal);
  return rows.map((row) => {
    const known = settled.get(row.id);
    if (known !== undefined) return known;
    const candidate = candidates.get(row.id);
    if (candidate === undefined) throw new Error('A row without a plan');
    return planOne(candidate, found.get(row.path), mayUndelete);
  });
}

/** `undefined` if there is nothing to push. */
async function candidateFor(
  { state, values }: PushPlanParts,
  row: EnvironmentRow,
  draft: Edits | undefined,
  connection: ProviderConnection,
): Promise<Candidate | undefined> {
  const held = row.synced ? values.heldInMemory(row, connection.id) : undefined;
  if (row.synced && held === undefined && draft === undefined) return undefined;
  const { document } = await state.edited(row, draft);
  return { row, draft, document, held };
}

/** Throws if the environment cannot be pushed, as far as that is known without the server. */
function assertPushable(
  { links }: PushPlanParts,
  { row, document }: Candidate,
  claimed: ReadonlyMap<string, EnvironmentRow>,
  { provider }: ProviderConnection,
): void {
  if (!row.synced) {
    links.assertFree(row, row.path);
    const other = claimed.get(row.path);
    if (other !== undefined) {
      throw new AppError('ALREADY_EXISTS', {
        message: `“${other.name}” would be pushed to the same path, ${row.path}.`,
        hint: 'Open this environment and switch sync on with another path.',
        details: { path: row.path },
      });
    }
    if (document.shape === 'map' && document.entries.size === 0) {
      throw new AppError('INVALID_INPUT', {
        message: 'There is nothing to push: it has no variables.',
        hint: 'Add a variable, or delete this environment.',
      });
    }
  }
  if (document.shape === 'binary') return;
  const problem = provider.validate(row.path, document);
  if (problem !== undefined && !(row.synced && ofCreating.has(problem.code))) throw problem;
}

/** These apply only to a secret that is created: the server has accepted the others before. */
const ofCreating: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NAME_NOT_ALLOWED',
  'VALUE_OVER_LIMIT',
  'NUMBER_ROUNDED',
]);

async function readAll(
  { provider }: ProviderConnection,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const paths = candidates.map(({ row }) => row.path);
  for await (const outcome of provider.readMany(paths, { signal })) {
    if ('snapshot' in outcome) found.set(outcome.path, outcome);
    else if (outcome.error.code === 'CANCELLED') throw outcome.error;
    else if (!isAbsent(outcome.error.code)) found.set(outcome.path, outcome);
  }
  return found;
}

function planOne(
  { row, draft, document, held }: Candidate,
  found: Found,
  mayUndelete: boolean,
): PlannedPush {
  if (found !== undefined && 'error' in found) {
    return mayUndelete && isAppError(found.error, 'SCHEDULED_FOR_DELETION')
      ? { ...create(row, draft, document), undelete: true }
      : refused(row, draft, found.error);
  }
  const server = found?.snapshot;
  if (!row.synced) {
    if (server === undefined) return create(row, draft, document);
    if (sameContent(document, server.document)) {
      return plannedAs(row, draft, { action: 'link' }, server.revision);
    }
    return refused(row, draft, somethingElseThere(row.path));
  }
  if (held === undefined) return refused(row, draft, new AppError('VALUES_NOT_LOADED'));
  if (server === undefined) {
    const isEmptyLink =
      held.revision === null && document.shape === 'map' && document.entries.size === 0;
    if (isEmptyLink || document.shape === 'binary') {
      return plannedAs(row, draft, { action: 'none' });
    }
    return create(row, draft, document);
  }
  if (draft === undefined || !touchesValues(draft.changes)) {
    return plannedAs(row, draft, { action: 'none' });
  }
  // Somebody else wrote the same, or it is our own write whose answer was lost.
  if (sameContent(document, server.document)) {
    return plannedAs(row, draft, { action: 'link' }, server.revision);
  }
  if (held.revision !== server.revision) {
    return refused(row, draft, new AppError('CONFLICT', { details: { path: row.path } }));
  }
  return plannedAs(row, draft, { action: 'update', ...difference(server.document, document) });
}

const create = (
  row: EnvironmentRow,
  draft: Edits | undefined,
  document: SecretDocument,
): PlannedPush => plannedAs(row, draft, { action: 'create', added: keysOf(document) });

const refused = (row: EnvironmentRow, draft: Edits | undefined, error: unknown): PlannedPush =>
  plannedAs(row, draft, { action: 'refused', error: toErrorReport(error) });

const plannedAs = (
  { id, name, path, synced }: EnvironmentRow,
  draft: Edits | undefined,
  row: Pick<PushRow, 'action'> & Partial<PushRow>,
  serverRevision?: Revision,
): PlannedPush => ({
  row: { id, name, path, added: [], changed: [], removed: [], ...row },
  synced,
  draft,
  undelete: false,
  serverRevision,
});

const somethingElseThere = (path: string): AppError =>
  new AppError('ALREADY_EXISTS', {
    message: `There is already another secret at ${path}.`,
    hint: 'Open this environment and switch sync on: there you can merge the two, or choose another path.',
    details: { path },
  });

const keysOf = (document: SecretDocument): string[] => [...entriesOrText(document).keys()];

function difference(
  before: SecretDocument,
  after: SecretDocument,
): Pick<PushRow, 'added' | 'changed' | 'removed'> {
  const old = entriesOrText(before);
  const now = entriesOrText(after);
  return {
    added: [...now.keys()].filter((key) => !old.has(key)),
    changed: [...now].flatMap(([key, entry]) => {
      const other = old.get(key);
      return other === undefined || sameEntry(entry, other) ? [] : [key];
    }),
    removed: [...old.keys()].filter((key) => !now.has(key)),
  };
}
