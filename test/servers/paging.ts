/** Cursors for listings. A cursor is a position in the order, so nothing is skipped when others write. */
import { createHmac, randomBytes } from 'node:crypto';

/** Compared member by member. */
export type SortKey = readonly (number | string)[];

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

export interface PageRequest<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => SortKey;
  readonly descending?: boolean;
  readonly maxResults: number;
  readonly nextToken: string | undefined;
  /** The other parameters of the request: a token is valid only for the same question. */
  readonly question: string;
}

interface Cursor {
  readonly question: string;
  readonly page: number;
  readonly after: SortKey | null;
}

export class Pager {
  /**
   * The sizes of the pages in turn, repeated from the start: `[2, 0, 5]` gives short and empty pages with
   * more to follow, which the API allows. Undefined gives full pages.
   */
  private sizes: readonly number[] | undefined;
  private readonly key = randomBytes(32);

  /** `invalidToken` makes the error for a token that this server did not issue for the same question. */
  constructor(private readonly invalidToken: () => Error) {}

  get pageSizes(): readonly number[] | undefined {
    return this.sizes;
  }

  set pageSizes(sizes: readonly number[] | undefined) {
    if (sizes !== undefined && !sizes.some((size) => size > 0)) {
      throw new Error('A listing in which no page has an entry would never end.');
    }
    this.sizes = sizes;
  }

  /** Throws the error of `invalidToken`. */
  page<T>(request: PageRequest<T>): Page<T> {
    const { keyOf, question } = request;
    const cursor = this.read(request.nextToken, question);
    const direction = request.descending === true ? -1 : 1;
    const order = (a: SortKey, b: SortKey): number => direction * compareKeys(a, b);
    const sorted = request.items
      .filter((item) => cursor.after === null || order(keyOf(item), cursor.after) > 0)
      .toSorted((a, b) => order(keyOf(a), keyOf(b)));
    const cap = this.sizes?.[cursor.page % this.sizes.length] ?? Infinity;
    const items = sorted.slice(0, Math.min(request.maxResults, cap));
    const last = items.at(-1);
    const after = last === undefined ? cursor.after : keyOf(last);
    return {
      items,
      nextToken:
        sorted.length > items.length
          ? this.write({ question, page: cursor.page + 1, after })
          : undefined,
    };
  }

  private write(cursor: Cursor): string {
    const text = Buffer.from(JSON.stringify(cursor)).toString('base64url');
    return `${text}.${this.seal(text)}`;
  }

  private read(token: string | undefined, question: string): Cursor {
    if (token === undefined) return { question, page: 0, after: null };
    const [text = '', seal = ''] = token.split('.');
    if (seal === this.seal(text)) {
      const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor;
      if (cursor.question === question) return cursor;
    }
    throw this.invalidToken();
  }

  private seal(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }
}

function compareKeys(a: SortKey, b: SortKey): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined || left === right) continue;
    return left < right ? -1 : 1;
  }
  return 0;
}
