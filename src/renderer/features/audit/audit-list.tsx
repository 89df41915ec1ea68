import { useStore } from 'zustand';
import type { ReactNode } from 'react';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { Centred } from '@renderer/components/page';
import { Skeleton } from '@renderer/components/skeleton';
import { plural } from '@renderer/lib/format';
import { AuditTable } from './audit-table';
import type { AuditStore } from './store';

interface Props {
  readonly audit: AuditStore;
  readonly label: string;
  readonly ofOneGrant?: boolean;
  /** Shown if nothing fits. */
  readonly nothing: {
    readonly title: string;
    readonly text: string;
    /** The next step. */
    readonly action?: ReactNode;
  };
}

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
          <div className="flex min-h-10 items-center gap-3 border-t border-line px-5 py-1.5 text-xs text-text-2">
            <output
              aria-label={`${label}: entries`}
              className="min-w-0 flex-1 truncate tabular-nums"
            >
              {`${plural(entries.length, 'entry', 'entries')}, newest first${more ? ', and there are older ones' : ''}.`}
            </output>
            {more ? (
              <Button size="sm" isBusy={loading} onPress={() => void audit.getState().older()}>
                Show older
              </Button>
            ) : null}
          </div>
        </>
      )}
    </>
  );
}
