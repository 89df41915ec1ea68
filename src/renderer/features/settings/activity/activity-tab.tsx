import type { ActivityEntry } from '@shared/model/activity';
import type { Caller } from '@shared/model/caller';
import {
  CircleCheck,
  CircleSlash,
  CircleX,
  Download,
  RotateCw,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { TableBody, TableHeader } from 'react-aria-components';
import { homeRoute } from '@renderer/app/navigation';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { ActionBar, Centred } from '@renderer/components/page';
import { Skeleton } from '@renderer/components/skeleton';
import { Cell, Column, Row, Table, TableRoom } from '@renderer/components/table';
import { cx } from '@renderer/lib/class-names';
import { formatDateTime, plural } from '@renderer/lib/format';
import { scaled } from '@renderer/lib/rem';
import { ActivityFilters } from './activity-filters';
import { isFiltered } from './store';
import { actionWords, callerDetail, callerWords, outcomeWords } from './words';

const outcomes = {
  done: { icon: CircleCheck, className: 'text-good' },
  failed: { icon: CircleX, className: 'text-bad' },
  cancelled: { icon: CircleSlash, className: 'text-text-3' },
} as const satisfies Record<ActivityEntry['outcome'], { icon: LucideIcon; className: string }>;

export function ActivityTab() {
  const { activity, commands, environments, navigation } = useStores();
  const hasEnvironments = useFeature('environments', ({ list }) => list.length > 0);
  const goHome = (): void => {
    const { list } = environments.getState();
    if (list.length === 0) commands.getState().run('new-environment');
    else navigation.getState().go(homeRoute(list, navigation.getState().lastEnvironment));
  };
  const entries = useFeature('activity', (state) => state.entries);
  const error = useFeature('activity', (state) => state.error);
  const more = useFeature('activity', (state) => state.more);
  const loading = useFeature('activity', (state) => state.loading);
  const filtered = useFeature('activity', isFiltered);
  // The fields are made again, without the text that was typed into them.
  const [cleared, setCleared] = useState(0);
  const clear = (): void => {
    void activity.getState().setFilter({});
    setCleared((count) => count + 1);
  };

  useEffect(() => {
    void activity.getState().refresh();
  }, [activity]);

  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-5 py-2.5">
        <ActivityFilters key={cleared} />
        <span className="ml-auto flex flex-wrap items-center justify-end gap-2">
          <Button
            variant="quiet"
            icon={<RotateCw aria-hidden className="size-3.5" />}
            onPress={() => void activity.getState().refresh()}
          >
            Refresh
          </Button>
          <Button
            isDisabled={entries === undefined || entries.length === 0}
            icon={<Download aria-hidden className="size-3.5" />}
            onPress={() => void activity.getState().export()}
          >
            Export…
          </Button>
        </span>
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
        filtered ? (
          <Centred
            title="No entry matches the filters"
            actions={
              <Button variant="primary" onPress={clear}>
                Clear the filters
              </Button>
            }
          >
            <p>Choose other filters, or see every entry of this workspace.</p>
          </Centred>
        ) : (
          <Centred
            title="Nothing yet"
            actions={
              <Button variant="primary" onPress={goHome}>
                {hasEnvironments ? 'Open an environment' : 'Create an environment'}
              </Button>
            }
          >
            <p>Pulling, revealing and copying show up here, without the values.</p>
          </Centred>
        )
      ) : (
        <ActivityTable entries={entries} />
      )}
      {entries === undefined || entries.length === 0 ? null : (
        <ActionBar>
          <output
            aria-label="Entries"
            className="min-w-0 flex-1 truncate text-xs text-text-2 tabular-nums"
          >
            {`${plural(entries.length, 'entry', 'entries')}, newest first${more ? ', and there are older ones' : ''}. Kept on this computer, without values.`}
          </output>
          {more ? (
            <Button size="sm" isBusy={loading} onPress={() => void activity.getState().older()}>
              Show older
            </Button>
          ) : null}
        </ActionBar>
      )}
    </>
  );
}

/** The widths of the table with three columns, and with all. */
const STEPS = [440, 790];

