import {
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  ClockAlert,
  type LucideIcon,
} from 'lucide-react';
import type { Grant } from '@shared/model/grant';
import { cx } from '../../lib/class-names';
import { shownState, stateWords, type ShownState } from './words';

const marks = {
  active: { icon: CircleCheck, className: 'text-good' },
  unused: { icon: CircleDashed, className: 'text-text-3' },
  disabled: { icon: CirclePause, className: 'text-warn' },
  expired: { icon: ClockAlert, className: 'text-warn' },
  ended: { icon: CircleSlash, className: 'text-text-3' },
} as const satisfies Record<ShownState, { icon: LucideIcon; className: string }>;

/** The state of a grant: an icon and a word. */
export function GrantStateMark({ grant }: { readonly grant: Grant }) {
  const state = shownState(grant);
  const { icon: Icon, className } = marks[state];
  return (
    <span className={cx('flex shrink-0 items-center gap-1 text-2xs', className)}>
      <Icon aria-hidden className="size-3" />
      {stateWords[state]}
    </span>
  );
}
