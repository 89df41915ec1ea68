/** Merges edits with what somebody else wrote meanwhile. */
import type { Absence, EnvironmentMerge } from '@shared/model/environment-merge';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { AppError, foundAtPath, isAppError } from '@shared/errors';
import type { MergeSide } from '@shared/model/merge';
import type { EnvironmentRow } from '@core/storage/environments';
import { entriesOf, type SecretDocument } from '@core/secrets/document';
import { sameContent, sameEntry } from '@core/secrets/same-content';
import type { Connections } from '@core/connections/connections';
import { describeChanges, renamesIn, type Edits } from './edit-document';
import type { EnvironmentEditing } from './environment-editing';
import type { EnvironmentService } from './environment-service';
import type { EnvironmentState } from './environment-state';
import type { EnvironmentValues } from './environment-values';
import { mergeDocument } from './merge-document';

export interface MergeServiceParts {
  readonly state: EnvironmentState;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly values: EnvironmentValues;
  readonly connections: Connections;
}

export interface ComparedEdits extends Edits {
  readonly id: string;
  /** Whether to read from the provider what is there now. */
  readonly fetch: boolean;
  /** Their revision that was shown before. */
  readonly since?: string | undefined;
}

export interface MergedEdits extends Edits {
  readonly id: string;
  /** The revision that the edits are merged with. */
  readonly theirs: string;
  readonly choices: readonly { readonly key: string; readonly side: MergeSide }[];
}

export class MergeService {
  constructor(private readonly parts: MergeServiceParts) {}

  /** Compares edits with what is there now. Throws what `pull` throws, except for a secret that is gone. */
  async compare(
    { id, base, changes, fetch, since }: ComparedEdits,
    signal: AbortSignal,
  ): Promise<EnvironmentMerge> {
    const { state } = this.parts;
    const row = state.row(id);
    if (fetch && row.synced) {
      const absence = await this.#fetch(id, signal);
      if (absence !== undefined) return { state: 'gone', absence };
    }
    const theirs = await state.open(id);
    if (theirs.base === undefined) throw new AppError('VALUES_NOT_LOADED');
    const held = await state.heldOrThrow(row);
    const { document } = held;
    const version = this.#base(row, base)?.version;
    const rows = mergeDocument(this.#base(row, base)?.document, document, changes).rows(
      state.marks(row, held),
      (marks) => state.shownMarks(row, marks),
    );
    const shown = since === undefined ? undefined : this.#base(row, since)?.document;
    return {
      state: 'there',
      rows:
        since === undefined
          ? rows
          : rows.map((one) => (isSameIn(one.key, shown, document) ? one : { ...one, moved: true })),
      theirs: { ...theirs, base: theirs.base },
      ...(version !== undefined && { version }),
    };
  }

  /** Writes the merged document. Throws `CONFLICT` if `theirs` is no longer there, and what `save` throws. */
  async save(
    { id, base, changes, theirs, choices: chosen }: MergedEdits,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { state, editing } = this.parts;
    const before = this.#base(state.row(id), base)?.document;
    const entry = { action: 'saved', detail: `${describeChanges(changes)}, merged` } as const;
    return editing.change(id, theirs, entry, signal, ({ document, marks }) => {
      const merge = mergeDocument(before, document, changes);
      const choices = new Map(chosen.map(({ key, side }) => [key, side]));
      const merged = merge.document(choices);
      return {
        document: merged,
        marks: merge.marks(marks, choices),
        touchesValues: !sameContent(merged, document),
        renames: new Map(
          [...renamesIn(changes)].filter(
            ([from, to]) => entriesOf(document).has(from) && entriesOf(merged).has(to),
          ),
        ),
      };
    });
  }

  async #fetch(id: string, signal: AbortSignal): Promise<Absence | undefined> {
    try {
      await this.parts.environments.pull(id, signal);
      return undefined;
    } catch (error) {
      const found = isAppError(error) ? foundAtPath(error.code) : undefined;
      if (found === undefined || found === 'changed') throw error;
      return found;
    }
  }

  #base(
    row: EnvironmentRow,
    base: string,
  ): { readonly document: SecretDocument; readonly version?: string | undefined } | undefined {
    return this.parts.values.at(row, this.parts.connections.currentId(row.workspaceId), base);
  }
}

/** Whether a key has the same value in both; false if one of them is no longer known. */
function isSameIn(key: string, a: SecretDocument | undefined, b: SecretDocument): boolean {
  if (a === undefined) return false;
  if (a.shape !== 'map' || b.shape !== 'map') return sameContent(a, b);
  const [before, now] = [a.entries.get(key), b.entries.get(key)];
  return before === undefined || now === undefined ? before === now : sameEntry(before, now);
}
