import { RotateCw } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button, IconButton } from '@renderer/components/button';
import { AuditList, extentOf } from '../audit/audit-list';
import { createAudit } from '../audit/store';

/**
 * The audit of one grant: time, caller, request, decision with its rule, status and duration. It fills the column that
 * it is in; its table scrolls by itself.
 */
export function GrantAudit({ grantId }: { readonly grantId: string }) {
  const { client, commands } = useStores();
  const canTry = useFeature('commands', ({ offered }) => offered.has('try-grant'));
  const audit = useMemo(
    () => createAudit(client, { onExported: () => undefined }, { grant: grantId }),
    [client, grantId],
  );
  const entries = useStore(audit, (state) => state.entries);
  const more = useStore(audit, (state) => state.more);
  const loading = useStore(audit, (state) => state.loading);
  useEffect(() => {
    void audit.getState().refresh();
  }, [audit]);
  return (
    <section aria-label="Audit of this grant" className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center gap-3 px-5 py-1.5">
        <h2 className="font-semibold">Audit</h2>
        <output
          aria-label="Audit of this grant: entries"
          className="min-w-0 flex-1 truncate text-xs text-text-2 tabular-nums"
        >
          {entries === undefined || entries.length === 0 ? '' : extentOf(entries.length, more)}
        </output>
        {more ? (
          <Button size="sm" isBusy={loading} onPress={() => void audit.getState().older()}>
            Show older
          </Button>
        ) : null}
        <IconButton
          size="sm"
          label="Refresh the audit of this grant"
          hint="Refresh"
          onPress={() => void audit.getState().refresh()}
        >
          <RotateCw aria-hidden className="size-3.5" />
        </IconButton>
      </div>
      <AuditList
        audit={audit}
        label="Audit of this grant"
        ofOneGrant
        nothing={{
          title: 'Not used yet',
          text: 'Each use and each refusal shows up here.',
          action: canTry ? (
            <Button size="sm" onPress={() => void commands.getState().run('try-grant')}>
              Try the grant
            </Button>
          ) : undefined,
        }}
      />
    </section>
  );
}
