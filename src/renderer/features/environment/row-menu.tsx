/** The commands of one variable, or of the selected ones. One menu serves the whole grid. */
import {
  ArrowUpRight,
  ClipboardCopy,
  Dices,
  Eye,
  EyeOff,
  Link,
  Pencil,
  Power,
  PowerOff,
  RotateCcw,
  SearchCode,
  StickyNote,
  TextCursor,
  Trash2,
} from 'lucide-react';
import { useMemo, useState } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Menu, MenuItem, MenuLine } from '../../components/menu';
import { plural } from '../../lib/format';
import { CopyAsMenu } from './copy-as-menu';
import { isWholeSecret, revert, type Row } from './draft';
import { useReferenceOf } from './references/use-reference-of';
import { useCopyLink } from './use-copy-link';
import { disabling, masking, removal, type Change } from './selected-rows';

export interface OpenMenu {
  readonly rows: readonly Row[];
  readonly at: HTMLElement;
}

interface Props {
  /** The environment. */
  readonly id: string;
  readonly open: OpenMenu | undefined;
  readonly onClose: () => void;
  readonly onChange: (change: Change | undefined, rows: readonly Row[]) => void;
  readonly onNote: (row: Row) => void;
}

const icon = 'size-3.5';

export function RowMenu({ id, open, onClose, onChange, onNote }: Props) {
  const { environment, references } = useStores();
  const trigger = useMemo(() => ({ current: open?.at ?? null }), [open]);
  const [row] = open?.rows ?? [];
  const copyLink = useCopyLink();
  const name =
    useFeature('environments', ({ list }) => list.find((one) => one.id === id)?.name) ?? id;
  const reference = useReferenceOf(row);
  // The second list is for the menu that it was opened in, and no later one.
  const [copying, setCopying] = useState<OpenMenu>();
  if (open === undefined || row === undefined) return null;
  const { rows } = open;
  const popover = {
    triggerRef: trigger,
    isOpen: true,
    onOpenChange: (isOpen: boolean) => {
      if (!isOpen) onClose();
    },
  };
  if (copying === open) return <CopyAsMenu rows={rows} popover={popover} onClose={onClose} />;
  const { alter, edit } = environment.getState();
  const isMany = rows.length > 1;
  const isWhole = isWholeSecret(row);
  const isRemoved = rows.every(({ change }) => change === 'removed');
  const isSecret = rows.some(({ variable }) => variable.secret);
  const isDisabled = rows.every(({ variable }) => variable.disabled === true);

  const act = (command: string): void => {
    switch (command) {
      case 'edit':
        return void edit(row, 'value');
      case 'rename':
        return void edit(row, 'key');
      case 'generate':
        return environment.getState().generate(row.key);
      case 'uses':
        return void references.getState().ask(id, row.key);
      case 'go':
        return (
          reference && references.getState().go({ id: reference.environmentId, key: reference.key })
        );
      case 'note':
        return onNote(row);
      case 'link':
        return void copyLink(name, row.key);
      case 'secret':
        return onChange(masking(rows), rows);
      case 'disabled':
        return onChange(disabling(rows), rows);
      case 'revert':
        return alter((draft) => (row.origin === undefined ? draft : revert(draft, row.origin.key)));
      case 'remove':
        return onChange(removal(rows), rows);
      default:
        return undefined;
    }
  };

  return (
    <Menu
      aria-label={
        isMany ? plural(rows.length, 'variable') : row.key === '' ? 'New variable' : row.key
      }
      onAction={(command) => {
        if (command === 'copy') return setCopying(open);
        onClose();
        act(String(command));
      }}
      popover={popover}
    >
      {isRemoved || isMany ? null : (
        <MenuItem id="edit" icon={<Pencil aria-hidden className={icon} />} keys="Enter">
          Edit value
        </MenuItem>
      )}
      {isRemoved || isMany || isWhole ? null : (
        <MenuItem id="rename" icon={<TextCursor aria-hidden className={icon} />}>
          Rename key
        </MenuItem>
      )}
      {isRemoved || isMany || isWhole || row.key === '' ? null : (
        <MenuItem id="generate" icon={<Dices aria-hidden className={icon} />}>
          Generate a value…
        </MenuItem>
      )}
      {isMany || reference === undefined ? null : (
        <MenuItem id="go" icon={<ArrowUpRight aria-hidden className={icon} />}>
          {`Go to ${reference.key} in ${reference.environment}`}
        </MenuItem>
      )}
      {isRemoved || isMany || isWhole || row.key === '' ? null : (
        <MenuItem id="uses" icon={<SearchCode aria-hidden className={icon} />}>
          Where is this used…
        </MenuItem>
      )}
      {isRemoved || isMany || row.key === '' ? null : (
        <MenuItem id="note" icon={<StickyNote aria-hidden className={icon} />}>
          Note…
        </MenuItem>
      )}
      {isWhole ? null : (
        <MenuItem id="copy" icon={<ClipboardCopy aria-hidden className={icon} />}>
          Copy as…
        </MenuItem>
      )}
      {isRemoved || isMany || isWhole || row.origin?.key !== row.key ? null : (
        <MenuItem id="link" icon={<Link aria-hidden className={icon} />}>
          Copy link
        </MenuItem>
      )}
      {isRemoved ? null : (
        <MenuItem
          id="secret"
          icon={
            isSecret ? (
              <Eye aria-hidden className={icon} />
            ) : (
              <EyeOff aria-hidden className={icon} />
            )
          }
        >
          {isSecret ? 'Mark as plain' : 'Mark as secret'}
        </MenuItem>
      )}
      {isRemoved || isWhole ? null : (
        <MenuItem
          id="disabled"
          keys="Space"
          icon={
            isDisabled ? (
              <Power aria-hidden className={icon} />
            ) : (
              <PowerOff aria-hidden className={icon} />
            )
          }
        >
          {isDisabled ? 'Enable' : 'Disable'}
        </MenuItem>
      )}
      {!isMany && row.change === 'changed' ? (
        <MenuItem id="revert" icon={<RotateCcw aria-hidden className={icon} />}>
          Undo changes
        </MenuItem>
      ) : null}
      {isWhole ? null : <MenuLine />}
      {isWhole ? null : isRemoved ? (
        <MenuItem id="remove" icon={<RotateCcw aria-hidden className={icon} />} keys="Del">
          {isMany ? `Keep ${plural(rows.length, 'variable')}` : 'Keep'}
        </MenuItem>
      ) : (
        <MenuItem id="remove" icon={<Trash2 aria-hidden className={icon} />} keys="Del" destructive>
          {isMany ? `Remove ${plural(rows.length, 'variable')}` : 'Remove'}
        </MenuItem>
      )}
    </Menu>
  );
}
