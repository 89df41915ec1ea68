import { useRef, type ComponentProps, type ReactNode } from 'react';
import { FocusableProvider } from 'react-aria/private/interactions/useFocusable';
import { useTooltipTrigger } from 'react-aria/useTooltipTrigger';
import { useTooltipTriggerState } from 'react-stately/useTooltipTriggerState';
import { later } from '../lib/later';
import type { HintText } from './hint-text';

type TextProps = ComponentProps<typeof HintText>;

const laterText = later(() => import('./hint-text'));

const when = { delay: 500, closeDelay: 0 } as const;

/**
 * A tooltip for a control without text, shown on hover and on keyboard focus. The trigger is made of the hooks of
 * React Aria, so that the code that places the tooltip is loaded later.
 */
export function Hint({
  text,
  placement = 'top',
  children,
}: {
  readonly text: string;
  readonly placement?: TextProps['placement'];
  readonly children: ReactNode;
}) {
  const state = useTooltipTriggerState(when);
  const triggerRef = useRef<HTMLElement>(null);
  const { triggerProps, tooltipProps } = useTooltipTrigger(when, state, triggerRef);
  return (
    <>
      <FocusableProvider {...triggerProps} ref={triggerRef}>
        {children}
      </FocusableProvider>
      {state.isOpen ? (
        <Shown {...{ state, tooltipProps, triggerRef, placement }}>{text}</Shown>
      ) : null}
    </>
  );
}

function Shown(props: TextProps) {
  const code = laterText.use();
  // A control is not worse without its hint: it has the same name for assistive technology.
  return code === undefined || code === 'failed' ? null : <code.HintText {...props} />;
}
