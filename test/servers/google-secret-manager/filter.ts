/**
 * The `filter` of a list: comparisons joined by AND, OR and NOT, with parentheses.
 * Sources: cloud.google.com/secret-manager/docs/filtering, and AIP-160, in which OR binds tighter than AND.
 */
import { invalidArgument } from './errors';
import type { Json } from './resources';

export type Filter = (resource: Json) => boolean;

interface Comparison {
  /** Names of members, from the outside in. */
  readonly path: readonly string[];
  readonly operator: string;
  readonly value: string;
}

/** A parenthesis, `AND`, `OR`, `NOT`, `-`, or a comparison. */
type Token = string | Comparison;

const TOKEN =
  /\s*(?:(?<mark>[()-]|(?:AND|OR|NOT)(?=[\s(]))|(?<field>[^\s()":=<>!-][^\s()":=<>!]*)\s*(?<operator><=|>=|!=|[:=<>])\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()"]+)))/y;

const invalid = (): Error => invalidArgument('The filter is invalid.');

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw invalid();
    const { mark, field = '', operator = '', quoted, word = '' } = groups;
    tokens.push(
      mark ?? {
        path: field.split('.'),
        operator,
        value: quoted?.replaceAll(/\\(.)/g, '$1') ?? word,
      },
    );
  }
  return tokens;
}

/** Throws INVALID_ARGUMENT. An empty text matches everything. */
export function parseFilter(text: string): Filter {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return () => true;
  const parser = new Parser(tokens);
  const filter = parser.conjunction();
  if (!parser.atEnd) throw invalid();
  return filter;
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get atEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  /** Terms beside each other are joined by AND too. */
  conjunction(): Filter {
    const parts = [this.disjunction()];
    while (!this.atEnd && this.tokens[this.at] !== ')') {
      this.take('AND');
      parts.push(this.disjunction());
    }
    return (resource) => parts.every((part) => part(resource));
  }

  private disjunction(): Filter {
    const parts = [this.negation()];
    while (this.take('OR')) parts.push(this.negation());
    return (resource) => parts.some((part) => part(resource));
  }

  private negation(): Filter {
    if (!this.take('NOT') && !this.take('-')) return this.primary();
    const inner = this.negation();
    return (resource) => !inner(resource);
  }

  private primary(): Filter {
    if (this.take('(')) {
      const inner = this.conjunction();
      if (!this.take(')')) throw invalid();
      return inner;
    }
    const token = this.tokens[this.at];
    if (token === undefined || typeof token === 'string') throw invalid();
    this.at += 1;
    const { path, operator, value } = token;
    return (resource) => compare(valuesAt(resource, path), operator, value);
  }

  private take(mark: string): boolean {
    if (this.tokens[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }
}

/** Everything at a path; arrays contribute each of their elements. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path.length === 0) return value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Json;
  const [first = '', ...rest] = path;
  const camel = first.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return valuesAt(members[first] ?? members[camel], rest);
}

function compare(values: readonly unknown[], operator: string, wanted: string): boolean {
  if (operator === '!=') return !compare(values, '=', wanted);
  if (operator === ':' && wanted === '*') return values.length > 0;
  return values.some((value) => {
    const text = typeof value === 'string' ? value : '';
    if (operator === '=') return text === wanted;
    if (operator === ':') return containing(wanted).test(text);
    const [left, right] = [Date.parse(text), Date.parse(wanted)];
    if (Number.isNaN(left) || Number.isNaN(right)) return false;
    if (operator === '<') return left < right;
    if (operator === '>') return left > right;
    return operator === '<=' ? left <= right : left >= right;
  });
}

/** `*` matches any text. */
const containing = (pattern: string): RegExp =>
  new RegExp(
    pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*'),
    'i',
  );
