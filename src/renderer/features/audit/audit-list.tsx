import { useStore } from 'zustand';
import type { ReactNode } from 'react';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { ActionBar, Centred } from '@renderer/components/page';
import { Skeleton } from '@renderer/components/skeleton';
import { plural } from '@renderer/lib/format';
import { AuditTable } from './audit-table';
import type { AuditStore } from './store';

interface Props {
  readonly audit: AuditStore;
  readonly label: string;
  /** Then what is around it says how many there are. */
  readonly ofOneGrant?: boolean;
  /** Shown if nothing fits. */
  readonly nothing: {
    readonly title: string;
    readonly text: string;
    /** The next step. */
    readonly action?: ReactNode;
  };
}

/** How many entries are on show, and whether there are more. */
export const extentOf = (count: number, more: boolean): string =>
  `${plural(count, 'entry', 'entries')}, newest first${more ? ', and there are older ones' : ''}.`;

/** What a store of the audit has: its entries, that there are none, or what went wrong. */
export function AuditList({ audit, label, ofOneGrant = false, nothing }: Props) {
  const entries = useStore(audit, (state) => state.entries);
  const error = useStore(audit, (state) => state.error);
  const more = useStore(audit, (state) => state.more);
  const loading = useStore(audit, (state) => state.loading);
  return (
    <>
      {error === undefined ? null : (
        <div className="px-5 pb-3">
          <ErrorCard report={error} />
        </div>
      )}
      {entries === undefined ? (
        <div className="flex flex-col gap-5 px-5 py-4" aria-hidden>
          <Skeleton className="w-96" />
          <Skeleton className="w-80" />
          <Skeleton className="w-88" />
        </div>
      ) : entries.length === 0 ? (
        <Centred title={nothing.title} actions={nothing.action}>
          <p>{nothing.text}</p>
        </Centred>
      ) : (
        <>
          <AuditTable label={label} entries={entries} ofOneGrant={ofOneGrant} />
          {ofOneGrant ? null : (
            <ActionBar>
              <output
                aria-label={`${label}: entries`}
                className="min-w-0 flex-1 truncate text-xs text-text-2 tabular-nums"
              >
                {extentOf(entries.length, more)}
              </output>
              {more ? (
                <Button size="sm" isBusy={loading} onPress={() => void audit.getState().older()}>
                  Show older
                </Button>
              ) : null}
            </ActionBar>
          )}
        </>
      )}
    </>
  );
}
