import { Check } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import {
  Header,
  Menu as AriaMenu,
  MenuContext,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  OverlayTriggerStateContext,
  Popover,
  PopoverContext,
  Provider,
  RootMenuTriggerStateContext,
  Separator,
  type MenuItemProps as AriaMenuItemProps,
  type MenuProps,
  type MenuSectionProps as AriaMenuSectionProps,
  type PopoverProps,
} from 'react-aria-components';
import { cx } from '../lib/class-names';
import type { MenuOpening } from './menu-trigger';

interface Props extends Omit<MenuProps<object>, 'className' | 'style' | 'children'> {
  readonly 'aria-label': string;
  readonly children: ReactNode;
  readonly placement?: PopoverProps['placement'];
  /** For a menu outside a `MenuTrigger`: the element it belongs to, and whether it is open. */
  readonly popover?: Pick<PopoverProps, 'triggerRef' | 'isOpen' | 'onOpenChange'>;
}

/** A list of commands that opens at a button. */
export const Menu = ({ children, placement = 'bottom end', popover, ...props }: Props) => (
  <Popover
    {...popover}
    {...(popover !== undefined && { 'aria-label': props['aria-label'] })}
    placement={placement}
    offset={4}
    className="max-w-80 min-w-48 rounded-md border border-line-strong bg-panel p-1 shadow-overlay"
  >
    <AriaMenu
      {...props}
      {...(popover !== undefined && { autoFocus: 'first' as const })}
      className="max-h-96 overflow-auto outline-none"
    >
      {children}
    </AriaMenu>
  </Popover>
);

interface OpenedProps {
  readonly opening: MenuOpening;
  /** A `Menu`. */
  readonly children: ReactNode;
}

/** Around the menu of our own `MenuTrigger`: what the trigger of React Aria Components would tell its menu. */
export function OpenedMenu({ opening: { state, menuProps, triggerRef }, children }: OpenedProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  return (
    <Provider
      values={[
        [MenuContext, { ...menuProps, ref: scrollRef }],
        [OverlayTriggerStateContext, state],
        [RootMenuTriggerStateContext, state],
        [
          PopoverContext,
          {
            trigger: 'MenuTrigger',
            triggerRef,
            scrollRef,
            'aria-labelledby': menuProps['aria-labelledby'] ?? '',
          },
        ],
      ]}
    >
      {children}
    </Provider>
  );
}

interface ItemProps extends Omit<AriaMenuItemProps, 'className' | 'style' | 'children'> {
  readonly children: string;
  readonly icon?: ReactNode;
  /** The shortcut of the same command. */
  readonly keys?: string;
  /** Whether the command removes something. */
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
    {({ isSelected }) => (
      <>
        <span className="flex w-4 shrink-0 justify-center text-text-2">
          {isSelected ? <Check aria-hidden className="size-3.5" /> : icon}
        </span>
        <span className="min-w-0 flex-1 truncate">{children}</span>
        {keys === undefined ? null : (
          <kbd aria-hidden className="font-sans text-2xs text-text-3">
            {keys}
          </kbd>
        )}
      </>
    )}
  </AriaMenuItem>
);

interface SectionProps extends Omit<
  AriaMenuSectionProps<object>,
  'className' | 'style' | 'children'
> {
  readonly title: string;
  readonly children: ReactNode;
}

/** A group of items under a heading, of which one may be selected. */
export const MenuSection = ({ title, children, ...props }: SectionProps) => (
  <AriaMenuSection {...props}>
    <Header className="caps px-2 pt-1 pb-0.5 text-text-3">{title}</Header>
    {children}
  </AriaMenuSection>
);

export const MenuLine = () => <Separator className="mx-2 my-1 border-t border-line" />;
