import type { CSSProperties } from 'react';
import { Skeleton } from '../components/skeleton';

/** Limits the sidebar to what the main pane can spare at the narrowest width. */
export const shellColumns = (sidebarWidth: number): CSSProperties => ({
  gridTemplateColumns: `min(${String(sidebarWidth)}px, 36vw) minmax(0, 1fr)`,
});

/** The shell's outline, so that nothing moves when the first data arrives. */
export const Loading = ({ sidebarWidth }: { readonly sidebarWidth: number }) => (
  <output
    aria-busy
    aria-label="Strongroom is starting"
    className="grid h-full"
    style={shellColumns(sidebarWidth)}
  >
    <div className="flex flex-col gap-4 border-r border-line bg-bg p-4">
      <Skeleton className="w-28" />
      <Skeleton className="mt-8 w-40" />
      <Skeleton className="w-32" />
      <Skeleton className="w-36" />
    </div>
    <div className="bg-panel p-5">
      <Skeleton className="mt-1 w-44" />
    </div>
  </output>
);
