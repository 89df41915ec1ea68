import type { ReactNode } from 'react';
import { Link } from 'react-aria-components';

/** A link to another page of this window. */
export const TextLink = ({
  onPress,
  label,
  children,
}: {
  readonly onPress: () => void;
  /** The accessible name, if the text alone says too little. */
  readonly label?: string;
  readonly children: ReactNode;
}) => (
  <Link
    onPress={onPress}
    {...(label !== undefined && { 'aria-label': label })}
    className="cursor-default rounded-xs font-medium text-text underline decoration-control underline-offset-3 data-hovered:decoration-text"
  >
    {children}
  </Link>
);
