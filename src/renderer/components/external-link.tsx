import { ExternalLink as Icon } from 'lucide-react';
import { Link } from 'react-aria-components';

/** A link to documentation. A desktop window opens it in the browser of the system, if the host allows it. */
export const ExternalLink = ({
  href,
  children,
}: {
  readonly href: string;
  readonly children: string;
}) => (
  <Link
    href={href}
    target="_blank"
    rel="noreferrer"
    className="inline-flex w-fit items-center gap-1 rounded-xs text-text-2 underline decoration-control underline-offset-3 data-hovered:text-text data-hovered:decoration-text"
  >
    {children}
    <Icon aria-hidden className="size-3" />
  </Link>
);
