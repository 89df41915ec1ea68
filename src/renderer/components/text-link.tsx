import type { ReactNode } from 'react';
import { Link } from 'react-aria-components';

/** A way to another page of this window. */
export const TextLink = ({
  onPress,
  children,
}: {
  readonly onPress: () => void;
  readonly children: ReactNode;
}) => (
  <Link
    onPress={onPress}
    className="cursor-default rounded-xs font-medium text-text underline decoration-control underline-offset-3 data-hovered:decoration-text"
  >
    {children}
  </Link>
);
