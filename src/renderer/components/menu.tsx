import type { ReactNode } from 'react';
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  Popover,
  Separator,
  type MenuItemProps as AriaMenuItemProps,
  type MenuProps,
  type PopoverProps,
} from 'react-aria-components';
import { cx } from '../lib/class-names';

interface Props extends Omit<MenuProps<object>, 'className' | 'style' | 'children'> {
  readonly 'aria-label': string;
  readonly children: ReactNode;
  readonly placement?: PopoverProps['placement'];
  /** Where it is not within a `MenuTrigger`: what it belongs to, and whether it is there. */
  readonly popover?: Pick<PopoverProps, 'triggerRef' | 'isOpen' | 'onOpenChange'>;
}

/** A list of commands that opens at a button. */
export const Menu = ({ children, placement = 'bottom end', popover, ...props }: Props) => (
  <Popover
    {...popover}
    placement={placement}
    offset={4}
    className="min-w-48 rounded-md border border-line-strong bg-panel p-1 shadow-overlay"
  >
    <AriaMenu {...props} className="max-h-96 overflow-auto outline-none">
      {children}
    </AriaMenu>
  </Popover>
);

interface ItemProps extends Omit<AriaMenuItemProps, 'className' | 'style' | 'children'> {
  readonly children: string;
  readonly icon?: ReactNode;
  /** The shortcut that does the same. */
  readonly keys?: string;
  /** Whether it takes something away. */
  readonly destructive?: boolean;
}

export const MenuItem = ({ children, icon, keys, destructive = false, ...props }: ItemProps) => (
  <AriaMenuItem
    {...props}
    textValue={children}
    className={cx(
      'flex h-7 cursor-default items-center gap-2 rounded-sm px-2 outline-none data-disabled:opacity-50 data-focused:bg-hover',
      destructive && 'text-bad',
    )}
  >
    <span className="flex w-4 shrink-0 justify-center text-text-2">{icon}</span>
    <span className="flex-1">{children}</span>
    {keys === undefined ? null : (
      <kbd aria-hidden className="font-sans text-2xs text-text-3">
        {keys}
      </kbd>
    )}
  </AriaMenuItem>
);

export const MenuLine = () => <Separator className="mx-2 my-1 border-t border-line" />;
