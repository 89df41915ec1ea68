import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../lib/class-names';
import { IconButton } from './button';
import { tones, type Tone } from './tone';

interface Props {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly onDismiss?: (() => void) | undefined;
}

/** A strip across the top of a page, for things to know that are not the outcome of an action. */
export function Banner({ tone, title, children, action, onDismiss }: Props) {
  const { icon: Icon, text, wash } = tones[tone];
  return (
    <section
      aria-label={title ?? 'Notice'}
      className={cx('flex items-start gap-2.5 border-b border-line px-5 py-2.5', wash)}
    >
      <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', text)} />
      {/* In a narrow window the action goes below the text. */}
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-2.5 gap-y-1.5">
        <div className="min-w-0 flex-[1_1_18rem]">
          {title === undefined ? null : <span className="mr-2 font-semibold">{title}</span>}
          <span className="break-words text-text">{children}</span>
        </div>
        {action}
      </div>
      {onDismiss === undefined ? null : (
        <IconButton
          size="sm"
          label={title === undefined ? 'Dismiss' : `Dismiss: ${title}`}
          hint="Dismiss"
          onPress={onDismiss}
        >
          <X aria-hidden className="size-3.5" />
        </IconButton>
      )}
    </section>
  );
}
