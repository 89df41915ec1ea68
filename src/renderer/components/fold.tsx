import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { cx } from '../lib/class-names';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** Shown at the right of the title. */
  readonly note?: string;
  /** For small print: without a heading and a border. */
  readonly quiet?: boolean;
  /** Of the heading: one below the heading of the section around it. */
  readonly level?: 2 | 3;
  readonly defaultOpen?: boolean;
  /** Together with `onOpenChange`, for a parent that controls whether it is open. */
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
}

/** A section that can be folded away. */
export function Fold({
  title,
  children,
  note,
  quiet = false,
  level = 3,
  defaultOpen = false,
  open,
  onOpenChange,
}: Props) {
  const trigger = (
    <Button
      slot="trigger"
      className={cx(
        'group/trigger flex w-full cursor-default items-center gap-1.5 rounded-sm text-left transition-colors data-hovered:text-text',
        quiet ? 'w-fit text-xs text-text-2' : 'py-1.5 font-medium',
      )}
    >
      <ChevronRight
        aria-hidden
        className="size-3.5 shrink-0 text-text-3 transition-transform group-aria-expanded/trigger:rotate-90"
      />
      <span className="min-w-0 flex-1">{title}</span>
      {note === undefined ? null : (
        <span className="text-xs font-normal text-text-2 tabular-nums">{note}</span>
      )}
    </Button>
  );
  return (
    <Disclosure
      {...(open === undefined ? { defaultExpanded: defaultOpen } : { isExpanded: open })}
      {...(onOpenChange !== undefined && { onExpandedChange: onOpenChange })}
    >
      {quiet ? trigger : <Heading level={level}>{trigger}</Heading>}
      <DisclosurePanel>
        <div className={quiet ? '' : 'pb-2.5 pl-5'}>{children}</div>
      </DisclosurePanel>
    </Disclosure>
  );
}
