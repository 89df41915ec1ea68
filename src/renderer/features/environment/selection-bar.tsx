/** The commands for the selected variables, shown while several are selected. */
import { ChevronDown, Ellipsis, X } from 'lucide-react';
import {
  memo,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import { MenuTrigger, Toolbar } from 'react-aria-components';
import { useStore } from 'zustand';
import { Button, IconButton } from '../../components/button';
import { Menu, MenuItem, MenuLine } from '../../components/menu';
import { useBottomBar } from '../../lib/bottom-bars';
import { formatCount } from '../../lib/format';
import { CopyAsMenu } from './copy-as-menu';
import { isWholeSecret, type Row } from './draft';
import type { GridStore, Order, Selection } from './grid-state';
import {
  markingDisabled,
  markingSecret,
  removal,
  selectedRows,
  type Change,
} from './selected-rows';
import { laterComponent } from '../../lib/later';

const CopyToDialog = laterComponent(async () => (await import('./copy-to-dialog')).CopyToDialog);

interface Props {
  /** The environment. */
  readonly id: string;
  readonly grid: GridStore;
  readonly shown: readonly Row[];
  readonly order: Order;
  readonly isReadOnly: boolean;
  readonly onChange: (change: Change | undefined, rows: readonly Row[]) => void;
}

const NONE: Selection = new Set();

export function SelectionBar({ grid, shown, ...props }: Props) {
  // One selected row shows no bar, so that moving from row to row does not look for it among all.
  const selection = useStore(grid, (state) =>
    state.selection === 'all' || state.selection.size > 1 ? state.selection : NONE,
  );
  const rows = useMemo(() => selectedRows(shown, selection), [shown, selection]);
  return rows.length < 2 ? null : <Bar grid={grid} rows={rows} {...props} />;
}

interface BarProps extends Omit<Props, 'shown'> {
  readonly rows: readonly Row[];
}

function Bar({ id, grid, rows, order, isReadOnly, onChange }: BarProps) {
  const [isCopying, setCopying] = useState(false);
  const kept = useMemo(() => rows.filter(({ change }) => change !== 'removed'), [rows]);
  const latest = useRef({ rows, order });

  useLayoutEffect(() => {
    latest.current = { rows, order };
  }, [rows, order]);
  useLayoutEffect(() => {
    // The bar takes its height from the grid, and must not cover the row with the focus.
    const { activeElement } = document;
    activeElement?.closest('[role="row"]')?.scrollIntoView({ block: 'nearest' });
  }, []);

  const clear = useCallback((): void => {
    const { focus, clear: clearSelection, goTo } = grid.getState();
    clearSelection();
    if (focus !== undefined) goTo(focus, 'keep', latest.current.order);
  }, [grid]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    clear();
  };
  const rowsNow = useCallback(() => latest.current.rows, []);
  const act = useCallback(
    (command: Command): void => {
      if (command === 'copy-to') setCopying(true);
      else onChange(changes[command](latest.current.rows), latest.current.rows);
    },
    [onChange],
  );

  const bar = useRef<HTMLDivElement>(null);
  useBottomBar(bar);
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape, as in the grid
    <div ref={bar} onKeyDown={onKeyDown} className="@container">
      <Toolbar
        aria-label="Selected variables"
        className="flex items-center gap-x-1.5 border-t border-line bg-raised px-5 py-2"
      >
        <output className="mr-1.5 shrink-0 text-xs font-semibold text-brass tabular-nums">
          {formatCount(rows.length)} selected
        </output>
        <Commands
          rowsNow={rowsNow}
          isReadOnly={isReadOnly}
          isRemoved={kept.length === 0}
          canCopy={!rows.some(isWholeSecret)}
          onCommand={act}
          onClear={clear}
        />
      </Toolbar>
      {isCopying ? <CopyToDialog id={id} rows={kept} onClose={() => setCopying(false)} /> : null}
    </div>
  );
}

const changes = {
  plain: (rows: readonly Row[]) => markingSecret(rows, false),
  secret: (rows: readonly Row[]) => markingSecret(rows, true),
  enable: (rows: readonly Row[]) => markingDisabled(rows, false),
  disable: (rows: readonly Row[]) => markingDisabled(rows, true),
  remove: removal,
} as const;

type Command = keyof typeof changes | 'copy-to';

interface CommandsProps {
  readonly rowsNow: () => readonly Row[];
  readonly isReadOnly: boolean;
  readonly isRemoved: boolean;
  readonly canCopy: boolean;
  readonly onCommand: (command: Command) => void;
  readonly onClear: () => void;
}

/** Is not drawn again when a row is added to the selection, which a held key does many times a second. */
const Commands = memo(function Commands({
  rowsNow,
  isReadOnly,
  isRemoved,
  canCopy,
  onCommand,
  onClear,
}: CommandsProps) {
  const [copied, setCopied] = useState<readonly Row[]>([]);
  const removeLabel = isRemoved ? 'Keep' : 'Remove';
  const canCopyTo = canCopy && !isRemoved;
  const button = (label: string, command: Command, name = label) => (
    <Button
      size="sm"
      aria-label={name}
      // A button that has nothing to do stays enabled: disabling it would take the focus away.
      isDisabled={isReadOnly}
      onPress={() => onCommand(command)}
    >
      {label}
    </Button>
  );
  return (
    <>
      <div className="hidden items-center gap-x-1.5 @min-[43rem]:flex">
        {button('Plain', 'plain', 'Mark as plain')}
        {button('Secret', 'secret', 'Mark as secret')}
        {button('Enable', 'enable')}
        {button('Disable', 'disable')}
      </div>
      <MenuTrigger onOpenChange={(isOpen) => setCopied(isOpen ? rowsNow() : [])}>
        <Button size="sm" isDisabled={!canCopy}>
          Copy as
          <ChevronDown aria-hidden className="size-3 text-text-3" />
        </Button>
        <CopyAsMenu rows={copied} placement="top start" />
      </MenuTrigger>
      <div className="hidden items-center gap-x-1.5 @min-[43rem]:flex">
        <Button size="sm" isDisabled={!canCopyTo} onPress={() => onCommand('copy-to')}>
          Copy to…
        </Button>
        {button(removeLabel, 'remove')}
      </div>
      <div className="flex @min-[43rem]:hidden">
        <MenuTrigger>
          <IconButton size="sm" label="More for the selection" hint="More">
            <Ellipsis aria-hidden className="size-3.5" />
          </IconButton>
          <Menu
            aria-label="More for the selection"
            placement="top start"
            // The ids of the items are commands.
            onAction={(command) => onCommand(command as Command)}
            disabledKeys={[
              ...(isReadOnly ? Object.keys(changes) : []),
              ...(canCopyTo ? [] : ['copy-to']),
            ]}
          >
            <MenuItem id="plain">Mark as plain</MenuItem>
            <MenuItem id="secret">Mark as secret</MenuItem>
            <MenuItem id="enable">Enable</MenuItem>
            <MenuItem id="disable">Disable</MenuItem>
            <MenuLine />
            <MenuItem id="copy-to">Copy to…</MenuItem>
            <MenuLine />
            <MenuItem id="remove" destructive={!isRemoved}>
              {removeLabel}
            </MenuItem>
          </Menu>
        </MenuTrigger>
      </div>
      <IconButton
        size="sm"
        label="Clear the selection"
        hint="Clear (Esc)"
        className="ml-auto"
        onPress={onClear}
      >
        <X aria-hidden className="size-3.5" />
      </IconButton>
    </>
  );
});
