/** The variables as a grid that works like a spreadsheet: arrows, ranges, typing, copy and paste. */
import type { ErrorReport } from '@shared/errors';
import type { KeyIssue } from '@shared/model/key-rules';
import type { Variable } from '@shared/model/variable';
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { flushSync } from 'react-dom';
import { commandOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { plural } from '../../lib/format';
import { CellEditor } from './cell-editor';
import { additionId, isWholeSecret, putValues, type Row } from './draft';
import { GenerateCommand } from './generate/generate-command';
import { GridContext, type Grid } from './grid-context';
import { createGridState, keptOrder } from './grid-state';
import { checkText } from './import/import-plan';
import { asCell, readPaste, type PastedVariable, type Place } from './paste';
import type { Expected } from './expected/issues';
import { NoteCommand, NoteDialog } from './note-dialog';
import { ReferenceCommands } from './references/reference-commands';
import { UsesDialog } from './references/uses-dialog';
import { RevealCommands } from './reveal-commands';
import { showsWords } from './row-issues';
import { RowMenu, type OpenMenu } from './row-menu';
import { deleteSelected, selectedText } from './selected-text';
import {
  chipChange,
  disabling,
  noteChange,
  removal,
  rowsAround,
  type Change,
} from './selected-rows';
import { SelectionBar } from './selection-bar';
import type { Sort, SortColumn } from './sort-rows';
import type { Field } from './store';
import { useCopyText } from './use-copy-text';
import { CELL_SELECTOR, spotOf as spotIn, VariablesTable } from './variables-table';

interface Props {
  readonly id: string;
  readonly variables: readonly Variable[];
  /** All rows, and those that match the filter. */
  readonly rows: readonly Row[];
  readonly shown: readonly Row[];
  readonly sort: Sort | undefined;
  readonly onSort: (by: SortColumn) => void;
  readonly issues: ReadonlyMap<string, KeyIssue>;
  readonly expected: Expected;
  readonly isReadOnly: boolean;
  /** Whether variables can be added. */
  readonly isMap: boolean;
  /** The text to show if there are no rows. */
  readonly empty: string;
}

/** The place of an event. */
interface Spot {
  readonly row: Row;
  readonly place: Place;
  /** The cell, or the row if the event concerns no cell. */
  readonly element: HTMLElement;
  /** The index of the cell, from 0. */
  readonly cell: number | undefined;
}

/** The columns, as a paste names them. */
const PLACES = ['key', 'value'] as const satisfies readonly Place[];

/** The index of the column that says the kind. */
const KIND = 2;

const CELLS = { key: 0, value: 1 } as const satisfies Record<Field, number>;

const fieldOf = ({ row, place }: Spot) =>
  place === 'key' && !isWholeSecret(row) ? ('key' as const) : ('value' as const);

/** Whether a key writes a character; `?` opens the page of shortcuts instead. */
const writes = (event: KeyboardEvent): boolean =>
  event.key.length === 1 &&
  !/[ ?]/.test(event.key) &&
  (event.getModifierState('AltGraph') || !(event.ctrlKey || event.metaKey || event.altKey));

export function VariablesGrid({
  id,
  variables,
  rows,
  shown,
  sort,
  onSort,
  issues,
  expected,
  isReadOnly,
  isMap,
  empty,
}: Props) {
  const { environment, drafts, announcements, questions, references, commands } = useStores();
  const copyText = useCopyText();
  const revealed = useFeature('environment', (state) => state.revealed);
  const faults = useFeature('environment', (state) => state.faults);
  const isAdding = useFeature('environment', ({ editing }) => editing?.row.addition !== undefined);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [menu, setMenu] = useState<OpenMenu>();
  const frame = useRef<HTMLDivElement>(null);
  const [keyboard] = useState(createGridState);

  const [orderOf] = useState(keptOrder);
  const order = useMemo(() => orderOf(shown), [orderOf, shown]);
  const tall = useMemo(
    () => tallRows(rows, revealed, faults, issues),
    [rows, revealed, faults, issues],
  );

  const latest = useRef({ shown, order });
  useEffect(() => {
    latest.current = { shown, order };
  }, [shown, order]);

  const openMenu = useCallback(
    (row: Row, at: HTMLElement) => {
      const { selection } = keyboard.getState();
      setMenu({ rows: rowsAround(row, latest.current.shown, selection), at });
    },
    [keyboard],
  );
  const focusNeighbour = useCallback<Grid['focusNeighbour']>(
    (rowId, by, field) => {
      const at = latest.current.order.places.get(rowId);
      const row = at === undefined ? undefined : latest.current.shown[at + by];
      if (row !== undefined) keyboard.getState().take([row.id], CELLS[field]);
    },
    [keyboard],
  );
  const onChange = useCallback(
    (change: Change | undefined, changed: readonly Row[]): void => {
      if (change === undefined) return;
      const make = (): void => {
        environment.getState().alter(change.alter);
        if (changed.length === 1) return;
        const text = `${plural(changed.length, 'variable')} ${change.said}. You can undo this.`;
        announcements.getState().say(text, 'info');
      };
      if (change.isMark === true) make();
      else environment.getState().permit(make);
    },
    [environment, announcements],
  );
  const pressKind = useCallback((row: Row) => onChange(chipChange(row), [row]), [onChange]);
  const [noting, setNoting] = useState<Row>();
  const noteOf = useCallback(
    ({ key, variable }: Row) => variable.note ?? expected.get(key)?.note,
    [expected],
  );
  const grid = useMemo<Grid>(
    () => ({
      issues,
      isReadOnly,
      noteOf,
      editNote: setNoting,
      setAnchor,
      pressKind,
      openMenu,
      focusNeighbour,
    }),
    [issues, isReadOnly, noteOf, pressKind, openMenu, focusNeighbour],
  );

  const wanted = useFeature('references', (state) => state.wanted);
  useEffect(() => {
    if (wanted?.id !== id) return;
    const row = shown.find(({ key }) => key === wanted.key);
    if (row !== undefined) keyboard.getState().take([row.id], CELLS.key);
    // A variable that is gone leaves the person at its environment.
    if (row !== undefined || !rows.some(({ key }) => key === wanted.key)) {
      references.getState().arrived();
    }
  }, [wanted, id, shown, rows, keyboard, references]);

  useEffect(() => {
    // An added row is at the end, and must be drawn before anyone can type into it.
    if (!isAdding || anchor !== null) return undefined;
    const request = requestAnimationFrame(() => {
      const table = frame.current?.querySelector('[role="grid"]');
      table?.scrollTo({ top: table.scrollHeight });
    });
    return () => cancelAnimationFrame(request);
  }, [isAdding, anchor]);

  const spotOf = (target: EventTarget): Spot | undefined => {
    const spot = spotIn(target);
    const at = spot && order.places.get(spot.rowId);
    const row = at === undefined ? undefined : shown[at];
    if (spot === undefined || row === undefined || !(target instanceof Element)) return undefined;
    const { cell } = spot;
    const element = target.closest<HTMLElement>(
      cell === undefined ? '[role="row"]' : CELL_SELECTOR,
    );
    if (element === null) return undefined;
    return { row, place: cell === undefined ? 'row' : (PLACES[cell] ?? 'row'), element, cell };
  };

  const around = (row: Row): readonly Row[] =>
    rowsAround(row, shown, keyboard.getState().selection);

  /** Returns whether the key was handled. */
  const onKey = (event: KeyboardEvent, spot: Spot): boolean => {
    const { row, element } = spot;
    const { edit } = environment.getState();
    if (isReadOnly) return false;
    if (event.key === 'Enter' && spot.cell === KIND) pressKind(row);
    else if (event.key === 'Enter' || event.key === 'F2') void edit(row, fieldOf(spot));
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(removal(around(row)), around(row));
    } else if (event.key === ' ') onChange(disabling(around(row)), around(row));
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      openMenu(row, element);
    } else return false;
    return true;
  };

  const onKeyDownCapture = (event: KeyboardEvent): void => {
    const { target } = event;
    const spot = spotOf(target);
    if (spot === undefined || !(target instanceof HTMLElement)) return;
    if (event.key === 'Tab') {
      const next = besideInCell(target, spot, event.shiftKey);
      if (next === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      next.focus();
      return;
    }
    // Buttons inside a cell use the other keys themselves.
    if (target !== spot.element) return;
    if (!isReadOnly && writes(event)) {
      // The editor has the focus before the character is written, so the character goes into it.
      event.stopPropagation();
      flushSync(() => environment.getState().typeOver(spot.row, fieldOf(spot)));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      // The window's shortcuts come before the table's use of the same keys.
      const command = commandOf(event);
      if (command === undefined || !commands.getState().run(command)) return;
    } else if (!onKey(event, spot)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onCopy = (event: ClipboardEvent): void => {
    // Selected text is copied as text, and may be a value.
    const selected = selectedText(event.target);
    if (selected !== '') {
      event.preventDefault();
      void copyText(selected);
      return;
    }
    const spot = spotOf(event.target);
    if (spot === undefined || isField(event.target)) return;
    event.preventDefault();
    const { copy, copyRows } = environment.getState();
    const copied = around(spot.row);
    if (copied.length > 1 || spot.place === 'row') void copyRows(copied);
    else if (spot.place === 'value' || isWholeSecret(spot.row)) void copy(spot.row);
    else event.clipboardData.setData('text/plain', spot.row.key);
  };

  const onCut = (event: ClipboardEvent): void => {
    const selected = selectedText(event.target);
    if (!isField(event.target) || selected === '') return;
    event.preventDefault();
    void copyText(selected);
    deleteSelected();
  };

  /** Adds the variable, unless the key exists: Import shows first what that would change. */
  const pasteVariable = (text: string, { key, value }: PastedVariable): void => {
    if (rows.some((row) => row.change !== 'removed' && row.key === key)) {
      environment.getState().importText(text);
      return;
    }
    environment.getState().permit(() => {
      environment.getState().alter((draft) => putValues(draft, variables, [{ key, value }]));
      const added = drafts.getState().histories.get(id)?.present.additions.at(-1);
      if (added !== undefined) keyboard.getState().take([additionId(added.id)], undefined);
      announcements.getState().say('1 variable pasted. Save to keep it.', 'info');
    });
  };

  const pasteText = async (spot: Spot, text: string): Promise<void> => {
    const field = fieldOf(spot);
    if (field === 'value' || !/[\r\n]/.test(text)) {
      environment.getState().put(spot.row, field, text);
      return;
    }
    const answer = await questions.getState().ask({
      title: 'These are not .env lines',
      text: 'Open them in Import? It reads .env, JSON and YAML files.',
      answers: [{ id: 'import', label: 'Open Import', variant: 'primary' }],
    });
    if (answer === 'import') environment.getState().importText(text);
  };

  const onPaste = (event: ClipboardEvent): void => {
    if (isReadOnly || isField(event.target)) return;
    const spot = spotOf(event.target);
    event.preventDefault();
    const { text, refusal } = checkText(event.clipboardData.getData('text/plain'));
    if (refusal !== undefined) return announcements.getState().say(refusal, 'bad');
    // Variables cannot be added to a secret that is one text.
    const pasted = isMap ? readPaste(text, spot?.place ?? 'row') : asCell(text);
    if (pasted.kind === 'file') environment.getState().importText(text);
    else if (pasted.kind === 'variable') pasteVariable(text, pasted);
    else if (spot !== undefined && pasted.text !== '') void pasteText(spot, pasted.text);
  };

  /** Moves the focus from a scrolling text in a cell to the cell, so that keys go on from there. */
  const onClick = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot === undefined || isInButton(event.target)) return;
    if (document.activeElement !== spot.element) spot.element.focus();
  };

  const onDoubleClick = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot === undefined || isReadOnly || isInButton(event.target)) return;
    void environment.getState().edit(spot.row, fieldOf(spot));
  };

  const onContextMenu = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot === undefined || isReadOnly) return;
    event.preventDefault();
    openMenu(spot.row, spot.element);
  };

  return (
    <GridContext value={grid}>
      {/* Handles keys and clicks that concern variables; the table handles those that move. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events */}
      <div
        ref={frame}
        className="relative flex min-h-33 flex-1 flex-col overflow-hidden"
        onKeyDownCapture={onKeyDownCapture}
        onCopy={onCopy}
        onCut={onCut}
        onPaste={onPaste}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onContextMenu={onContextMenu}
      >
        <VariablesTable
          grid={keyboard}
          rows={shown}
          sort={sort}
          onSort={onSort}
          order={order}
          tall={tall}
          empty={empty}
        />
        <EditorLayer rows={rows} anchor={anchor} />
      </div>
      <SelectionBar
        id={id}
        grid={keyboard}
        shown={shown}
        order={order}
        isReadOnly={isReadOnly}
        onChange={onChange}
      />
      <GenerateCommand id={id} grid={keyboard} rows={rows} isReadOnly={!isMap || isReadOnly} />
      <RevealCommands grid={keyboard} shown={shown} />
      <ReferenceCommands id={id} grid={keyboard} rows={rows} />
      <UsesDialog />
      <NoteCommand grid={keyboard} rows={rows} isReadOnly={isReadOnly} onEdit={setNoting} />
      {noting === undefined ? null : (
        <NoteDialog
          key={noting.id}
          row={noting}
          rule={expected.get(noting.key)}
          onSave={(note) => onChange(noteChange(noting, note), [noting])}
          onClose={() => setNoting(undefined)}
        />
      )}
      <RowMenu
        id={id}
        open={menu}
        onClose={() => setMenu(undefined)}
        onChange={onChange}
        onNote={setNoting}
      />
    </GridContext>
  );
}

