/** A value in a table of changes: a summary, and the value itself only while it is revealed. */
import type { Variable } from '@shared/model/variable';
import { cx } from '../../lib/class-names';
import { prettyJson } from '../../lib/pretty-json';
import { summary } from './value-cell';

interface Props {
  readonly variable: Variable;
  readonly revealed: string | undefined;
  /** Whether it is the value before a change. */
  readonly isPast?: boolean;
}

export function ValueGlimpse({ variable, revealed, isPast = false }: Props) {
  if (revealed !== undefined) {
    return (
      <pre
        aria-live="polite"
        className={cx(
          'max-h-40 min-w-0 overflow-auto font-mono text-xs leading-5 break-all whitespace-pre-wrap select-text',
          isPast ? 'text-text-2' : 'text-text',
        )}
      >
        {variable.kind === 'nested' ? prettyJson(revealed) : revealed}
      </pre>
    );
  }
  const { text, masked, note } = summary(variable);
  return (
    <span className="flex min-w-0 items-baseline gap-2 font-mono text-xs leading-5">
      {masked ? (
        <>
          <span aria-hidden className="tracking-wider text-text-3">
            {text.slice(0, 6)}
          </span>
          <span className="sr-only">hidden</span>
        </>
      ) : (
        <span className={cx('min-w-0 truncate', isPast ? 'text-text-2' : 'text-text')} title={text}>
          {text}
        </span>
      )}
      {note === undefined ? null : <span className="shrink-0 text-text-3">{note}</span>}
    </span>
  );
}

/** Shown if there is no value. */
export const NoValue = ({ word }: { readonly word: string }) => (
  <span className="font-mono text-xs leading-5 text-text-3">
    <span aria-hidden>–</span>
    <span className="sr-only">{word}</span>
  </span>
);
