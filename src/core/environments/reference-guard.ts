import type { Followed } from '@shared/model/stored-reference';
import type { SecretDocument } from '@core/secrets/document';
import type { EnvironmentRow } from '@core/storage/environments';
import type { WritableDocument } from './edit-document';

/** The new keys of variables, by the old ones. */
export type Renames = ReadonlyMap<string, string>;

/** Keeps references whole: no change makes them lead in a circle, and they follow what is renamed. */
export interface ReferenceGuard {
  /** Throws `REFERENCE_CYCLE` if a value that differs from the one before leads in a circle. */
  assertEnds(row: EnvironmentRow, before: SecretDocument, after: SecretDocument): Promise<void>;
  /** The document whose own references follow renamed variables of it, and the keys of those that did. */
  followWithin(
    row: EnvironmentRow,
    document: WritableDocument,
    renames: Renames,
  ): { readonly document: WritableDocument; readonly keys: readonly string[] };
  /** Has the references in other environments follow renamed variables of this one. */
  followKeys(row: EnvironmentRow, renames: Renames, signal: AbortSignal): Promise<Followed>;
  /** Has all references follow an environment that got another name; `row` has the new one. */
  followName(row: EnvironmentRow, before: string, signal: AbortSignal): Promise<Followed>;
}
