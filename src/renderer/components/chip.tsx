import type { ReactNode } from 'react';

/** A word that names a kind. */
export const Chip = ({ children }: { readonly children: ReactNode }) => (
  <span className="my-px inline-flex h-4.5 items-center gap-1 rounded-xs bg-sunken px-1.5 text-2xs text-text-2">
    {children}
  </span>
);
