/** Following the pages of a list to its end, within bounds: not every server comes to one. */
import { AppError } from '@shared/errors';

export interface Page {
  /** Asks for the next page; `undefined` on the last. */
  readonly nextToken: string | undefined;
}

/** All of them counted in pages. */
export interface PageBounds {
  readonly pages: number;
  /** In a row that brought nothing new. An empty page is allowed, and so is one that is sent again. */
  readonly barren: number;
}

/** An AWS region holds 500,000 secrets at most, and a full page 100: four times what that takes. */
const DEFAULT_BOUNDS: PageBounds = { pages: 20_000, barren: 100 };

/**
 * Asks for one page after another. `take` gets each of them, and tells whether it brought anything new. Throws
 * `LISTING_ENDLESS` if a page leads to itself or the bounds are reached, and what `ask` throws.
 */
export async function eachPage<Asked extends Page>(
  ask: (token: string | undefined) => Promise<Asked>,
  take: (page: Asked) => boolean,
  bounds: PageBounds = DEFAULT_BOUNDS,
): Promise<void> {
  let token: string | undefined;
  let barren = 0;
  for (let pages = 1; ; pages += 1) {
    const page = await ask(token);
    barren = take(page) ? 0 : barren + 1;
    if (page.nextToken === undefined) return;
    if (page.nextToken === token || barren >= bounds.barren || pages >= bounds.pages) {
      throw new AppError('LISTING_ENDLESS');
    }
    token = page.nextToken;
  }
}
