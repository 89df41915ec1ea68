/**
 * Reads the guide's chapters, docs/guide/*.md. It knows only the part of Markdown that they use. Pictures
 * are left out: the app itself is next to the text.
 */
import { anchorOf } from '@shared/model/anchor';

export type Block =
  | {
      readonly kind: 'heading';
      readonly level: 1 | 2 | 3;
      readonly text: string;
      readonly anchor: string;
    }
  | { readonly kind: 'paragraph' | 'note' | 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const HEADING = /^(#{1,3}) (.+)$/;
const ITEM = /^(?:[-*]|\d+\.) +(.*)$/;
const FENCE = /^```/;
const PICTURE = /^(?:<|!\[)/;

export function readMarkdown(source: string): readonly Block[] {
  const lines = source.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  /** Takes the lines from here on for as long as they belong together. */
  const takeWhile = (belongs: (line: string) => boolean): readonly string[] => {
    const start = at;
    while (at < lines.length && belongs(lines[at] ?? '')) at += 1;
    return lines.slice(start, at);
  };

  while (at < lines.length) {
    const line = lines[at] ?? '';
    const [, marks, text] = HEADING.exec(line) ?? [];
    if (line.trim() === '') {
      at += 1;
    } else if (marks !== undefined && text !== undefined) {
      at += 1;
      const level = marks.length === 1 ? 1 : marks.length === 2 ? 2 : 3;
      blocks.push({ kind: 'heading', level, text, anchor: anchorOf(text) });
    } else if (FENCE.test(line)) {
      at += 1;
      const code = takeWhile((one) => !FENCE.test(one));
      at += 1;
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (PICTURE.test(line)) {
      takeWhile((one) => one.trim() !== '');
    } else if (line.startsWith('|')) {
      const [header = [], , ...rows] = takeWhile((one) => one.startsWith('|')).map(cellsOf);
      blocks.push({ kind: 'table', header, rows });
    } else if (line.startsWith('>')) {
      const note = takeWhile((one) => one.startsWith('>'));
      blocks.push({ kind: 'note', text: joined(note.map((one) => one.slice(1))) });
    } else if (ITEM.test(line)) {
      const list = takeWhile((one) => ITEM.test(one) || /^ +\S/.test(one));
      blocks.push({ kind: 'list', ordered: /^\d/.test(line), items: itemsOf(list) });
    } else {
      const paragraph = takeWhile((one) => one.trim() !== '' && !ITEM.test(one));
      blocks.push({ kind: 'paragraph', text: joined(paragraph) });
    }
  }
  return blocks;
}

const joined = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(' ');

const cellsOf = (row: string): readonly string[] =>
  row
    .replaceAll(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());

function itemsOf(lines: readonly string[]): readonly string[] {
  const items: string[] = [];
  for (const line of lines) {
    const [, text] = ITEM.exec(line) ?? [];
    if (text === undefined) items.push(joined([items.pop() ?? '', line]));
    else items.push(text);
  }
  return items;
}

/** A part of a line: text, or a link to another place in the guide. */
export interface Part {
  readonly text: string;
  /** The index in the line. */
  readonly at: number;
  readonly to?: string;
}

const LINK = /\[([^\]]+)\]\(([^)]+)\)/g;

/** A line in parts. The text keeps its `code` and **bold**. */
export function partsOf(line: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { index, 0: whole, 1: text = '', 2: to = '' } of line.matchAll(LINK)) {
    if (index > end) parts.push({ text: line.slice(end, index), at: end });
    parts.push({ text, at: index, to });
    end = index + whole.length;
  }
  if (end < line.length) parts.push({ text: line.slice(end), at: end });
  return parts;
}
