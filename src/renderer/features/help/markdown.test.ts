import { describe, expect, it } from 'vitest';
import { partsOf, readMarkdown } from './markdown';

describe('the Markdown of the guide', () => {
  it('is read as headings, paragraphs, lists, code, notes and tables', () => {
    const source = `# Title

One line
and its end.

## A path that “holds”

- first
  goes on
- second

1. step

\`\`\`sh
# no heading
- no item
\`\`\`

> A note
> of two lines.

| A | B |
| - | - |
| 1 | two words |
`;
    expect(readMarkdown(source)).toEqual([
      { kind: 'heading', level: 1, text: 'Title', anchor: 'title' },
      { kind: 'paragraph', text: 'One line and its end.' },
      { kind: 'heading', level: 2, text: 'A path that “holds”', anchor: 'a-path-that-holds' },
      { kind: 'list', ordered: false, items: ['first goes on', 'second'] },
      { kind: 'list', ordered: true, items: ['step'] },
      { kind: 'code', text: '# no heading\n- no item' },
      { kind: 'note', text: 'A note of two lines.' },
      { kind: 'table', header: ['A', 'B'], rows: [['1', 'two words']] },
    ]);
  });

  it('leaves pictures out', () => {
    const source = `before

<picture>
  <source srcset="dark.png">
  <img alt="A page" src="light.png">
</picture>

![A page](light.png)

after
`;
    expect(readMarkdown(source)).toEqual([
      { kind: 'paragraph', text: 'before' },
      { kind: 'paragraph', text: 'after' },
    ]);
  });

  it('finds the links of a line and their places', () => {
    expect(partsOf('See [Migrate](migrate.md) and [**push**](push.md#all).')).toEqual([
      { text: 'See ', at: 0 },
      { text: 'Migrate', at: 4, to: 'migrate.md' },
      { text: ' and ', at: 25 },
      { text: '**push**', at: 30, to: 'push.md#all' },
      { text: '.', at: 53 },
    ]);
    expect(partsOf('none')).toEqual([{ text: 'none', at: 0 }]);
  });
});
