/** Whether two documents have the same content. The order of keys and the form of numbers do not count. */
import { decimal } from '@shared/model/exact-number';
import { JsonNumber, isJsonObject, parseJson, type JsonValue } from '@shared/model/json';
import type { SecretDocument, SecretEntry } from './document';

export function sameContent(a: SecretDocument, b: SecretDocument): boolean {
  switch (a.shape) {
    case 'map':
      return b.shape === 'map' && sameEntries(a.entries, b.entries);
    case 'text':
      return b.shape === 'text' && a.text.equals(b.text);
    case 'binary':
      return b.shape === 'binary' && a.base64.equals(b.base64);
  }
}

export function sameEntry(a: SecretEntry, b: SecretEntry): boolean {
  if (a.kind !== b.kind) return false;
  if (a.value.equals(b.value)) return true;
  if (a.kind !== 'number' && a.kind !== 'nested') return false;
  return sameJson(parseJson(a.value.reveal()), parseJson(b.value.reveal()));
}

function sameEntries(
  a: ReadonlyMap<string, SecretEntry>,
  b: ReadonlyMap<string, SecretEntry>,
): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([key, entry]) => {
    const other = b.get(key);
    return other !== undefined && sameEntry(entry, other);
  });
}

function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (a instanceof JsonNumber) {
    return b instanceof JsonNumber && decimal(a.source) === decimal(b.source);
  }
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value: JsonValue, index) => sameJson(value, b[index] as JsonValue))
    );
  }
  if (!isJsonObject(a)) return a === b;
  if (!isJsonObject(b) || a.size !== b.size) return false;
  return [...a].every(([key, value]) => {
    const other = b.get(key);
    return other !== undefined && sameJson(value, other);
  });
}
