import type { ComponentProps, ReactNode, Ref } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { cx } from '../lib/class-names';
import { useFirstFocus } from '../lib/first-focus';
import { Spinner } from './spinner';
import { Hint } from './hint';

const base =
  'inline-flex max-w-full shrink-0 cursor-default items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none transition-colors data-disabled:opacity-50';

const variants = {
  primary:
    'border-transparent bg-brass-fill text-brass-ink font-semibold data-hovered:bg-brass-fill-hover data-pressed:bg-brass-fill-hover data-pressed:opacity-85',
  default:
    'border-line-strong bg-raised text-text data-hovered:bg-hover data-pressed:bg-hover data-pressed:border-control',
  /** For actions that destroy something. */
  danger:
    'border-transparent bg-bad text-panel font-semibold data-hovered:opacity-92 data-pressed:opacity-85',
  quiet:
    'border-transparent bg-transparent text-text-2 data-hovered:bg-hover data-hovered:text-text data-pressed:bg-line',
} as const;

const sizes = {
  md: 'h-7 px-2.5',
  sm: 'h-6 px-2 text-xs',
} as const;

export interface ButtonProps extends Omit<
  AriaButtonProps,
  'className' | 'style' | 'children' | 'isPending'
> {
  readonly variant?: keyof typeof variants;
  readonly size?: keyof typeof sizes;
  readonly icon?: ReactNode;
  /**
   * While its action is under way, the button keeps the focus and does nothing. The place that shows the
   * outcome informs assistive technology; React Aria's pending state would leave labels without a target.
   */
  readonly isBusy?: boolean;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Button({
  variant = 'default',
  size = 'md',
  icon,
  isBusy = false,
  children,
  className,
  onPress,
  ...props
}: ButtonProps) {
  const ref = useFirstFocus(props.autoFocus);
  return (
    <AriaButton
      {...props}
      ref={ref}
      {...(isBusy ? { 'aria-disabled': true } : onPress && { onPress })}
      className={cx(base, variants[variant], sizes[size], isBusy && 'opacity-70', className)}
    >
      {isBusy ? <Spinner /> : icon}
      {typeof children === 'string' ? (
        <span className="min-w-0 truncate">{children}</span>
      ) : (
        children
      )}
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<
  AriaButtonProps,
  'className' | 'style' | 'children' | 'aria-label'
> {
  readonly ref?: Ref<HTMLButtonElement>;
  /** Read out, and shown as the hint if there is no shorter one. */
  readonly label: string;
  readonly hint?: string;
  readonly hintPlacement?: ComponentProps<typeof Hint>['placement'];
  readonly size?: 'md' | 'sm';
  readonly children: ReactNode;
  readonly className?: string;
}

export function IconButton({
  label,
  hint = label,
  hintPlacement = 'top',
  size = 'md',
  children,
  className,
  ...props
}: IconButtonProps) {
  return (
    <Hint text={hint} placement={hintPlacement}>
      <AriaButton
        {...props}
        aria-label={label}
        className={cx(
          base,
          variants.quiet,
          size === 'md' ? 'size-7' : 'size-6 rounded-sm',
          className,
        )}
      >
        {children}
      </AriaButton>
    </Hint>
  );
}
