import type { ReactNode } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';

/** A tooltip for a control without text, shown on hover and on keyboard focus. */
export const Hint = ({
  text,
  children,
}: {
  readonly text: string;
  readonly children: ReactNode;
}) => (
  <TooltipTrigger delay={500} closeDelay={0}>
    {children}
    <Tooltip
      offset={6}
      className="max-w-72 rounded-sm bg-text px-2 py-1 text-xs text-panel shadow-overlay"
    >
      {text}
    </Tooltip>
  </TooltipTrigger>
);