/** A column that does not fit is a line of another one. */
const ActivityTable = ({ entries }: { readonly entries: readonly ActivityEntry[] }) => (
  <TableRoom steps={STEPS}>
    {(fitting) => {
      const hasAll = fitting === 2;
      const hasTime = fitting > 0;
      return (
        <Table key={fitting} aria-label="Activity">
          <TableHeader>
            {hasTime ? (
              <Column id="time" width={scaled(hasAll ? 165 : 160)} className="pl-5">
                Time
              </Column>
            ) : null}
            <Column
              id="action"
              isRowHeader
              width={hasAll ? scaled(165) : '1fr'}
              minWidth={scaled(120)}
              className={cx(!hasTime && 'pl-5')}
            >
              Action
            </Column>
            {hasAll ? (
              <>
                <Column id="where" width="2fr" minWidth={scaled(110)}>
                  Environment
                </Column>
                <Column id="detail" width="3fr" minWidth={scaled(150)}>
                  Detail
                </Column>
                <Column id="caller" width={scaled(100)}>
                  Caller
                </Column>
              </>
            ) : null}
            <Column id="outcome" width={scaled(hasAll ? 100 : 120)}>
              Outcome
            </Column>
          </TableHeader>
          <TableBody items={entries}>
            {(entry) =>
              hasAll ? <WideRow entry={entry} /> : <FoldedRow entry={entry} hasTime={hasTime} />
            }
          </TableBody>
        </Table>
      );
    }}
  </TableRoom>
);

function WideRow({ entry }: { readonly entry: ActivityEntry }) {
  return (
    <Row id={entry.id} textValue={actionWords[entry.action]}>
      <Cell className="pl-5 text-text-2 tabular-nums">{formatDateTime(entry.at)}</Cell>
      <Cell>{actionWords[entry.action]}</Cell>
      <Cell>
        <Where entry={entry} />
      </Cell>
      <Cell className="text-text-2">
        <Detail entry={entry} />
      </Cell>
      <Cell className="text-text-3">
        {entry.caller === undefined ? null : <CallerText caller={entry.caller} />}
      </Cell>
      <Cell>
        <Outcome entry={entry} />
      </Cell>
    </Row>
  );
}

interface FoldedRowProps {
  readonly entry: ActivityEntry;
  readonly hasTime: boolean;
}

function FoldedRow({ entry, hasTime }: FoldedRowProps) {
  const time = (
    <>
      <span>{formatDateTime(entry.at)}</span>
      {entry.caller === undefined ? null : <CallerText caller={entry.caller} />}
    </>
  );
  return (
    <Row id={entry.id} textValue={actionWords[entry.action]}>
      {hasTime ? (
        <Cell className="pl-5 text-text-2 tabular-nums">
          <span className="flex min-w-0 flex-col">{time}</span>
        </Cell>
      ) : null}
      <Cell className={cx(!hasTime && 'pl-5')}>
        <span className="flex min-w-0 flex-col">
          <span>{actionWords[entry.action]}</span>
          <Where entry={entry} />
          <span className="text-text-2">
            <Detail entry={entry} />
          </span>
          {hasTime ? null : (
            <span className="mt-0.5 flex flex-wrap gap-x-2 text-xs text-text-2 tabular-nums">
              {time}
            </span>
          )}
        </span>
      </Cell>
      <Cell>
        <Outcome entry={entry} />
      </Cell>
    </Row>
  );
}

const Where = ({ entry: { environment, path } }: { readonly entry: ActivityEntry }) => (
  <span className="min-w-0">
    <span className="block truncate" title={environment}>
      {environment}
    </span>
    {path === undefined || path === environment ? null : (
      <span className="block truncate font-mono text-2xs text-text-3" title={path}>
        {path}
      </span>
    )}
  </span>
);

const Detail = ({ entry: { detail, reason } }: { readonly entry: ActivityEntry }) => (
  <span className="min-w-0">
    <span className="block break-words">{detail}</span>
    {reason === undefined ? null : (
      <span className="block break-words text-2xs text-text-3">{reason}</span>
    )}
  </span>
);

function Outcome({ entry: { outcome } }: { readonly entry: ActivityEntry }) {
  const { icon: Icon, className } = outcomes[outcome];
  return (
    <span className="flex items-center gap-1.5">
      <Icon aria-hidden className={cx('size-3.5 shrink-0', className)} />
      {outcomeWords[outcome]}
    </span>
  );
}

function CallerText({ caller }: { readonly caller: Caller }) {
  const detail = callerDetail(caller);
  const title = caller.claimed === true ? `${detail}, as the program says` : detail;
  return (
    <span className="min-w-0" title={title === '' ? undefined : title}>
      {callerWords[caller.kind]}
      {detail === '' ? null : <span className="block truncate text-2xs">{detail}</span>}
    </span>
  );
}
