/**
 * Keeps notes of variables with the secret if its store takes them, else on this computer. A note that the store does
 * not take stays here: no save fails because of a note.
 */
import { isAppError } from '@shared/errors';
import type { Connections, ProviderConnection } from '@core/connections/connections';
import { refusalOf, type NoteChanges, type Notes } from '@core/providers/notes';
import type { NoteRefusals, SecretSnapshot } from '@core/providers/provider';
import { entriesOrText, type SecretDocument } from '@core/secrets/document';
import type { EnvironmentRow } from '@core/storage/environments';
import type { VariableMarks } from '@core/storage/variable-marks';
import type { Edited } from './edit-document';
import type { EnvironmentState } from './environment-state';
import type { EnvironmentValues } from './environment-values';
import { notesOf, planNotes, settled, withNotesHere } from './notes';

export interface NoteKeeperParts {
  readonly state: EnvironmentState;
  readonly marks: VariableMarks;
  readonly values: EnvironmentValues;
  readonly connections: Connections;
}

export interface SavedMarks {
  readonly before: { readonly document: SecretDocument; readonly notes?: Notes | undefined };
  readonly after: Edited;
  /** The variables whose note a person has saved, changed or not. */
  readonly noted?: ReadonlySet<string> | undefined;
  /** Whether all notes on this computer go to the secret, as when an environment is linked. */
  readonly moves?: boolean;
}

export class NoteKeeper {
  constructor(private readonly parts: NoteKeeperParts) {}

  /** Stores the marks of a synced environment whose values after the save are in memory already. */
  async keep(
    row: EnvironmentRow,
    { before, after, noted, moves = false }: SavedMarks,
    signal: AbortSignal,
  ): Promise<void> {
    const { state, marks, values, connections } = this.parts;
    const connectionId = connections.currentId(row.workspaceId);
    const now = values.heldInMemory(row, connectionId)?.notes;
    if (now === undefined) {
      marks.replace(row.id, after.marks);
      return;
    }
    const noteAfter = new Map(
      [...entriesOrText(after.document).keys()].map((key) => [
        key,
        after.marks.get(key)?.note ?? '',
      ]),
    );
    const plan = planNotes({
      here: notesOf(marks.list(row.id)),
      before: before.notes ?? new Map(),
      now,
      keysBefore: new Set(entriesOrText(before.document).keys()),
      after: noteAfter,
      ...(noted && { noted }),
      moves,
    });
    const refusals = await this.#send(row, plan.send, signal);
    const { withSecret, here } = settled(plan, now, noteAfter, (key) => refusals.has(key));
    values.keepNotes(row, connectionId, withSecret);
    state.recordRefusals(row.id, plan.send.keys(), refusals);
    marks.replace(row.id, withNotesHere(after.marks, here));
  }

  /**
   * Takes notes along to the copy of a secret, and keeps here what the copy does not take. Returns the copy with its
   * notes.
   */
  async carry(
    environmentId: string,
    notes: Notes = new Map(),
    copy: SecretSnapshot,
    target: Pick<ProviderConnection, 'provider'>,
    signal: AbortSignal,
  ): Promise<SecretSnapshot> {
    const { state, marks } = this.parts;
    const changes = new Map([...notes].filter(([key]) => copy.notes?.has(key) !== true));
    if (changes.size === 0) return copy;
    const refusals =
      copy.notes === undefined
        ? refusalOf(changes, 'not-supported')
        : await sendTo(target, copy.path, changes, signal);
    const stored = marks.list(environmentId);
    const refused = [...changes].filter(([key]) => refusals.has(key));
    state.recordRefusals(environmentId, changes.keys(), refusals);
    marks.replace(environmentId, withNotesHere(stored, new Map([...refused, ...notesOf(stored)])));
    const taken = [...changes].filter(([key]) => !refusals.has(key));
    return { ...copy, notes: copy.notes && new Map([...copy.notes, ...taken]) };
  }

  async #send(
    { workspaceId, path }: EnvironmentRow,
    changes: NoteChanges,
    signal: AbortSignal,
  ): Promise<NoteRefusals> {
    if (changes.size === 0) return new Map();
    try {
      const connection = await this.parts.connections.connect(workspaceId);
      return await sendTo(connection, path, changes, signal);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return refusalOf(changes, 'not-taken');
    }
  }
}

async function sendTo(
  { provider }: Pick<ProviderConnection, 'provider'>,
  path: string,
  changes: NoteChanges,
  signal: AbortSignal,
): Promise<NoteRefusals> {
  try {
    const sent = provider.setNotes?.(path, changes, { signal });
    return (await sent) ?? refusalOf(changes, 'not-supported');
  } catch (error) {
    if (!isAppError(error)) throw error;
    return refusalOf(changes, 'not-taken');
  }
}
