/** Edits meeting what somebody else wrote meanwhile. */
import type { Absence, EnvironmentMerge } from '@shared/model/environment-merge';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { AppError, foundAtPath, isAppError } from '@shared/errors';
import type { MergeSide } from '@shared/model/merge';
import type { EnvironmentRow } from '@core/storage/environments';
import type { SecretDocument } from '@core/secrets/document';
import { sameContent, sameEntry } from '@core/secrets/same-content';
import type { Connections } from '@core/connections/connections';
import { describeChanges, type Edits, type EnvironmentService } from './environment-service';
import type { EnvironmentValues } from './environment-values';
import { mergeDocument } from './merge-document';

export interface MergeServiceParts {
  readonly environments: EnvironmentService;
  readonly values: EnvironmentValues;
  readonly connections: Connections;
}

export interface ComparedEdits extends Edits {
  readonly id: string;
  /** Whether the provider is asked for what is there now. */
  readonly fetch: boolean;
  /** The revision of theirs that was shown before. */
  readonly since?: string | undefined;
}

export interface MergedEdits extends Edits {
  readonly id: string;
  /** The revision of what they are merged with. */
  readonly theirs: string;
  readonly choices: readonly { readonly key: string; readonly side: MergeSide }[];
}

export class MergeService {
  constructor(private readonly parts: MergeServiceParts) {}

  /** How edits stand to what is there by now. Throws what `pull` throws, but for a secret that is gone. */
  async compare(
    { id, base, changes, fetch, since }: ComparedEdits,
    signal: AbortSignal,
  ): Promise<EnvironmentMerge> {
    const { environments } = this.parts;
    const row = environments.row(id);
    if (fetch && row.synced) {
      const absence = await this.#fetch(id, signal);
      if (absence !== undefined) return { state: 'gone', absence };
    }
    const theirs = await environments.open(id);
    if (theirs.base === undefined) throw new AppError('VALUES_NOT_LOADED');
    const { document } = await environments.heldOrThrow(row);
    const version = this.#base(row, base)?.version;
    const rows = mergeDocument(this.#base(row, base)?.document, document, changes).rows(
      environments.marks(row),
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

  /** Writes what both come to. Throws `CONFLICT` where `theirs` is no longer there, and what `save` does. */
  async save(
    { id, base, changes, theirs, choices: chosen }: MergedEdits,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { environments } = this.parts;
    const before = this.#base(environments.row(id), base)?.document;
    const entry = { action: 'saved', detail: `${describeChanges(changes)}, merged` } as const;
    return environments.change(id, theirs, entry, signal, ({ document, marks }) => {
      const merge = mergeDocument(before, document, changes);
      const choices = new Map(chosen.map(({ key, side }) => [key, side]));
      const merged = merge.document(choices);
      return {
        document: merged,
        marks: merge.marks(marks, choices),
        touchesValues: !sameContent(merged, document),
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

/** Whether a key has the same value in both; never where one of them is not known any more. */
function isSameIn(key: string, a: SecretDocument | undefined, b: SecretDocument): boolean {
  if (a === undefined) return false;
  if (a.shape !== 'map' || b.shape !== 'map') return sameContent(a, b);
  const [before, now] = [a.entries.get(key), b.entries.get(key)];
  return before === undefined || now === undefined ? before === now : sameEntry(before, now);
}
