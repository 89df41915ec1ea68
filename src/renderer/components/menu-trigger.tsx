import { useRef, type ComponentType, type ReactNode, type RefObject } from 'react';
import { PressResponder } from 'react-aria/private/interactions/PressResponder';
import { useMenuTrigger, type MenuTriggerAria } from 'react-aria/useMenu';
import { useMenuTriggerState, type RootMenuTriggerState } from 'react-stately/useMenuTriggerState';

/** How a menu was opened, for the `Menu` that opens. */
export interface MenuOpening {
  readonly state: RootMenuTriggerState;
  readonly menuProps: MenuTriggerAria<object>['menuProps'];
  readonly triggerRef: RefObject<HTMLElement | null>;
}

interface Props {
  /** A button of React Aria. */
  readonly children: ReactNode;
  /** The menu. Its code may be loaded later: a press is not lost, since the menu opens when it is there. */
  readonly menu: ComponentType<{ readonly opening: MenuOpening }>;
}

/**
 * A button with a menu that is not part of the first screen. It is the `MenuTrigger` of React Aria Components, made of
 * the same hooks: that one is in a file with the menu, and would load it, its collections and its popover.
 */
export function MenuTrigger({ children, menu: OpenMenu }: Props) {
  const state = useMenuTriggerState({});
  const triggerRef = useRef<HTMLElement>(null);
  const { menuTriggerProps, menuProps } = useMenuTrigger<object>(
    { type: 'menu' },
    state,
    triggerRef,
  );
  return (
    <>
      <PressResponder {...menuTriggerProps} ref={triggerRef} isPressed={state.isOpen}>
        {children}
      </PressResponder>
      {state.isOpen ? <OpenMenu opening={{ state, menuProps, triggerRef }} /> : null}
    </>
  );
}
