import type { AuditVerdict } from '@shared/model/audit';
import { ChevronDown, Download, RotateCw, ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { CopyButton } from '@renderer/components/copy-button';
import { Menu, MenuItem } from '@renderer/components/menu';
import { tones } from '@renderer/components/tone';
import { cx } from '@renderer/lib/class-names';
import { AuditFilters } from './audit-filters';
import { AuditList } from './audit-list';
import { isFiltered } from './store';
import { verdictText } from './words';

/** The audit of everything on this computer. */
export function AuditTab() {
  const { audit, navigation } = useStores();
  const entries = useFeature('audit', (state) => state.entries);
  const verdict = useFeature('audit', (state) => state.verdict);
  const exporting = useFeature('audit', (state) => state.exporting);
  const filtered = useFeature('audit', isFiltered);
  // The fields are made again, without the text that was typed into them.
  const [cleared, setCleared] = useState(0);
  const clear = (): void => {
    void audit.getState().setFilter({});
    setCleared((count) => count + 1);
  };

  useEffect(() => {
    void audit.getState().refresh();
  }, [audit]);

  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-5 py-2.5">
        <AuditFilters key={cleared} />
        <span className="ml-auto flex flex-wrap items-center justify-end gap-2">
          <Button
            variant="quiet"
            icon={<RotateCw aria-hidden className="size-3.5" />}
            onPress={() => void audit.getState().refresh()}
          >
            Refresh
          </Button>
          <Button
            isBusy={verdict === 'checking'}
            icon={<ShieldCheck aria-hidden className="size-3.5" />}
            onPress={() => void audit.getState().verify()}
          >
            Verify
          </Button>
          <MenuTrigger>
            <Button
              isDisabled={entries === undefined || entries.length === 0}
              isBusy={exporting}
              icon={<Download aria-hidden className="size-3.5" />}
            >
              Export
              <ChevronDown aria-hidden className="size-3.5 text-text-3" />
            </Button>
            <Menu
              aria-label="Export"
              onAction={(key) => void audit.getState().export(key === 'csv' ? 'csv' : 'jsonl')}
            >
              <MenuItem id="jsonl">JSON lines</MenuItem>
              <MenuItem id="csv">CSV, for spreadsheets</MenuItem>
            </Menu>
          </MenuTrigger>
        </span>
      </div>
      {/* Always there, so that assistive technology reads out what appears in it. */}
      <output aria-label="Verification" className="block">
        {verdict === undefined || verdict === 'checking' ? null : <Verdict verdict={verdict} />}
      </output>
      <AuditList
        audit={audit}
        label="Audit"
        nothing={
          filtered
            ? {
                title: 'No entry matches the filters',
                text: 'Choose other filters, or see every entry.',
                action: (
                  <Button variant="primary" onPress={clear}>
                    Clear the filters
                  </Button>
                ),
              }
            : {
                title: 'Nothing yet',
                text: 'Requests with grants, logins, unlocking, and values that were revealed, copied or exported show up here, without the values.',
                action: (
                  <Button
                    variant="primary"
                    onPress={() => navigation.getState().go({ screen: 'requests' })}
                  >
                    Open Requests
                  </Button>
                ),
              }
        }
      />
    </>
  );
}

function Verdict({ verdict }: { readonly verdict: AuditVerdict }) {
  const { icon: Icon, text, wash } = tones[verdict.holds ? 'good' : 'bad'];
  return (
    <div className={cx('flex items-start gap-2.5 border-y border-line px-5 py-2.5', wash)}>
      <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', text)} />
      <div className="min-w-0 flex-1">
        <p>{verdictText(verdict)}</p>
        {verdict.head === '' ? null : (
          <p className="flex min-w-0 items-center gap-1 text-xs text-text-2">
            <span className="shrink-0">Last hash, to note elsewhere:</span>
            <code className="min-w-0 truncate font-mono">{verdict.head}</code>
            <CopyButton variant="quiet" size="sm" label="Copy hash" text={() => verdict.head} />
          </p>
        )}
      </div>
    </div>
  );
}
