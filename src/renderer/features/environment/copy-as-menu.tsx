import { Menu, MenuItem } from '../../components/menu';
import { plural } from '../../lib/format';
import { copyForms, type CopyForm } from './copy-forms';
import type { Row } from './draft';
import { useCopyRows } from './use-copy-rows';
import type { ComponentProps } from 'react';

interface Props extends Pick<ComponentProps<typeof Menu>, 'popover' | 'placement'> {
  readonly rows: readonly Row[];
  readonly onClose?: () => void;
}

/** Copies variables in one of the forms. */
export function CopyAsMenu({ rows, onClose = () => undefined, ...props }: Props) {
  const copy = useCopyRows();
  return (
    <Menu
      {...props}
      aria-label={
        rows.length === 1
          ? `Copy ${rows[0]?.key ?? ''} as`
          : `Copy ${plural(rows.length, 'variable')} as`
      }
      onAction={(form) => {
        onClose();
        // The ids of the items are forms.
        void copy(rows, form as CopyForm);
      }}
    >
      {copyForms.map(({ form, label }) => (
        <MenuItem key={form} id={form}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}
