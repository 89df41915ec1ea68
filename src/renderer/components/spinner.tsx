import { LoaderCircle } from 'lucide-react';
import { cx } from '../lib/class-names';

/** Something is under way. Says nothing by itself: the text beside it does. */
export const Spinner = ({ className }: { readonly className?: string }) => (
  <LoaderCircle aria-hidden className={cx('size-3.5 shrink-0 animate-spin', className)} />
);
