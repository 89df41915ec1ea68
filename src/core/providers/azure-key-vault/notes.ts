/**
 * Notes of the variables of a folder, as a tag of the secret of each. A secret that holds a whole environment has no
 * room for them: Azure allows 15 tags.
 */
import type { NoteRefusal } from '@shared/model/note';
import { AppError, isAppError } from '@shared/errors';
import { isFolder } from '@shared/model/layout';
import { NOTE_MARK, refusalOf, toPrintable, type NoteChanges } from '../notes';
import type { NoteRefusals } from '../provider';
import type { KeyVaultConnection } from './connection';
import { TAG_MAX, TAGS_MAX } from './limits';
import { FOLDER_TAG, KEY_TAG, type Tagged } from './names';
import { namesIn } from './read';
import { getSecret, setTags } from './secrets';

/** Throws `NOT_FOUND` if there is nothing in the folder. */
export async function setNotesAt(
  connection: KeyVaultConnection,
  path: string,
  notes: NoteChanges,
  signal: AbortSignal,
): Promise<NoteRefusals> {
  if (!isFolder(path)) return refusalOf(notes, 'not-supported');
  const names = await namesIn(connection, path, signal);
  if (names.size === 0) throw new AppError('NOT_FOUND', { details: { path } });
  const refused = new Map<string, NoteRefusal>();
  for (const [key, note] of notes) {
    const name = names.get(key);
    const why = name === undefined ? noSecret(note) : await setNote(connection, name, note, signal);
    if (why !== undefined) refused.set(key, why);
  }
  return refused;
}

/** Without a secret there is nothing to remove either. */
const noSecret = (note: string | null): NoteRefusal | undefined =>
  note === null ? undefined : 'not-taken';

/** A secret that somebody else made gets its folder and its key when it is saved with another key: see `tagsFor`. */
const hasRoom = (tags: Tagged['tags']): boolean =>
  new Set([...Object.keys(tags), FOLDER_TAG, KEY_TAG]).size <= TAGS_MAX;

/** Sets the tag beside the others. One that somebody else adds in between is lost: a vault takes them as a whole. */
async function setNote(
  { api }: KeyVaultConnection,
  name: string,
  note: string | null,
  signal: AbortSignal,
): Promise<NoteRefusal | undefined> {
  const text = note && toPrintable(note);
  if (text !== null && text.length > TAG_MAX) return 'too-long';
  try {
    const { tags } = await getSecret(api, name, signal);
    const { [NOTE_MARK]: before = null, ...others } = tags;
    if (before === text) return undefined;
    const after = text === null ? others : { ...others, [NOTE_MARK]: text };
    if (before === null && !hasRoom(after)) return 'no-room';
    await setTags(api, name, after, signal);
    return undefined;
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return 'not-permitted';
    throw error;
  }
}
