/**
 * Notes of variables in the custom metadata of a secret, an entry each. Vault allows 64 entries, names of 128 bytes
 * and values of 512 bytes, all printable; other programs have entries there too.
 * See https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#custom_metadata
 */
import type { NoteRefusal } from '@shared/model/note';
import type { NoteRefusals } from '../provider';
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

/**
 * The changes of entries that set these notes beside what is there. `refused` are the keys whose note no entry can
 * hold, or for which there is no room.
 */
export function changesFor(
  notes: NoteChanges,
  custom: CustomMetadata,
): { readonly changes: CustomChanges; readonly refused: NoteRefusals } {
  const changes = new Map<string, string | null>();
  const refused = new Map<string, NoteRefusal>();
  const added: (readonly [key: string, name: string, text: string])[] = [];
  let room = ENTRIES_MAX - custom.size;
  for (const [key, note] of notes) {
    const [name, text] = [nameOf(key), note && toPrintable(note)];
    const isTooLong =
      Buffer.byteLength(name) > NAME_MAX_BYTES || Buffer.byteLength(text ?? '') > VALUE_MAX_BYTES;
    if (isTooLong) refused.set(key, 'too-long');
    else if (custom.has(name)) changes.set(name, text);
    else if (text !== null) added.push([key, name, text]);
    if (text === null && custom.has(name)) room += 1;
  }
  for (const [key, name, text] of added) {
    room -= 1;
    if (room < 0) refused.set(key, 'no-room');
    else changes.set(name, text);
  }
  return { changes, refused };
}
