import { parseJson, type JsonValue } from '../json';
import { restOfLine } from './lines';

/** The JSON value of the text; `undefined` if it is not JSON. */
export function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/**
 * Where the JSON object or list that opens at `from` ends, behind its last bracket; -1 if it does not.
 * A line for which `isOver` holds cannot be part of it.
 */
export function endOfJson(text: string, from: number, isOver: (line: string) => boolean): number {
  let depth = 0;
  let inText = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\n') {
      if (inText || isOver(restOfLine(text, at + 1))) return -1;
    } else if (inText) {
      if (character === '\\') at += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
