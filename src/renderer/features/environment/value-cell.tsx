/** What the grid shows of a value: what it is, and the value itself only while it is revealed. */
import type { Variable } from '@shared/model/variable';
import { Check, CircleAlert } from 'lucide-react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { cx } from '../../lib/class-names';
import { formatBytes, plural } from '../../lib/format';
import { prettyJson } from '../../lib/pretty-json';

/** Always as many: the length of a value is nobody's business. */
const DOTS = '••••••••••••';

function summary({ kind, literal, nested, entries, bytes, empty, lines }: Variable): {
  readonly text: string;
  readonly masked: boolean;
  readonly note?: string;
} {
  if (kind === 'binary') {
    const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
    return { text: `binary${size}, locked`, masked: false };
  }
  if (literal !== undefined) return { text: literal, masked: false };
  if (kind === 'nested') {
    const inside = plural(entries ?? 0, 'entry', 'entries');
    return { text: nested === 'list' ? `[ ${inside} ]` : `{ ${inside} }`, masked: false };
  }
  if (empty === true) return { text: 'empty', masked: false };
  return {
    text: DOTS,
    masked: true,
    ...(lines !== undefined && lines > 1 && { note: plural(lines, 'line') }),
  };
}

const canReveal = ({ kind, literal, empty }: Variable): boolean =>
  (kind === 'text' || kind === 'nested') && literal === undefined && empty !== true;

export function ValueCell({ variable }: { readonly variable: Variable }) {
  const { key } = variable;
  const value = useFeature('environment', (state) => state.revealed.get(key));
  const fault = useFeature('environment', (state) => state.faults.get(key));

  return (
    <>
      {/* What needs room gets the whole width where there is little, with the buttons above it. */}
      <div
        className={cx(
          'min-w-0',
          value === undefined && fault === undefined ? 'flex-1' : 'flex-[1_1_14rem]',
        )}
      >
        {value === undefined ? (
          <Summary variable={variable} />
        ) : (
          <Revealed value={variable.kind === 'nested' ? prettyJson(value) : value} />
        )}
        {fault === undefined ? null : (
          <p role="alert" className="flex gap-1.5 pt-0.5 text-xs text-bad">
            <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            <span className="break-words">
              {fault.message} {fault.hint}
            </span>
          </p>
        )}
      </div>
      <Actions variable={variable} revealed={value !== undefined} />
    </>
  );
}

function Summary({ variable }: { readonly variable: Variable }) {
  const { text, masked, note } = summary(variable);
  const plain = variable.literal !== undefined;
  return (
    <span className="flex min-w-0 items-baseline gap-2.5 font-mono text-xs leading-5">
      {masked ? (
        <>
          <span aria-hidden className="tracking-wider text-text-3">
            {text}
          </span>
          <span className="sr-only">hidden</span>
        </>
      ) : (
        <span className={cx('min-w-0 truncate', !plain && 'text-text-2')}>{text}</span>
      )}
      {note === undefined ? null : <span className="shrink-0 text-text-3">{note}</span>}
    </span>
  );
}

function Revealed({ value }: { readonly value: string }) {
  const isBlock = value.includes('\n') || value.length > 200;
  return (
    <pre
      // A long value scrolls; focus makes that possible without a mouse.
      {...(isBlock && { tabIndex: 0 })}
      aria-live="polite"
      className={cx(
        'font-mono text-xs leading-5 break-all whitespace-pre-wrap text-text select-text',
        isBlock && 'max-h-64 overflow-auto rounded-sm border border-line bg-sunken px-2 py-1.5',
      )}
    >
      {value}
    </pre>
  );
}

function Actions({
  variable,
  revealed,
}: {
  readonly variable: Variable;
  readonly revealed: boolean;
}) {
  const { environment } = useStores();
  const { key } = variable;
  const copied = useFeature('environment', (state) => state.copied === key);
  const isShown = revealed || copied;
  if (variable.kind === 'binary') return null;
  return (
    <div
      className={cx(
        '-my-0.5 flex shrink-0',
        isShown
          ? 'ml-auto self-end'
          : // Over the end of the summary, so that they take no room while nobody looks at them.
            'absolute top-1.5 right-2.5 rounded-sm bg-panel opacity-0 transition-opacity group-hover/row:bg-hover group-hover/row:opacity-100 group-focus-within/row:opacity-100 pointer-coarse:opacity-100',
      )}
    >
      {canReveal(variable) ? (
        <Button
          variant="quiet"
          size="sm"
          aria-label={revealed ? `Hide ${key}` : `Reveal ${key}`}
          onPress={() => {
            const { hide, reveal } = environment.getState();
            if (revealed) hide(key);
            else void reveal(key);
          }}
        >
          {revealed ? 'Hide' : 'Reveal'}
        </Button>
      ) : null}
      <Button
        variant="quiet"
        size="sm"
        aria-label={`Copy ${key}`}
        onPress={() => void environment.getState().copy(key)}
      >
        {copied ? <Check aria-hidden className="size-3.5 text-good" /> : 'Copy'}
      </Button>
    </div>
  );
}
