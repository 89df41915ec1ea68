import type { ReactNode } from 'react';

const MARKS = /(`[^`]+`|\*\*[^*]+\*\*)/;

/** Text with `code` in backticks and **bold** in double asterisks, as the guide is written. */
export function RichText({ text }: { readonly text: string }): ReactNode {
  let at = 0;
  return text.split(MARKS).map((part) => {
    const key = at;
    at += part.length;
    if (part.startsWith('`')) {
      return (
        <code key={key} className="rounded-xs bg-sunken px-1 py-px font-mono text-xs">
          {part.slice(1, -1)}
        </code>
      );
    }
    if (part.startsWith('**')) {
      return (
        <strong key={key} className="font-semibold text-text">
          {part.slice(2, -2)}
        </strong>
      );
    }
    return part;
  });
}
