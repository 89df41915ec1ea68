import type { ReactNode } from 'react';

/** The body of a tab with one column. */
export const TabBody = ({ children }: { readonly children: ReactNode }) => (
  <div className="@container min-h-0 flex-1 overflow-auto">
    <div className="flex max-w-2xl flex-col gap-7 px-5 py-5">{children}</div>
  </div>
);
