/** The commands for the selected variables, shown while several are selected. */
import { ChevronDown, X } from 'lucide-react';
import { useLayoutEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { MenuTrigger, Toolbar } from 'react-aria-components';
import { useStore } from 'zustand';
import { Button, IconButton } from '../../components/button';
import { formatCount } from '../../lib/format';
import { CopyAsMenu } from './copy-as-menu';
import { CopyToDialog } from './copy-to-dialog';
import { isWholeSecret, type Row } from './draft';
import type { GridStore, Order } from './grid-state';
import {
  markingDisabled,
  markingSecret,
  removal,
  selectedRows,
  type Change,
} from './selected-rows';

interface Props {
  /** The environment. */
  readonly id: string;
  readonly grid: GridStore;
  readonly shown: readonly Row[];
  readonly order: Order;
  readonly isReadOnly: boolean;
  readonly onChange: (change: Change | undefined, rows: readonly Row[]) => void;
}

export function SelectionBar({ grid, shown, ...props }: Props) {
  const selection = useStore(grid, (state) => state.selection);
  const rows = useMemo(() => selectedRows(shown, selection), [shown, selection]);
  return rows.length < 2 ? null : <Bar grid={grid} rows={rows} {...props} />;
}

interface BarProps extends Omit<Props, 'shown'> {
  readonly rows: readonly Row[];
}

function Bar({ id, grid, rows, order, isReadOnly, onChange }: BarProps) {
  const [isCopying, setCopying] = useState(false);
  const kept = rows.filter(({ change }) => change !== 'removed');
  const isRemoved = kept.length === 0;
  const canCopy = !rows.some(isWholeSecret);

  useLayoutEffect(() => {
    // The bar takes its height from the grid, and must not cover the row with the focus.
    const { activeElement } = document;
    activeElement?.closest('[role="row"]')?.scrollIntoView({ block: 'nearest' });
  }, []);

  const clear = (): void => {
    const { focus, clear: clearSelection, goTo } = grid.getState();
    clearSelection();
    if (focus !== undefined) goTo(focus, 'keep', order);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    clear();
  };
  const button = (label: string, change: Change | undefined, name = label) => (
    <Button
      size="sm"
      aria-label={name}
      // A button that has nothing to do stays enabled: disabling it would take the focus away.
      isDisabled={isReadOnly}
      onPress={() => onChange(change, rows)}
    >
      {label}
    </Button>
  );

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape, as in the grid
    <div onKeyDown={onKeyDown}>
      <Toolbar
        aria-label="Selected variables"
        className="flex flex-wrap items-center gap-x-1.5 gap-y-1.5 border-t border-line bg-raised px-5 py-2"
      >
        <output className="mr-1.5 shrink-0 text-xs font-semibold text-brass tabular-nums">
          {formatCount(rows.length)} selected
        </output>
        {button('Plain', markingSecret(rows, false), 'Mark as plain')}
        {button('Secret', markingSecret(rows, true), 'Mark as secret')}
        {button('Enable', markingDisabled(rows, false))}
        {button('Disable', markingDisabled(rows, true))}
        <MenuTrigger>
          <Button size="sm" isDisabled={!canCopy}>
            Copy as
            <ChevronDown aria-hidden className="size-3 text-text-3" />
          </Button>
          <CopyAsMenu rows={rows} placement="top start" />
        </MenuTrigger>
        <Button size="sm" isDisabled={!canCopy || isRemoved} onPress={() => setCopying(true)}>
          Copy to…
        </Button>
        {button(isRemoved ? 'Keep' : 'Remove', removal(rows))}
        <IconButton
          size="sm"
          label="Clear the selection"
          hint="Clear (Esc)"
          className="ml-auto"
          onPress={clear}
        >
          <X aria-hidden className="size-3.5" />
        </IconButton>
      </Toolbar>
      {isCopying ? <CopyToDialog id={id} rows={kept} onClose={() => setCopying(false)} /> : null}
    </div>
  );
}
