import type { DOMAttributes, RefObject } from 'react';
import { Tooltip, TooltipTriggerStateContext, type TooltipProps } from 'react-aria-components';
import type { TooltipTriggerState } from 'react-stately/useTooltipTriggerState';

interface Props {
  readonly state: TooltipTriggerState;
  readonly tooltipProps: DOMAttributes<Element>;
  readonly triggerRef: RefObject<HTMLElement | null>;
  readonly placement: NonNullable<TooltipProps['placement']>;
  readonly children: string;
}

/** The text of a `Hint`, beside its control. */
export const HintText = ({ state, tooltipProps, triggerRef, placement, children }: Props) => (
  <TooltipTriggerStateContext value={state}>
    <Tooltip
      {...tooltipProps}
      triggerRef={triggerRef}
      offset={6}
      placement={placement}
      className="max-w-72 rounded-sm bg-text px-2 py-1 text-xs text-panel shadow-overlay"
    >
      {children}
    </Tooltip>
  </TooltipTriggerStateContext>
);
