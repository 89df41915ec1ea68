/** The editor of a key or a value: over its cell, as large as the text needs. */
import { kindAfterEdit } from '@shared/model/variable';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
} from 'react';
import { useFeature, useStores } from '../../app/stores';
import { cx } from '../../lib/class-names';
import type { CheckedValue } from '@shared/model/stored-reference';
import { ReferenceText } from '../../components/reference-text';
import { useGrid } from './grid-context';
import { useTypedReference } from './references/use-typed-reference';
import { readPaste } from './paste';
import { issueOfTyped } from './row-issues';
import { withTyped, type Draft, type Row } from './draft';
import type { Editing } from './store';

interface Props {
  readonly editing: Editing;
  readonly rows: readonly Row[];
  /** The cell; `null` while it is not drawn. */
  readonly anchor: HTMLElement | null;
  /** The element that the editor is placed in. */
  readonly frame: RefObject<HTMLElement | null>;
}

interface Place {
  readonly top: number;
  readonly left: number;
  readonly width: number;
}

/** The place of the cell within the frame, also after either has moved. */
function usePlace(anchor: HTMLElement | null, frame: Props['frame']): Place | undefined {
  const [place, setPlace] = useState<Place>();
  useLayoutEffect(() => {
    const outer = frame.current;
    if (anchor === null || outer === null) return undefined;
    const measure = (): void => {
      const cell = anchor.getBoundingClientRect();
      const within = outer.getBoundingClientRect();
      setPlace({
        top: cell.top - within.top,
        left: cell.left - within.left,
        width: cell.width,
      });
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(outer);
    outer.addEventListener('scroll', measure, true);
    return () => {
      resized.disconnect();
      outer.removeEventListener('scroll', measure, true);
    };
  }, [anchor, frame]);
  return place;
}

export function CellEditor({ editing, rows, anchor, frame }: Props) {
  const { drafts, environment } = useStores();
  const { focusNeighbour } = useGrid();
  const { row, field } = editing;
  const [text, setText] = useState(editing.begins);
  const input = useRef<HTMLTextAreaElement>(null);
  const isDone = useRef(false);
  const place = usePlace(anchor, frame);
  const isPlaced = place !== undefined;
  const found = useTypedReference(field === 'value' ? row : undefined, text);
  const issue = field === 'key' ? issueOfTyped(text, row, rows) : found?.issue;
  /** A circle could not be saved. */
  const isRefused = field === 'value' && issue?.level === 'error';
  const name = row.key === '' ? 'the new variable' : row.key;

  // Before the next frame, so that the key that opened the editor is typed into it.
  useLayoutEffect(() => {
    if (!isPlaced) return;
    input.current?.focus();
    input.current?.select();
  }, [isPlaced]);

  // Lock keeps what is being typed.
  const isTyped = text !== editing.text && text !== editing.begins;
  useEffect(() => {
    const { id, data } = environment.getState();
    const base = data?.base;
    if (id === undefined || base === undefined) return;
    const alter = (draft: Draft): Draft => withTyped(draft, row, field, text);
    drafts.getState().type(id, isTyped ? { base, alter } : undefined);
  }, [drafts, environment, isTyped, row, field, text]);
  useEffect(() => {
    const { id } = environment.getState();
    return () => {
      if (id !== undefined) drafts.getState().type(id, undefined);
    };
  }, [drafts, environment]);

  const end = (kept: string | undefined): void => {
    if (isDone.current) return;
    isDone.current = true;
    environment.getState().endEdit(kept);
  };

  /** Ends the edit by a key, and gives the focus back to the cell. */
  const endByKey = (kept: string | undefined): void => {
    const cell = anchor;
    end(kept);
    cell?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      endByKey(undefined);
    } else if (event.key === 'Enter' && field === 'value' && event.shiftKey) {
      // The field inserts a new line.
    } else if (event.key === 'Enter' && field === 'value' && event.altKey) {
      event.preventDefault();
      const { selectionStart, selectionEnd } = event.currentTarget;
      event.currentTarget.setRangeText('\n', selectionStart, selectionEnd, 'end');
      setText(event.currentTarget.value);
    } else if (isRefused && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      endByKey(text);
    } else if (event.key === 'Tab') {
      event.preventDefault();
      endByKey(text);
      moveOn(event.shiftKey);
    } else if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey)) {
      // The window's shortcut saves; the text typed here must be part of it.
      endByKey(text);
    }
  };

  /**
   * Goes from the key to its value and back, from the value of the last new variable to another new one,
   * and otherwise to the row above or below.
   */
  const moveOn = (back: boolean): void => {
    const { edit, add } = environment.getState();
    const now = currentRow(
      row,
      field === 'key' ? text : undefined,
      field === 'value' ? text : undefined,
    );
    if (field === 'key' && !back) void edit(now, 'value');
    else if (field === 'value' && back) void edit(now, 'key');
    else if (field === 'value' && row.addition !== undefined && rows.at(-1)?.id === row.id) add();
    else focusNeighbour(row.id, back ? -1 : 1, back ? 'value' : 'key');
  };

  /** Lines of a `.env` are no key. As the text of a value they may be meant. */
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData.getData('text/plain');
    if (field !== 'key' || readPaste(pasted, 'key').kind !== 'file') return;
    event.preventDefault();
    end(undefined);
    environment.getState().importText(pasted);
  };

  return (
    <div
      className={cx('absolute z-10 flex flex-col', !isPlaced && 'invisible')}
      style={
        place && {
          top: place.top,
          left: place.left + (field === 'key' ? 10 : 0),
          width: place.width - (field === 'key' ? 10 : 0),
        }
      }
    >
      <textarea
        ref={input}
        rows={1}
        value={text}
        aria-label={field === 'key' ? `Key of ${name}` : `Value of ${name}`}
        aria-invalid={issue?.level === 'error'}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          const typed = event.target.value;
          setText(field === 'key' ? typed.replaceAll(/[\r\n]+/g, '') : typed);
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onBlur={() => end(text)}
        className={cx(
          'field-sizing-content max-h-64 min-h-8 w-full resize-none overflow-auto rounded-sm border-2 bg-raised px-2 py-1 font-mono text-xs leading-5 break-all whitespace-pre-wrap shadow-overlay outline-none',
          issue?.level === 'error' ? 'border-bad' : 'border-brass-fill',
        )}
      />
      <div className="pointer-events-none mt-1 w-fit max-w-full rounded-sm border border-line-strong bg-raised px-2 py-0.5 text-2xs text-text-2 shadow-overlay">
        {field === 'key' ? (
          <KeyNote issue={issue} />
        ) : (
          <>
            <ReferenceNote found={found} />
            <ValueNote row={row} text={text} />
          </>
        )}
      </div>
    </div>
  );
}

