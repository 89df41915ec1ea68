/** The blocks of a chapter, as the window shows them. */
import type { ReactNode } from 'react';
import { CodeBlock } from '../../components/code-block';
import { RichText } from '../../components/rich-text';
import { TextLink } from '../../components/text-link';
import { useStores } from '../../app/stores';
import { placeOf, type ChapterId } from './guide';
import { partsOf, type Block } from './markdown';

interface Props {
  /** Links are relative to this chapter. */
  readonly chapter: ChapterId;
  readonly blocks: readonly Block[];
  /** The heading above the blocks. */
  readonly title: string;
}

/** The DOM id of a section, to scroll to it. */
export const headingId = (anchor: string): string => `help-${anchor}`;

export function Blocks({ chapter, blocks, title }: Props): ReactNode {
  // The blocks are constants: their order is their identity.
  return blocks.map((block, at) => (
    // oxlint-disable-next-line react/no-array-index-key
    <BlockView key={at} block={block} chapter={chapter} label={labelBefore(blocks, at) ?? title} />
  ));
}

/** The label of a code block: the heading above it. */
function labelBefore(blocks: readonly Block[], at: number): string | undefined {
  const above = blocks.slice(0, at).findLast((block) => block.kind === 'heading');
  return above?.kind === 'heading' ? above.text : undefined;
}

interface BlockProps {
  readonly block: Block;
  readonly chapter: ChapterId;
  readonly label: string;
}

function BlockView({ block, chapter, label }: BlockProps): ReactNode {
  switch (block.kind) {
    case 'heading': {
      // Under the chapter's title, which is an h2 of the window.
      const Heading = block.level === 3 ? 'h4' : 'h3';
      return (
        <Heading
          id={headingId(block.anchor)}
          tabIndex={-1}
          className="mt-3 scroll-mt-3 font-semibold text-text outline-none"
        >
          {block.text}
        </Heading>
      );
    }
    case 'paragraph':
      return (
        <p>
          <Line chapter={chapter} text={block.text} />
        </p>
      );
    case 'note':
      return (
        <p className="border-l-2 border-line-strong pl-2.5 text-xs">
          <Line chapter={chapter} text={block.text} />
        </p>
      );
    case 'code':
      return <CodeBlock code={block.text} label={label} />;
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List
          className={`flex flex-col gap-1.5 pl-5 marker:text-text-3 ${block.ordered ? 'list-decimal' : 'list-disc'}`}
        >
          {block.items.map((item) => (
            <li key={item} className="pl-0.5">
              <Line chapter={chapter} text={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return (
        <table className="w-full border-collapse text-left">
          <thead>
            <tr>
              {block.header.map((cell) => (
                <th
                  key={cell}
                  scope="col"
                  className="border-b border-line-strong py-1 pr-3 align-top font-semibold text-text"
                >
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row) => (
              <tr key={row.join(' | ')}>
                {row.map((cell, column) => (
                  <td
                    // oxlint-disable-next-line react/no-array-index-key
                    key={column}
                    className="border-b border-line py-1 pr-3 align-top wrap-anywhere"
                  >
                    <Line chapter={chapter} text={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
  }
}

function Line({ chapter, text }: { readonly chapter: ChapterId; readonly text: string }) {
  const { help } = useStores();
  return partsOf(text).map((part) => {
    const place = part.to === undefined ? undefined : placeOf(part.to, chapter);
    return place === undefined ? (
      <RichText key={part.at} text={part.text} />
    ) : (
      <TextLink key={part.at} onPress={() => help.getState().show(place)}>
        <RichText text={part.text} />
      </TextLink>
    );
  });
}
