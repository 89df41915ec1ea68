import type { ReactNode } from 'react';
import { cx } from '../lib/class-names';

const chipTones = {
  plain: 'bg-sunken text-text-2',
  secret: 'bg-brass-wash text-brass',
  bad: 'bg-bad-wash text-bad',
} as const;

interface Props {
  readonly children: ReactNode;
  readonly tone?: keyof typeof chipTones;
}

/** A small label that names a kind. */
export const Chip = ({ children, tone = 'plain' }: Props) => (
  <span
    className={cx(
      'my-px inline-flex h-4.5 shrink-0 items-center gap-1 rounded-xs px-1.5 text-2xs',
      chipTones[tone],
    )}
  >
    {children}
  </span>
);
