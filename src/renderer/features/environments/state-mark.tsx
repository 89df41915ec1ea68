import type { Environment } from '@shared/model/environment';
import { CircleDashed, CircleX, Contrast, Laptop, Triangle, type LucideIcon } from 'lucide-react';

/** Words for failures, short enough for the list. The page shows the whole error. */
const problemWords: Partial<Record<string, string>> = {
  PERMISSION_DENIED: 'no permission',
  NOT_FOUND: 'not on server',
  SECRET_DELETED: 'deleted',
  SCHEDULED_FOR_DELETION: 'being deleted',
  TIMED_OUT: 'timed out',
  SERVER_SEALED: 'sealed',
  KEY_LOCKED: 'locked',
};

const serverWords = { changed: 'changed on server', deleted: 'deleted on server' } as const;

/** The state in a word or two. */
export function stateText({ state, revision, problem, server }: Environment): string {
  if (server !== undefined) return serverWords[server.state];
  switch (state) {
    case 'loaded':
      return revision ?? 'loaded';
    case 'not-loaded':
      return 'not loaded';
    case 'failed':
      return problemWords[problem?.code ?? ''] ?? 'failed';
    case 'local':
      return 'this computer';
  }
}

const marks = {
  'not-loaded': { icon: CircleDashed, className: 'size-3.5 text-text-3' },
  failed: { icon: CircleX, className: 'size-3.5 text-bad' },
  local: { icon: Laptop, className: 'size-3.5 text-text-3' },
  /** Somebody else changed the secret after the values were pulled. */
  changed: { icon: Triangle, className: 'size-2.5 fill-current text-info' },
  /** There are unsaved edits, in whatever state the environment is. */
  unsaved: { icon: Contrast, className: 'size-3.5 text-brass [&>path]:fill-current' },
} as const satisfies Record<
  Exclude<Environment['state'], 'loaded'> | 'changed' | 'unsaved',
  { icon: LucideIcon; className: string }
>;

export function StateMark({ state }: { readonly state: keyof typeof marks | 'loaded' }) {
  // Most are loaded, and a list may have thousands: an element costs less than an icon.
  if (state === 'loaded') {
    return (
      <span className="flex w-4 shrink-0 justify-center">
        <span className="size-2 rounded-full bg-good" />
      </span>
    );
  }
  const { icon: Icon, className } = marks[state];
  return (
    <span className="flex w-4 shrink-0 justify-center">
      <Icon aria-hidden className={className} />
    </span>
  );
}
