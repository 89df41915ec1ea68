/** Full-text search in the guide. */
import { chapters, type Place } from './guide';
import { partsOf, type Block } from './markdown';

export interface Found {
  readonly place: Place;
  /** The heading of the section. */
  readonly title: string;
  readonly chapter: string;
  /** A piece of the section around the first match; '' for a section without text. */
  readonly excerpt: string;
}

interface Section extends Omit<Found, 'excerpt'> {
  readonly text: string;
}

/** In lower case, for each letter that is typed. */
interface Searchable {
  readonly section: Section;
  readonly heading: string;
  readonly whole: string;
}

/** A line as people read it: without the marks of links, code and bold. */
const plain = (line: string): string =>
  partsOf(line)
    .map(({ text }) => text)
    .join('')
    .replaceAll(/`|\*\*/g, '');

function textOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return '';
    case 'list':
      return block.items.map(plain).join(' ');
    case 'table':
      return [block.header, ...block.rows].map((row) => row.map(plain).join(' ')).join(' ');
    case 'code':
      return block.text.replaceAll('\n', ' ');
    case 'note':
    case 'paragraph':
      return plain(block.text);
  }
}

/** Every section in reading order; the first of a chapter is its introduction. */
const sections: readonly Section[] = [...chapters.values()].flatMap(({ id, title, blocks }) => {
  const starts = [0, ...blocks.flatMap((block, at) => (block.kind === 'heading' ? [at] : []))];
  return starts.flatMap((start, index) => {
    const part = blocks.slice(start, starts[index + 1]);
    const [head] = part;
    const isIntroduction = index === 0;
    const text = part.map(textOf).filter(Boolean).join(' ');
    if (isIntroduction) return [{ place: { chapter: id }, title, chapter: title, text }];
    if (head?.kind !== 'heading') return [];
    const place = { chapter: id, anchor: head.anchor };
    return [{ place, title: plain(head.text), chapter: title, text }];
  });
});

const searchable: readonly Searchable[] = sections.map((section) => {
  const heading = section.title.toLowerCase();
  const whole = `${heading} ${section.chapter.toLowerCase()} ${section.text.toLowerCase()}`;
  return { section, heading, whole };
});

/** The words of a query, in lower case. */
export const wordsOf = (query: string): readonly string[] =>
  query.toLowerCase().split(/\s+/).filter(Boolean);

/** The characters of an excerpt before its first match, and in all. */
const BEFORE = 48;
const LENGTH = 160;

function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const matches = words.map((word) => lower.indexOf(word)).filter((at) => at !== -1);
  const first = matches.length === 0 ? 0 : Math.min(...matches);
  // Begins and ends with a whole word.
  const from = first <= BEFORE ? 0 : text.indexOf(' ', first - BEFORE) + 1;
  if (text.length - from <= LENGTH) return `${from > 0 ? '… ' : ''}${text.slice(from)}`;
  const to = text.lastIndexOf(' ', from + LENGTH);
  return `${from > 0 ? '… ' : ''}${text.slice(from, to > from ? to : from + LENGTH)} …`;
}

/**
 * The sections that hold every word of the query, as a part of a word too. First those whose heading holds all of
 * them, then those whose heading holds some; otherwise in reading order. Empty for a query without words.
 */
export function searchGuide(query: string, limit: number): readonly Found[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const holds = (text: string): number => words.filter((word) => text.includes(word)).length;
  return searchable
    .flatMap(({ section, heading, whole }) => {
      if (holds(whole) < words.length) return [];
      const isAtStart = heading.startsWith(words.join(' '));
      return [{ ...section, rank: holds(heading) + (isAtStart ? 0.5 : 0) }];
    })
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, limit)
    .map(({ place, title, chapter, text }) => ({
      place,
      title,
      chapter,
      excerpt: excerptOf(text, words),
    }));
}
