/** Which note of a variable counts, and where a save keeps it. Has no side effects. */
import type { Notes } from '@core/providers/notes';
import type { VariableMark } from '@core/storage/variable-marks';

type Marks = ReadonlyMap<string, VariableMark>;

const NONE: Notes = new Map();

/**
 * The marks with the notes that are shown: those on this computer, else those with the secret. An empty note on this
 * computer hides the one with the secret.
 */
export function withNotes(marks: Marks, withSecret: Notes = NONE): Map<string, VariableMark> {
  const keys = new Set([...marks.keys(), ...withSecret.keys()]);
  return new Map(
    [...keys].map((key) => {
      const { note: here, ...mark } = marks.get(key) ?? { disabled: false };
      const note = here ?? withSecret.get(key) ?? '';
      return [key, { ...mark, ...(note !== '' && { note }) }];
    }),
  );
}

/** The marks with these notes and no others. */
export function withNotesHere(marks: Marks, here: Notes): Map<string, VariableMark> {
  const keys = new Set([...marks.keys(), ...here.keys()]);
  return new Map(
    [...keys].map((key) => {
      const { note: _, ...mark } = marks.get(key) ?? { disabled: false };
      const note = here.get(key);
      return [key, { ...mark, ...(note !== undefined && { note }) }];
    }),
  );
}

export const notesOf = (marks: Marks): Notes =>
  new Map([...marks].flatMap(([key, { note }]) => (note === undefined ? [] : [[key, note]])));

export interface NotesSave {
  /** On this computer; an empty one hides that of the secret. */
  readonly here: Notes;
  /** With the secret, as the save found them. */
  readonly before: Notes;
  /** With the secret now: somebody else may have changed some. */
  readonly now: Notes;
  /** The variables that there were. */
  readonly keysBefore: ReadonlySet<string>;
  /** The notes of the variables that there are; empty for none. */
  readonly after: Notes;
  /** The variables whose note a person has saved, changed or not. */
  readonly noted?: ReadonlySet<string>;
  /** Whether notes on this computer go to the secret even if no other note does. */
  readonly moves?: boolean;
}

export interface NotesPlan {
  /** What to change with the secret. */
  readonly send: Map<string, string | null>;
  /** What stays on this computer. */
  readonly here: Map<string, string>;
}

/**
 * Sends the notes that were changed, and no others: what somebody else wrote meanwhile for another variable stays.
 * With a note that is sent go those on this computer, except where the secret has another one.
 */
export function planNotes({
  here,
  before,
  now,
  keysBefore,
  after,
  noted = new Set(),
  moves = false,
}: NotesSave): NotesPlan {
  const send = new Map<string, string | null>();
  const kept = new Map<string, string>();
  for (const [key, note] of after) {
    const mine = here.get(key);
    const theirs = now.get(key) ?? '';
    const isChanged = noted.has(key) || note !== (mine ?? before.get(key) ?? '');
    if (isChanged && note !== theirs) send.set(key, note === '' ? null : note);
    if (!isChanged && mine !== undefined && mine !== theirs) kept.set(key, mine);
  }
  if (moves || [...send.values()].some((note) => note !== null)) {
    for (const [key, note] of kept) {
      if (note === '' || now.has(key)) continue;
      kept.delete(key);
      send.set(key, note);
    }
  }
  for (const key of keysBefore) if (!after.has(key) && now.has(key)) send.set(key, null);
  for (const [key, note] of here) {
    // Its variable may come back.
    if (!after.has(key) && !keysBefore.has(key)) kept.set(key, note);
  }
  return { send, here: kept };
}

/** What there is after some of the changes were not taken. A removal that was not taken hides the note here. */
export function settled(
  { send, here }: NotesPlan,
  now: Notes,
  after: Notes,
  isRefused: (key: string) => boolean,
): { readonly withSecret: Notes; readonly here: Notes } {
  const withSecret = new Map(now);
  const kept = new Map(here);
  for (const [key, note] of send) {
    if (isRefused(key)) {
      if (after.has(key)) kept.set(key, note ?? '');
    } else if (note === null) withSecret.delete(key);
    else withSecret.set(key, note);
  }
  return { withSecret, here: kept };
}
