import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Centred } from '../../components/page';

/** Shown instead of a difference, with the reason. */
export const NoDifference = ({
  title,
  children,
  action = null,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** The way to get a difference. */
  readonly action?: ReactNode;
}) => (
  <Centred icon={<Trash2 aria-hidden className="size-5" />} title={title} actions={action}>
    <p>{children}</p>
  </Centred>
);
