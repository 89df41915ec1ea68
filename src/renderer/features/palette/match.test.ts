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
  it('wants every letter, in order, whatever its case', () => {
    expect(matchScore('production', 'PDN')).toBeDefined();
    expect(matchScore('production', 'ndp')).toBeUndefined();
    expect(matchScore('production', 'productions')).toBeUndefined();
  });

  it('puts what stands together and begins words before scattered letters', () => {
    expect(titles('stag', ['Set a gauge', 'staging'])[0]).toBe('staging');
    expect(titles('gte', ['Get the environment', 'target']).at(0)).toBe('Get the environment');
    expect(titles('eu', ['queue', 'billing/eu'])[0]).toBe('billing/eu');
  });

  it('puts the shorter of two first that hold the same word', () => {
    expect(titles('production', ['payments/production', 'production'])[0]).toBe('production');
  });
});

describe('rank', () => {
  it('begins with what was used last, while nothing is typed', () => {
    expect(titles('', ['a', 'b', 'c'], ['c', 'b'])).toEqual(['c', 'b', 'a']);
  });

  it('prefers what was used among what fits alike', () => {
    expect(titles('theme', ['Theme: Dark', 'Theme: Down'], ['Theme: Down'])[0]).toBe('Theme: Down');
  });

  it('finds by other words, after those that fit by their title', () => {
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

  it('gives no more than it is asked for', () => {
    const many = Array.from({ length: 2000 }, (_, at) => ({
      id: String(at),
      title: `env ${String(at)}`,
    }));
    expect(rank(many, 'env', [], 60)).toHaveLength(60);
  });
});
