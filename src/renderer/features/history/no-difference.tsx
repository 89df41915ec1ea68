import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Centred } from '../../components/page';

/** In place of a difference: why there is none. */
export const NoDifference = ({
  title,
  children,
  action = null,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** What can be done about it. */
  readonly action?: ReactNode;
}) => (
  <Centred icon={<Trash2 aria-hidden className="size-5" />} title={title} actions={action}>
    <p>{children}</p>
  </Centred>
);
