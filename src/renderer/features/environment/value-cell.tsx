/** A value in the grid: a summary, and the value itself only while it is revealed. */
import { formatBytes } from '@shared/model/format';
import type { Variable } from '@shared/model/variable';
import { Check, CircleAlert, Ellipsis, TriangleAlert } from 'lucide-react';
import { memo, useDeferredValue, type MouseEvent, type ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { ErrorText } from '../../components/error-text';
import { ReferenceText } from '../../components/reference-text';
import { cx } from '../../lib/class-names';
import { plural } from '../../lib/format';
import { prettyJson } from '../../lib/pretty-json';
import type { Row } from './draft';
import { useGrid } from './grid-context';
import { useReferenceOf } from './references/use-reference-of';
import { showsWords } from './row-issues';
import { isResolved } from './store';
import { useEditingAnchor } from './use-editing-anchor';

/** Always the same number, so that the length of a value stays hidden. */
const DOTS = '••••••••••••';

/** The text for a value that is not revealed. */
export function summary({ kind, literal, nested, entries, bytes, empty, lines }: Variable): {
  readonly text: string;
  readonly masked: boolean;
  readonly note?: string;
} {
  const note = lines !== undefined && lines > 1 ? { note: plural(lines, 'line') } : {};
  if (kind === 'binary') {
    const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
    return { text: `binary${size}, locked`, masked: false };
  }
  if (empty === true) return { text: 'empty', masked: false };
  if (literal !== undefined) return { text: literal, masked: false, ...note };
  if (kind === 'nested') {
    const inside = plural(entries ?? 0, 'entry', 'entries');
    return { text: nested === 'list' ? `[ ${inside} ]` : `{ ${inside} }`, masked: false };
  }
  return { text: DOTS, masked: true, ...note };
}

const canReveal = ({ kind, literal, empty, lines }: Variable, isResolvedLater: boolean): boolean =>
  kind !== 'binary' &&
  empty !== true &&
  (literal === undefined || lines !== undefined || isResolvedLater);

export const ValueCell = memo(function ValueCell({ row }: { readonly row: Row }) {
  const value = useFeature('environment', (state) => state.revealed.get(row.id));
  const fault = useFeature('environment', (state) => state.faults.get(row.id));
  const { issues } = useGrid();
  const anchor = useEditingAnchor(row, 'value');
  const found = issues.get(row.id);
  const issue = found !== undefined && showsWords(row, found) ? found : undefined;
  const isTall = value !== undefined || fault !== undefined;
  // The buttons are the most expensive part of a row. They are drawn when there is time, not while scrolling.
  const isSettled = useDeferredValue(true, false);

  return (
    <>
      {/* In a narrow column, a tall content gets the whole width, and the buttons are above it. */}
      <div className={cx('min-w-0', isTall ? 'flex-[1_1_14rem]' : 'flex-1')}>
        <span ref={anchor} className="block min-w-0">
          {value === undefined ? (
            <ShortValue row={row} />
          ) : (
            // The element of a row gets other rows later, which must not be read out.
            <Revealed
              key={row.id}
              value={row.variable.kind === 'nested' ? prettyJson(value) : value}
            />
          )}
        </span>
        {value === undefined ? null : <ResolvedNote row={row} />}
        {fault === undefined ? null : (
          <div key={row.id} className="flex gap-1.5 pt-0.5 text-xs">
            <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-bad" />
            <ErrorText report={fault} live />
          </div>
        )}
        {issue === undefined ? null : (
          <p
            className={cx(
              'flex gap-1.5 pt-0.5 text-xs',
              issue.level === 'error' ? 'text-bad' : 'text-warn',
            )}
          >
            {issue.level === 'error' ? (
              <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            ) : (
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            )}
            <span className="break-words">{issue.message}</span>
          </p>
        )}
      </div>
      {isSettled ? <Actions row={row} revealed={value !== undefined} floats={!isTall} /> : null}
    </>
  );
});

/** A reference shows where it points, since that is no secret. */
function ShortValue({ row }: { readonly row: Row }) {
  const { references } = useStores();
  const reference = useReferenceOf(row);
  if (reference === undefined || row.change === 'removed') return <Summary row={row} />;
  const { environmentId: id, environment, key, state } = reference;
  return (
    <ReferenceText
      environment={environment}
      target={key}
      state={state}
      onGo={() => references.getState().go({ id, key })}
    />
  );
}

function Summary({ row }: { readonly row: Row }) {
  const { text, masked, note } = summary(row.variable);
  const plain = row.variable.literal !== undefined && row.variable.empty !== true;
  const isOut = row.change === 'removed' || row.variable.disabled === true;
  return (
    <span
      className={cx(
        'flex min-w-0 items-baseline gap-2.5 font-mono text-xs leading-5',
        row.change === 'removed' && 'text-text-3 line-through',
      )}
    >
      {masked ? (
        <>
          <span aria-hidden className="tracking-wider text-text-3">
            {text}
          </span>
          <span className="sr-only">hidden</span>
        </>
      ) : (
        <span className={cx('min-w-0 truncate', (!plain || isOut) && 'text-text-2')}>{text}</span>
      )}
      {note === undefined ? null : <span className="shrink-0 text-text-3">{note}</span>}
    </span>
  );
}

function Revealed({ value }: { readonly value: string }) {
  const isBlock = value.includes('\n') || value.length > 200;
  return (
    <pre
      // A long value scrolls. Focus lets people scroll it without a mouse.
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

/** Says that the value is not the text that is stored, and leads from one to the other. */
function ResolvedNote({ row }: { readonly row: Row }) {
  const { environment } = useStores();
  const isShown = useFeature('environment', ({ resolved }) => resolved.has(row.id));
  const canResolve = useFeature('environment', ({ data }) => isResolved(row, data));
  if (!canResolve) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-2xs text-text-2">
      {isShown ? 'What programs get.' : 'As it is stored.'}
      <Button
        excludeFromTabOrder
        variant="quiet"
        size="sm"
        onPress={() => void environment.getState().reveal(row, isShown)}
      >
        {isShown ? 'Show as stored' : 'Show what programs get'}
      </Button>
    </p>
  );
}

interface ActionsProps {
  readonly row: Row;
  readonly revealed: boolean;
  /** Whether the buttons are over the value, so that showing them moves nothing. */
  readonly floats: boolean;
}

/** The grid lets Tab go only through the buttons of the focused cell. */
function Actions({ row, revealed, floats }: ActionsProps) {
  const { environment } = useStores();
  const { isReadOnly, openMenu } = useGrid();
  const { key, variable, change } = row;
  const copied = useFeature('environment', (state) => state.copied === row.id);
  const isResolvedLater = useFeature('environment', ({ data }) => isResolved(row, data));
  if (variable.kind === 'binary') return null;
  const name = key === '' ? 'the new variable' : key;
  const { hide, reveal, copy, edit } = environment.getState();
  return (
    <div
      className={cx(
        // No transition: it would add a layer and several frames to each step of the focus.
        'flex shrink-0 items-center opacity-0 group-hover/row:opacity-100 group-focus-within/row:opacity-100 pointer-coarse:opacity-100',
        floats
          ? 'absolute top-1 right-1.5 rounded-sm pl-3 group-hover/row:bg-hover group-focus-within/row:bg-panel group-hover/row:group-focus-within/row:bg-hover group-data-selected/row:bg-brass-wash!'
          : '-my-0.5 ml-auto self-end',
        (revealed || copied) && 'opacity-100',
      )}
    >
      {canReveal(variable, isResolvedLater) ? (
        <Action
          label={revealed ? `Hide ${name}` : `Reveal ${name}`}
          onPress={() => {
            if (revealed) hide(row.id);
            else void reveal(row);
          }}
        >
          {revealed ? 'Hide' : 'Reveal'}
        </Action>
      ) : null}
      {isReadOnly || change === 'removed' ? null : (
        // The menu has it, too.
        <Action
          label={`Edit ${name}`}
          className="@max-[29.25rem]:hidden"
          onPress={() => void edit(row, 'value')}
        >
          Edit
        </Action>
      )}
      <Action label={`Copy ${name}`} onPress={() => void copy(row)}>
        {copied ? <Check aria-hidden className="size-3.5 text-good" /> : 'Copy'}
      </Action>
      {isReadOnly ? null : (
        <Action
          label={`More for ${name}`}
          opensMenu
          onPress={({ currentTarget }) => openMenu(row, currentTarget)}
        >
          <Ellipsis aria-hidden className="size-3.5" />
        </Action>
      )}
    </div>
  );
}

interface ActionProps {
  readonly label: string;
  readonly opensMenu?: true;
  readonly className?: string;
  readonly onPress: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly children: ReactNode;
}

/** A small quiet button. Four of React Aria would be most of the work of drawing a row. */
const Action = ({ label, opensMenu, className, onPress, children }: ActionProps) => (
  <button
    type="button"
    tabIndex={-1}
    aria-label={label}
    aria-haspopup={opensMenu && 'menu'}
    onClick={onPress}
    className={cx(
      'flex h-6 cursor-default items-center justify-center text-xs font-medium text-text-2 hover:bg-hover hover:text-text active:bg-line',
      opensMenu ? 'w-6 rounded-sm' : 'rounded-md px-2.25',
      className,
    )}
  >
    {children}
  </button>
);
