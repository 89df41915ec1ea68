/** Reads YAML 1.2. In a separate file, so that the parser is loaded only for YAML. */
import { JsonNumber, isJsonObject, stringifyJson, type JsonValue } from '../json';
import { repeated } from './parse-dotenv';
import type { ImportProblem, YamlResult } from './read-import';
import {
  LineCounter,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** More values than a file of the largest size has. With aliases of aliases there could be more. */
const VALUES_MAX = 1_000_000;

const DEPTH_MAX = 200;

/** The values keep their types, and numbers their digits. */
export function readYaml(text: string): YamlResult {
  if (isDeep(text)) return { line: undefined };
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      uniqueKeys: false,
      logLevel: 'silent',
      // They would count the lines from the start for each of many errors.
      prettyErrors: false,
    });
    const [document, second] = 'empty' in documents ? [] : documents;
    if (document === undefined) return { line: undefined };
    // The messages of the parser quote the text, which may hold secrets.
    const position = document.errors[0]?.pos[0] ?? second?.range[0];
    if (position !== undefined) return { line: lines.linePos(position).line };
    const { contents } = document;
    return {
      value: converter()(contents),
      problems: isMap(contents) ? repeatedKeys(contents, lines) : [],
    };
  } catch {
    // Too many aliases, or a fault of the parser.
    return { line: undefined };
  }
}

/**
 * Whether the text may be nested more deeply than `DEPTH_MAX`. The parser calls itself for each level, and
 * the window would end if it had no memory left for that. Brackets and dashes in a value count too.
 */
function isDeep(text: string): boolean {
  const indents: number[] = [];
  let brackets = 0;
  for (const line of text.split(/\r?\n|\r/)) {
    const indent = line.search(/[^ ]/);
    if (indent === -1) continue;
    while ((indents.at(-1) ?? -1) >= indent) indents.pop();
    indents.push(indent);
    const markers = line.match(/[-?:](?=\s|$)/g)?.length ?? 0;
    const opened = line.match(/[[{]/g)?.length ?? 0;
    if (indents.length + markers + brackets + opened > DEPTH_MAX) return true;
    brackets = Math.max(0, brackets + opened - (line.match(/[\]}]/g)?.length ?? 0));
  }
  return false;
}

const keyOf = (key: unknown): string => (isScalar(key) ? (key.source ?? String(key.value)) : '');

function repeatedKeys({ items }: YAMLMap, lines: LineCounter): ImportProblem[] {
  const known = new Set<string>();
  return items.flatMap(({ key }) => {
    const name = keyOf(key);
    const isFirst = !known.has(name);
    known.add(name);
    const at = isNode(key) ? key.range?.[0] : undefined;
    if (isFirst) return [];
    return { message: repeated(name), ...(at !== undefined && { line: lines.linePos(at).line }) };
  });
}

/** Converts nodes in the order of the document, in which an anchor comes before its aliases. */
function converter(): (node: unknown) => JsonValue {
  const anchors = new Map<string, { readonly value: JsonValue; readonly count: number }>();
  let count = 0;
  const spend = (values: number): void => {
    count += values;
    if (count > VALUES_MAX) throw new RangeError('Too many values');
  };
  const convert = (node: unknown): JsonValue => {
    if (isAlias(node)) {
      const anchored = anchors.get(node.source);
      if (anchored === undefined) throw new RangeError('An alias that refers to itself');
      spend(anchored.count);
      return anchored.value;
    }
    const before = count;
    spend(1);
    const value = convertPlain(node);
    const anchor = isNode(node) && 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, { value, count: count - before });
    return value;
  };
  const convertPlain = (node: unknown): JsonValue => {
    if (isSeq(node)) return node.items.map(convert);
    if (isMap(node)) return convertMap(node);
    return isScalar(node) ? convertScalar(node) : null;
  };
  const convertMap = ({ items }: YAMLMap): JsonValue => {
    const map = new Map<string, JsonValue>();
    const own = new Set<string>();
    for (const { key, value } of items) {
      const name = isScalar(key) || key === null ? keyOf(key) : stringifyJson(convert(key));
      const converted = convert(value);
      if (name === '<<' && isJsonObject(converted)) {
        for (const [merged, inherited] of converted) {
          if (!own.has(merged)) map.set(merged, inherited);
        }
      } else {
        own.add(name);
        map.set(name, converted);
      }
    }
    return map;
  };
  return convert;
}

function convertScalar({ value, source }: Scalar): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  const text = source ?? '';
  return JSON_NUMBER.test(text) ? new JsonNumber(text) : text;
}