const isInButton = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('button') !== null;

const isField = (target: EventTarget): boolean =>
  target instanceof Element && target.matches('input, textarea');

/** The next stop of Tab within the cell; `undefined` if Tab leaves the cell. */
function besideInCell(
  target: HTMLElement,
  { element, cell }: Spot,
  back: boolean,
): HTMLElement | undefined {
  if (cell === undefined) return undefined;
  const stops = [element, ...element.querySelectorAll<HTMLElement>('button, pre[tabindex]')];
  return stops[stops.indexOf(target) + (back ? -1 : 1)];
}

/** The editor of a cell. It is outside the grid, so that the grid does not handle its keys. */
function EditorLayer({
  rows,
  anchor,
}: {
  readonly rows: readonly Row[];
  readonly anchor: HTMLElement | null;
}) {
  const editing = useFeature('environment', (state) => state.editing);
  const layer = useRef<HTMLDivElement>(null);
  return (
    <div ref={layer} className="pointer-events-none absolute inset-0 *:pointer-events-auto">
      {editing === undefined ? null : (
        <CellEditor
          key={`${editing.field} ${editing.row.id}`}
          editing={editing}
          rows={rows}
          anchor={anchor}
          frame={layer}
        />
      )}
    </div>
  );
}

/** Rows that show a value or an issue. */
function tallRows(
  rows: readonly Row[],
  revealed: ReadonlyMap<string, string>,
  faults: ReadonlyMap<string, ErrorReport>,
  issues: ReadonlyMap<string, KeyIssue>,
): ReadonlySet<string> {
  const tall = new Set([...revealed.keys(), ...faults.keys()]);
  for (const row of rows) {
    const issue = issues.get(row.id);
    if (issue !== undefined && showsWords(row, issue)) tall.add(row.id);
  }
  return tall;
}
