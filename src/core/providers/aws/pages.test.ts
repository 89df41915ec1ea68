import { expect, it } from 'vitest';
import { failure } from '@test/support/aws-secrets-manager';
import { eachPage, type Page } from './pages';

const bounds = { pages: 50, barren: 5 };

/** Follows these pages, and counts how many were asked for. A page is `[next token, anything new]`. */
async function follow(pageAt: (asked: number) => readonly [string | undefined, boolean]) {
  let asked = 0;
  const ask = async (): Promise<Page & { readonly isNew: boolean }> => {
    const [nextToken, isNew] = pageAt(asked);
    asked += 1;
    return { nextToken, isNew };
  };
  const outcome = eachPage(ask, ({ isNew }) => isNew, bounds);
  return { asked: () => asked, outcome };
}

it('goes on over empty pages, and ends at the one without a token', async () => {
  const { asked, outcome } = await follow((page) => [
    page < 40 ? `t${String(page)}` : undefined,
    page % 5 === 4,
  ]);
  await outcome;
  expect(asked()).toBe(41);
});

it.each([
  ['a page that leads to itself', () => ['same', true] as const, 2],
  ['pages in a row that bring nothing new', (page: number) => [String(page), false] as const, 5],
  ['pages that always bring something new', (page: number) => [String(page), true] as const, 50],
])('gives up at %s', async (_kind, pageAt, most) => {
  const { asked, outcome } = await follow(pageAt);
  expect((await failure(outcome)).code).toBe('LISTING_ENDLESS');
  expect(asked()).toBe(most);
});
