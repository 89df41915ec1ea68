import type { ReactNode } from 'react';

/** The body of a tab with one column. */
export const TabBody = ({ children }: { readonly children: ReactNode }) => (
  // Sections that come later must not move the others aside by a scrollbar.
  <div className="@container min-h-0 flex-1 overflow-auto [scrollbar-gutter:stable]">
    <div className="flex max-w-2xl flex-col gap-7 px-5 py-5">{children}</div>
  </div>
);