/** The row with the typed text. */
const currentRow = (row: Row, key: string | undefined, value: string | undefined): Row => ({
  ...row,
  key: key ?? row.key,
  typed: value ?? row.typed,
});

function KeyNote({ issue }: { readonly issue: ReturnType<typeof issueOfTyped> }) {
  if (issue === undefined) return <>Enter to keep, Esc to cancel</>;
  const Icon = issue.level === 'error' ? CircleAlert : TriangleAlert;
  return (
    <output className={cx('flex gap-1.5', issue.level === 'error' ? 'text-bad' : 'text-warn')}>
      <Icon aria-hidden className="mt-0.5 size-3 shrink-0" />
      {issue.message}
    </output>
  );
}

/** Where the typed reference would point, or what is wrong with it. */
function ReferenceNote({ found }: { readonly found: CheckedValue | undefined }) {
  const { reference, issue } = found ?? {};
  return (
    <output className="flex flex-col">
      {reference === undefined ? null : (
        <span className="text-text">
          <span className="sr-only">Reference to </span>
          <ReferenceText
            environment={reference.environment}
            target={reference.key}
            state={reference.state}
          />
        </span>
      )}
      {issue === undefined ? null : (
        <span
          className={cx('flex gap-1.5 py-0.5', issue.level === 'error' ? 'text-bad' : 'text-warn')}
        >
          {issue.level === 'error' ? (
            <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          ) : (
            <TriangleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          )}
          <span className="min-w-0 break-words">{issue.message}</span>
        </span>
      )}
    </output>
  );
}

function ValueNote({ row, text }: { readonly row: Row; readonly text: string }) {
  const before = useFeature(
    'environment',
    ({ data }) =>
      data?.variables.find(({ key }) => key === row.origin?.key)?.kind ?? row.variable.kind,
  );
  const after = kindAfterEdit(before, text);
  return (
    <>
      {before === 'text' ? null : (
        <output className="mr-2 font-medium text-text">
          {after === before ? after : `was a ${before}, becomes text`}
        </output>
      )}
      Enter to keep, Shift+Enter for a new line, Esc to cancel
    </>
  );
}
