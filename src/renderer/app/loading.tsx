import { Skeleton } from '../components/skeleton';

/** The shell's outline, so that the first picture and the one after it are the same one. */
export const Loading = () => (
  <output
    aria-busy
    aria-label="Strongroom is starting"
    className="grid h-full grid-cols-[min(248px,36vw)_minmax(0,1fr)]"
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
