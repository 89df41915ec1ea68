import type { ReactNode } from 'react';
import { Tooltip, TooltipTrigger, type TooltipProps } from 'react-aria-components';

/** A tooltip for a control without text, shown on hover and on keyboard focus. */
export const Hint = ({
  text,
  placement = 'top',
  children,
}: {
  readonly text: string;
  readonly placement?: NonNullable<TooltipProps['placement']>;
  readonly children: ReactNode;
}) => (
  <TooltipTrigger delay={500} closeDelay={0}>
    {children}
    <Tooltip
      offset={6}
      placement={placement}
      className="max-w-72 rounded-sm bg-text px-2 py-1 text-xs text-panel shadow-overlay"
    >
      {text}
    </Tooltip>
  </TooltipTrigger>
);
