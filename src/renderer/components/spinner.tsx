import { LoaderCircle } from 'lucide-react';
import { cx } from '../lib/class-names';

/** Something is under way. Assistive technology skips it: the text next to it says what. */
export const Spinner = ({ className }: { readonly className?: string }) => (
  <LoaderCircle aria-hidden className={cx('size-3.5 shrink-0 animate-spin', className)} />
);
