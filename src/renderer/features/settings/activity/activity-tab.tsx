import type { ActivityAction, ActivityEntry } from '@shared/contract/activity';
import { CircleCheck, CircleSlash, CircleX, RotateCw, type LucideIcon } from 'lucide-react';
import { useEffect } from 'react';
import { TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '../../../app/stores';
import { Button } from '../../../components/button';
import { ErrorCard } from '../../../components/card';
import { Centred } from '../../../components/page';
import { Skeleton } from '../../../components/skeleton';
import { Cell, Column, Row, Table } from '../../../components/table';
import { cx } from '../../../lib/class-names';
import { formatDateTime, plural } from '../../../lib/format';
import { scaled } from '../../../lib/rem';

const words = {
  pulled: 'Pulled',
  'pulled-all': 'Pulled all',
  revealed: 'Revealed',
  copied: 'Copied',
  tested: 'Tested the connection',
  configured: 'Saved the settings',
  'environment-created': 'Created',
  'environment-renamed': 'Renamed',
  'environment-duplicated': 'Duplicated',
  'environment-deleted': 'Deleted',
  saved: 'Saved',
  pushed: 'Pushed',
  exported: 'Exported',
  'sync-enabled': 'Switched sync on',
  'sync-disabled': 'Switched sync off',
  migrated: 'Migrated',
  'workspace-created': 'Created workspace',
  'workspace-renamed': 'Renamed workspace',
  'workspace-deleted': 'Deleted workspace',
  'configuration-overridden': 'Overrode the defaults',
  'global-defaults-used': 'Went back to the defaults',
  'protection-changed': 'Changed protection',
} as const satisfies Record<ActivityAction, string>;

const outcomes = {
  done: { word: 'done', icon: CircleCheck, className: 'text-good' },
  failed: { word: 'failed', icon: CircleX, className: 'text-bad' },
  cancelled: { word: 'cancelled', icon: CircleSlash, className: 'text-text-3' },
} as const satisfies Record<
  ActivityEntry['outcome'],
  { word: string; icon: LucideIcon; className: string }
>;

export function ActivityTab() {
  const { activity } = useStores();
  const entries = useFeature('activity', (state) => state.entries);
  const error = useFeature('activity', (state) => state.error);

  useEffect(() => {
    void activity.getState().refresh();
  }, [activity]);

  return (
    <>
      <div className="flex items-center gap-3 px-5 py-2.5">
        <p className="min-w-0 flex-1 text-text-2">
          {entries === undefined
            ? 'Reading the log.'
            : `${plural(entries.length, 'entry', 'entries')}, newest first. Kept on this computer, without values.`}
        </p>
        <Button
          variant="quiet"
          icon={<RotateCw aria-hidden className="size-3.5" />}
          onPress={() => void activity.getState().refresh()}
        >
          Refresh
        </Button>
      </div>
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
        <Centred title="Nothing yet">
          <p>Pulling, revealing and copying show up here, without the values.</p>
        </Centred>
      ) : (
        <ActivityTable entries={entries} />
      )}
    </>
  );
}

const ActivityTable = ({ entries }: { readonly entries: readonly ActivityEntry[] }) => (
  <Table aria-label="Activity">
    <TableHeader>
      <Column id="time" width={scaled(200)} className="pl-5">
        Time
      </Column>
      <Column id="action" isRowHeader width={scaled(170)}>
        What
      </Column>
      <Column id="where" minWidth={scaled(120)}>
        Environment
      </Column>
      <Column id="detail" minWidth={scaled(120)}>
        Detail
      </Column>
      <Column id="outcome" width={scaled(120)}>
        Outcome
      </Column>
    </TableHeader>
    <TableBody items={entries}>{(entry) => <ActivityRow entry={entry} />}</TableBody>
  </Table>
);

function ActivityRow({ entry }: { readonly entry: ActivityEntry }) {
  const { word, icon: Icon, className } = outcomes[entry.outcome];
  return (
    <Row id={entry.id} textValue={words[entry.action]}>
      <Cell className="pl-5 text-text-2 tabular-nums">{formatDateTime(entry.at)}</Cell>
      <Cell>{words[entry.action]}</Cell>
      <Cell>
        <span className="min-w-0">
          <span className="block truncate" title={entry.environment}>
            {entry.environment}
          </span>
          {entry.path === undefined || entry.path === entry.environment ? null : (
            <span className="block truncate font-mono text-2xs text-text-3" title={entry.path}>
              {entry.path}
            </span>
          )}
        </span>
      </Cell>
      <Cell className="text-text-2">
        <span className="min-w-0 break-words">{entry.detail}</span>
      </Cell>
      <Cell>
        <span className="flex items-center gap-1.5">
          <Icon aria-hidden className={cx('size-3.5', className)} />
          {word}
        </span>
      </Cell>
    </Row>
  );
}
