/** Fuzzy matching: all letters of the query in order; whole words and beginnings of words score highest. */

const isStart = (text: string, at: number): boolean =>
  at === 0 || /[\s/_.:-]/.test(text[at - 1] ?? '') || /[a-z][A-Z]/.test(text.slice(at - 1, at + 1));

/** Higher is better; `undefined` if a letter is missing. Gaps between letters lower the score. */
export function matchScore(text: string, query: string): number | undefined {
  const letters = Array.from(query.toLowerCase()).filter((letter) => letter.trim() !== '');
  const lower = text.toLowerCase();
  const whole = lower.indexOf(query.trim().toLowerCase());
  if (whole !== -1) return 1000 - whole + (isStart(text, whole) ? 500 : 0) - text.length / 100;
  let score = 0;
  let at = -1;
  for (const letter of letters) {
    const next = lower.indexOf(letter, at + 1);
    if (next === -1) return undefined;
    const start = startOf(text, lower, letter, at + 1);
    const found = next === at + 1 ? next : (start ?? next);
    score += found === at + 1 ? 12 : isStart(text, found) ? 9 : -Math.min(found - at, 6);
    at = found;
  }
  return score - text.length / 100;
}

/** The index of the next word that begins with this letter. */
function startOf(text: string, lower: string, letter: string, from: number): number | undefined {
  for (let at = lower.indexOf(letter, from); at !== -1; at = lower.indexOf(letter, at + 1)) {
    if (isStart(text, at)) return at;
  }
  return undefined;
}

interface Findable {
  readonly id: string;
  readonly title: string;
  readonly keywords?: string | undefined;
  /** Items of a higher tier come after all of a lower one. Default: 0. */
  readonly tier?: number;
  /**
   * Whether its title must hold each word of the query. For long lists of long titles, such as those of the
   * guide: some of them have the letters of any query, in order.
   */
  readonly byWordsOnly?: boolean;
}

const holdsWords = (title: string, query: string): boolean =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => title.toLowerCase().includes(word));

/** Below this score, a match of scattered letters surprises more than it helps. */
const WORTH_SHOWING = 0;

/**
 * The best matches first. Among equals, recently used items come first; without a query, they come first
 * of all.
 */
export function rank<Item extends Findable>(
  items: readonly Item[],
  query: string,
  recent: readonly string[],
  limit: number,
): readonly Item[] {
  const age = new Map(recent.map((id, at) => [id, at]));
  const ageOf = (item: Item): number => age.get(item.id) ?? recent.length;
  if (query.trim() === '') return items.toSorted((a, b) => ageOf(a) - ageOf(b)).slice(0, limit);
  const scored = items.flatMap((item) => {
    const title = matchScore(item.title, query);
    const keywords = item.keywords?.toLowerCase().includes(query.trim().toLowerCase()) ?? false;
    const score = title ?? (keywords ? 1 : undefined);
    if (score === undefined || score < WORTH_SHOWING) return [];
    if (item.byWordsOnly === true && !holdsWords(item.title, query)) return [];
    return [{ item, score: score + (age.has(item.id) ? 20 - ageOf(item) : 0) }];
  });
  return scored
    .toSorted((a, b) => (a.item.tier ?? 0) - (b.item.tier ?? 0) || b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item);
}
