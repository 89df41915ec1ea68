import { JsonNumber, isJsonObject, parseJson, type JsonValue } from '@shared/model/json';

const STEP = '  ';

/** JSON text laid out in lines; numbers keep their digits. Returns other text unchanged. */
export function prettyJson(text: string): string {
  try {
    return layOut(parseJson(text), '');
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function layOut(value: JsonValue, indent: string): string {
  const inner = indent + STEP;
  const lines = isJsonObject(value)
    ? [...value].map(([key, entry]) => `${JSON.stringify(key)}: ${layOut(entry, inner)}`)
    : Array.isArray(value)
      ? value.map((entry) => layOut(entry, inner))
      : undefined;
  if (lines === undefined) {
    return value instanceof JsonNumber ? value.source : JSON.stringify(value);
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${indent}${close}`;
}
