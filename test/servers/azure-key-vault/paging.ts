/** Cursors for lists. A cursor is a position in the order, so nothing is skipped when others write. */
import { badParameter } from './errors';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface PageRequest<T> {
  /** The order of the list, ascending. */
  readonly key: (item: T) => string;
  readonly pageSize: number;
  readonly token: string | null;
}

interface Cursor {
  readonly page: number;
  /** The key of the last item, or an empty text. */
  readonly after: string;
}

export class Pager {
  private sizes: readonly number[] | undefined;

  /**
   * The sizes of the pages in turn, repeated from the start: `[2, 0, 5]` gives short and empty pages with
   * more to follow, as the service sometimes sends them. `undefined` gives full pages.
   */
  set pageSizes(sizes: readonly number[] | undefined) {
    if (sizes !== undefined && !sizes.some((size) => size > 0)) {
      throw new Error('A list in which no page has an entry would never end.');
    }
    this.sizes = sizes;
  }

  /** Throws BadParameter for a token that is not its own. */
  page<T>(all: readonly T[], { key, pageSize, token }: PageRequest<T>): Page<T> {
    const { page, after } = token === null ? { page: 0, after: '' } : read(token);
    const rest = all
      .filter((item) => key(item) > after)
      .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    const limit = this.sizes?.[page % this.sizes.length] ?? pageSize;
    const items = rest.slice(0, Math.min(pageSize, limit));
    const last = items.at(-1);
    const next = write({ page: page + 1, after: last === undefined ? after : key(last) });
    return { items, next: rest.length > items.length ? next : undefined };
  }
}

/** Base64url of JSON with a `NextMarker`, as in the service. */
const write = (cursor: Cursor): string =>
  Buffer.from(
    JSON.stringify({ NextMarker: `${String(cursor.page)}!${cursor.after}`, TargetLocation: 0 }),
  ).toString('base64url');

function read(token: string): Cursor {
  try {
    const { NextMarker } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      readonly NextMarker: string;
    };
    const [, page, after] = /^(\d+)!(.*)$/.exec(NextMarker) ?? [];
    if (page !== undefined && after !== undefined) return { page: Number(page), after };
  } catch {
    // Handled like any other token that is not ours.
  }
  throw badParameter('The $skiptoken query parameter is invalid.');
}
