import { describe, expect, it } from 'vitest';
import { chapters } from './guide';
import { searchGuide } from './search';

describe('the search in the guide', () => {
  it('finds nothing without words, or if one of them is nowhere', () => {
    expect(searchGuide('', 9)).toEqual([]);
    expect(searchGuide('  \n ', 9)).toEqual([]);
    expect(searchGuide('namespace xyzzyplugh', 9)).toEqual([]);
  });

  it('lists headings first, wherever they are in the guide', () => {
    const found = searchGuide('namespaces', 40);
    expect(found[0]).toMatchObject({ title: 'Namespaces', chapter: 'HashiCorp Vault' });
    const isInTitle = found.map(({ title }) => title.toLowerCase().includes('namespaces'));
    expect(isInTitle).toEqual(isInTitle.toSorted((a, b) => Number(b) - Number(a)));
  });

  it('reads paragraphs, lists, tables and code, without their marks', () => {
    for (const { excerpt } of searchGuide('vault', 200)) {
      expect(excerpt).not.toMatch(/\*\*|\]\(/);
    }
    const [code] = searchGuide('vault token lookup', 9);
    expect(code).toBeDefined();
    const [row] = searchGuide('token is not valid, or has expired', 9);
    expect(row).toMatchObject({ chapter: 'Messages and what to do' });
  });

  it('shows the words in the excerpt, unless only the heading holds them', () => {
    const words = ['docker', 'compose'];
    for (const { title, chapter, excerpt } of searchGuide(words.join(' '), 40)) {
      const all = `${title} ${chapter} ${excerpt}`.toLowerCase();
      expect(words.some((word) => all.includes(word))).toBe(true);
    }
  });

  it('leads to places that exist, and to no more than asked for', () => {
    const found = searchGuide('the', 5);
    expect(found).toHaveLength(5);
    for (const { place } of found) {
      const blocks = chapters.get(place.chapter ?? 'errors')?.blocks ?? [];
      const anchors = blocks.flatMap((one) => (one.kind === 'heading' ? [one.anchor] : []));
      expect([undefined, ...anchors]).toContain(place.anchor);
    }
  });
});
