import { describe, expect, it } from 'vitest';
import { matchScore, rank } from './match';

const titles = (query: string, all: readonly string[], recent: readonly string[] = []): string[] =>
  rank(
    all.map((title) => ({ id: title, title })),
    query,
    recent,
    10,
  ).map(({ title }) => title);

describe('matchScore', () => {
  it('needs every letter, in order, in any case', () => {
    expect(matchScore('production', 'PDN')).toBeDefined();
    expect(matchScore('production', 'ndp')).toBeUndefined();
    expect(matchScore('production', 'productions')).toBeUndefined();
  });

  it('puts adjacent letters and beginnings of words before scattered letters', () => {
    expect(titles('stag', ['Set a gauge', 'staging'])[0]).toBe('staging');
    expect(titles('gte', ['Get the environment', 'target']).at(0)).toBe('Get the environment');
    expect(titles('eu', ['queue', 'billing/eu'])[0]).toBe('billing/eu');
  });

  it('puts the shorter of two with the same word first', () => {
    expect(titles('production', ['payments/production', 'production'])[0]).toBe('production');
  });
});

describe('rank', () => {
  it('starts with the last used item without a query', () => {
    expect(titles('', ['a', 'b', 'c'], ['c', 'b'])).toEqual(['c', 'b', 'a']);
  });

  it('prefers recently used items among equal matches', () => {
    expect(titles('theme', ['Theme: Dark', 'Theme: Down'], ['Theme: Down'])[0]).toBe('Theme: Down');
  });

  it('finds items by keywords, after those found by title', () => {
    const found = rank(
      [
        { id: 'general', title: 'Settings: General', keywords: 'theme dark' },
        { id: 'dark', title: 'Theme: Dark' },
      ],
      'dark',
      [],
      10,
    );
    expect(found.map(({ id }) => id)).toEqual(['dark', 'general']);
  });

  it('finds some items by words, not by scattered letters', () => {
    const items = [
      { id: 'guide', title: 'Help: strongroom guide', byWordsOnly: true },
      { id: 'staging', title: 'staging' },
    ];
    const found = (query: string): string[] => rank(items, query, [], 10).map(({ id }) => id);
    expect(found('stg')).toEqual(['staging']);
    expect(found('help guide')).toEqual(['guide']);
  });

  it('puts items of a higher tier below, however well they match', () => {
    const items = [
      { id: 'guide', title: 'Compare', tier: 2 },
      { id: 'environment', title: 'shop/compare-prices' },
    ];
    expect(rank(items, 'compare', [], 10).map(({ id }) => id)).toEqual(['environment', 'guide']);
  });

  it('returns no more than the limit', () => {
    const many = Array.from({ length: 2000 }, (_, at) => ({
      id: String(at),
      title: `env ${String(at)}`,
    }));
    expect(rank(many, 'env', [], 60)).toHaveLength(60);
  });
});
