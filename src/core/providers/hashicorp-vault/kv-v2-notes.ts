/**
 * Notes of variables in the custom metadata of a secret, an entry each. Vault allows 64 entries, names of 128 bytes
 * and values of 512 bytes, all printable; other programs have entries there too.
 * See https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#custom_metadata
 */
import type { NoteRefusal } from '@shared/model/note';
import { NOTE_MARK, fromPrintable, toPrintable, type NoteChanges, type Notes } from '../notes';

const ENTRIES_MAX = 64;
const NAME_MAX_BYTES = 128;
const VALUE_MAX_BYTES = 512;

const PREFIX = `${NOTE_MARK}:`;

export type CustomMetadata = ReadonlyMap<string, string>;

/** Changes of entries by name; `null` removes one. */
export type CustomChanges = ReadonlyMap<string, string | null>;

export const notesIn = (custom: CustomMetadata): Notes =>
  new Map(
    [...custom].flatMap(([name, text]) =>
      name.startsWith(PREFIX)
        ? [[fromPrintable(name.slice(PREFIX.length)), fromPrintable(text)] as const]
        : [],
    ),
  );

const nameOf = (key: string): string => `${PREFIX}${toPrintable(key)}`;

/** The changes of entries that set these notes, without those that no entry can hold. */
export function changesFor(notes: NoteChanges): {
  readonly changes: CustomChanges;
  readonly refused: Map<string, NoteRefusal>;
} {
  const changes = new Map<string, string | null>();
  const refused = new Map<string, NoteRefusal>();
  for (const [key, note] of notes) {
    const [name, text] = [nameOf(key), note && toPrintable(note)];
    const isTooLong =
      Buffer.byteLength(name) > NAME_MAX_BYTES || Buffer.byteLength(text ?? '') > VALUE_MAX_BYTES;
    if (isTooLong) refused.set(key, 'too-long');
    // Vault has no empty entries.
    else changes.set(name, text === '' ? null : text);
  }
  return { changes, refused };
}

/** Leaves out the new entries for which there is no room beside the others. */
export function withinRoom(custom: CustomMetadata, changes: CustomChanges): CustomChanges {
  const removed = [...changes].filter(([name, text]) => text === null && custom.has(name)).length;
  let room = ENTRIES_MAX - custom.size + removed;
  return new Map(
    [...changes].filter(([name, text]) => {
      if (text === null || custom.has(name)) return true;
      room -= 1;
      return room >= 0;
    }),
  );
}

/** The keys of notes whose entries are not among these. */
export const keysWithout = (notes: NoteChanges, entries: CustomChanges): string[] =>
  [...notes.keys()].filter((key) => !entries.has(nameOf(key)));
