/** The commands of one variable. One menu serves the whole grid. */
import { Eye, EyeOff, Pencil, Power, PowerOff, RotateCcw, TextCursor, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import { useStores } from '../../app/stores';
import { Menu, MenuItem, MenuLine } from '../../components/menu';
import {
  editAddition,
  editVariable,
  isWholeSecret,
  markRemoved,
  removeAddition,
  revert,
  unmarkRemoved,
  type Draft,
  type Row,
} from './draft';

export interface OpenMenu {
  readonly row: Row;
  readonly at: HTMLElement;
}

interface Props {
  readonly open: OpenMenu | undefined;
  readonly onClose: () => void;
}

const icon = 'size-3.5';

/** Sets a mark of the variable, whichever kind of row it is. */
const withMark = (row: Row, mark: { disabled?: boolean; secret?: boolean }) => (draft: Draft) => {
  if (row.origin !== undefined) return editVariable(draft, row.origin, mark);
  return row.addition === undefined ? draft : editAddition(draft, row.addition, mark);
};

export const removeRow = (row: Row) => (draft: Draft) => {
  if (row.origin !== undefined) return markRemoved(draft, row.origin);
  return row.addition === undefined ? draft : removeAddition(draft, row.addition);
};

export const restoreRow = (row: Row) => (draft: Draft) =>
  row.origin === undefined ? draft : unmarkRemoved(draft, row.origin);

export function RowMenu({ open, onClose }: Props) {
  const { environment } = useStores();
  const trigger = useMemo(() => ({ current: open?.at ?? null }), [open]);
  if (open === undefined) return null;
  const { row } = open;
  const { alter, edit } = environment.getState();
  const { secret, disabled = false } = row.variable;
  const isWhole = isWholeSecret(row);

  const act = (id: string): void => {
    switch (id) {
      case 'edit':
        return void edit(row, 'value');
      case 'rename':
        return void edit(row, 'key');
      case 'secret':
        return alter(withMark(row, { secret: !secret }));
      case 'disabled':
        return alter(withMark(row, { disabled: !disabled }));
      case 'revert':
        return alter((draft) => (row.origin === undefined ? draft : revert(draft, row.origin.key)));
      case 'remove':
        return alter(row.change === 'removed' ? restoreRow(row) : removeRow(row));
      default:
        return undefined;
    }
  };

  return (
    <Menu
      aria-label={row.key === '' ? 'New variable' : row.key}
      onAction={(id) => {
        onClose();
        act(String(id));
      }}
      popover={{
        triggerRef: trigger,
        isOpen: true,
        onOpenChange: (isOpen) => {
          if (!isOpen) onClose();
        },
      }}
    >
      {row.change === 'removed' ? null : (
        <MenuItem id="edit" icon={<Pencil aria-hidden className={icon} />} keys="Enter">
          Edit value
        </MenuItem>
      )}
      {row.change === 'removed' || isWhole ? null : (
        <MenuItem id="rename" icon={<TextCursor aria-hidden className={icon} />}>
          Rename key
        </MenuItem>
      )}
      {row.change === 'removed' ? null : (
        <MenuItem
          id="secret"
          icon={
            secret ? <Eye aria-hidden className={icon} /> : <EyeOff aria-hidden className={icon} />
          }
        >
          {secret ? 'Mark as plain' : 'Mark as secret'}
        </MenuItem>
      )}
      {row.change === 'removed' || isWhole ? null : (
        <MenuItem
          id="disabled"
          icon={
            disabled ? (
              <Power aria-hidden className={icon} />
            ) : (
              <PowerOff aria-hidden className={icon} />
            )
          }
        >
          {disabled ? 'Enable' : 'Disable'}
        </MenuItem>
      )}
      {row.change === 'changed' ? (
        <MenuItem id="revert" icon={<RotateCcw aria-hidden className={icon} />}>
          Undo changes
        </MenuItem>
      ) : null}
      {isWhole ? null : <MenuLine />}
      {isWhole ? null : row.change === 'removed' ? (
        <MenuItem id="remove" icon={<RotateCcw aria-hidden className={icon} />} keys="Del">
          Keep
        </MenuItem>
      ) : (
        <MenuItem id="remove" icon={<Trash2 aria-hidden className={icon} />} keys="Del" destructive>
          Remove
        </MenuItem>
      )}
    </Menu>
  );
}
