import { cx } from '../lib/class-names';

/** A placeholder for content that arrives in a moment. */
export const Skeleton = ({ className }: { readonly className?: string }) => (
  <span aria-hidden className={cx('block h-2.5 animate-breathe rounded-full bg-line', className)} />
);
