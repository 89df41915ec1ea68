/** What a search finds, and how well. The core searches keys and values, the window names and paths: by one rule. */
import { z } from 'zod';

/** Characters of a query, at most. */
export const QUERY_MAX = 200;
/** Variables that one search returns, at most. */
export const HITS_MAX = 40;
/** A shorter query would find nearly every secret. */
export const SECRET_QUERY_MIN = 3;

const hitSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('key'),
    key: z.string(),
    /** The environments that have it. */
    count: z.number().int(),
    /** The first of them. */
    id: z.uuid(),
  }),
  z.object({
    kind: z.literal('value'),
    key: z.string(),
    id: z.uuid(),
    /** What is around the match; absent if the value is secret. */
    excerpt: z.string().optional(),
  }),
]);
export type Hit = z.infer<typeof hitSchema>;

export const foundSchema = z.object({
  /** The best first. */
  hits: z.array(hitSchema).max(HITS_MAX),
  /** Whether there are more. */
  isCut: z.boolean(),
  /** Environments whose values are not in memory, and so not searched. */
  unread: z.number().int(),
});
export type Found = z.infer<typeof foundSchema>;

/** The environments of a workspace, by whether they have a variable of one key. */
export const holdersSchema = z.object({
  having: z.array(z.uuid()),
  lacking: z.array(z.uuid()),
  /** Their values are not in memory. */
  unread: z.array(z.uuid()),
});
export type Holders = z.infer<typeof holdersSchema>;

/** A query in a form that is quick to compare. */
export interface Wanted {
  readonly whole: string;
  readonly words: readonly string[];
}

export function wantedOf(query: string): Wanted {
  const whole = query.trim().toLowerCase();
  return { whole, words: whole.split(/\s+/).filter(Boolean) };
}

const isBoundary = (before: string | undefined): boolean =>
  before === undefined || /[\s/_.:-]/.test(before);

/**
 * How well a text matches: 4 if it is the query, 3 if it begins with it, 2 if a word of it does, 1 if it contains
 * every word of the query. `undefined` if it does not match.
 */
export function matchRank(text: string, { whole, words }: Wanted): 1 | 2 | 3 | 4 | undefined {
  const lower = text.toLowerCase();
  if (words.length === 0 || !words.every((word) => lower.includes(word))) return undefined;
  if (lower === whole) return 4;
  if (lower.startsWith(whole)) return 3;
  for (let at = lower.indexOf(whole); at !== -1; at = lower.indexOf(whole, at + 1)) {
    if (isBoundary(lower[at - 1])) return 2;
  }
  return 1;
}

const BEFORE = 16;
const EXCERPT = 64;

/** The part of a text around a match, on one line. */
export function excerptOf(text: string, { whole }: Wanted): string {
  const at = Math.max(0, text.toLowerCase().indexOf(whole));
  const from = at <= BEFORE ? 0 : at - BEFORE;
  const to = from + EXCERPT;
  const part = text.slice(from, to).replaceAll(/\s+/g, ' ').trim();
  return `${from > 0 ? '…' : ''}${part}${to < text.length ? '…' : ''}`;
}
