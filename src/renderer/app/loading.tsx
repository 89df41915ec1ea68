import type { Look } from '@shared/model/preferences';
import type { CSSProperties } from 'react';
import { Skeleton } from '../components/skeleton';
import { isNarrow } from './sidebar-state';

/** Limits the sidebar to what the main pane can spare; `isRail` is for a sidebar of icons. */
export const shellColumns = (sidebarWidth: number, isRail: boolean): CSSProperties => ({
  gridTemplateColumns: `${isRail ? '3rem' : `min(${String(sidebarWidth / 16)}rem, 36vw)`} minmax(0, 1fr)`,
});

/** The shell's outline, so that nothing moves when the first data arrives. */
export const Loading = ({ sidebarWidth, sidebarCollapsed }: Omit<Look, 'theme'>) => (
  <output
    aria-busy
    aria-label="Strongroom is starting"
    className="grid h-full"
    style={shellColumns(sidebarWidth, sidebarCollapsed || isNarrow())}
  >
    <div className="flex flex-col gap-4 overflow-hidden border-r border-line bg-bg p-4">
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
