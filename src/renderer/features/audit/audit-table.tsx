import type { AuditEntry } from '@shared/model/audit';
import type { Caller } from '@shared/model/caller';
import { CircleCheck, CircleSlash } from 'lucide-react';
import { TableBody, TableHeader } from 'react-aria-components';
import { Cell, Column, Row, Table, TableRoom } from '@renderer/components/table';
import { cx } from '@renderer/lib/class-names';
import { formatDateTime, formatDuration } from '@renderer/lib/format';
import { scaled } from '@renderer/lib/rem';
import { callerDetail, callerWords } from '../settings/activity/words';
import { decisionWords, eventWords, placeText, requestText, shown } from './words';

interface Props {
  readonly label: string;
  readonly entries: readonly AuditEntry[];
  /** Whether all entries are of one grant, which need not be named then. */
  readonly ofOneGrant?: boolean;
}

/** The widths of the table with three columns, and with all. */
const STEPS = [440, 810];

/** Entries of the audit, the newest first. A column that does not fit is a line of another one. */
export const AuditTable = ({ label, entries, ofOneGrant = false }: Props) => (
  <TableRoom steps={STEPS}>
    {(fitting) => {
      const hasAll = fitting === 2;
      const hasTime = fitting > 0;
      return (
        <Table key={fitting} aria-label={label}>
          <TableHeader>
            {hasTime ? (
              <Column id="time" width={scaled(hasAll ? 165 : 160)} className="pl-5">
                Time
              </Column>
            ) : null}
            <Column
              id="event"
              isRowHeader
              width={hasAll ? scaled(140) : '1fr'}
              minWidth={scaled(120)}
              className={cx(!hasTime && 'pl-5')}
            >
              Event
            </Column>
            {hasAll ? (
              <>
                <Column id="caller" width={scaled(110)}>
                  Caller
                </Column>
                <Column id="about" width="1fr" minWidth={scaled(150)}>
                  {ofOneGrant ? 'Request' : 'About'}
                </Column>
              </>
            ) : null}
            <Column id="decision" width={scaled(hasAll ? 105 : 132)}>
              Decision
            </Column>
            {hasAll ? (
              <Column id="answer" width={scaled(140)}>
                Answer
              </Column>
            ) : null}
          </TableHeader>
          <TableBody items={entries.map((entry) => ({ id: entry.seq, entry }))}>
            {({ entry }) =>
              hasAll ? (
                <WideRow entry={entry} ofOneGrant={ofOneGrant} />
              ) : (
                <FoldedRow entry={entry} ofOneGrant={ofOneGrant} hasTime={hasTime} />
              )
            }
          </TableBody>
        </Table>
      );
    }}
  </TableRoom>
);

interface RowProps {
  readonly entry: AuditEntry;
  readonly ofOneGrant: boolean;
}

function WideRow({ entry, ofOneGrant }: RowProps) {
  const { seq, event } = entry;
  return (
    <Row id={seq} textValue={eventWords[event]}>
      <Cell className="pl-5 text-text-2 tabular-nums">
        <Time entry={entry} />
      </Cell>
      <Cell>{eventWords[event]}</Cell>
      <Cell className="text-text-2">
        <CallerText caller={entry.caller} />
      </Cell>
      <Cell>
        <span className="flex min-w-0 flex-col">
          <About entry={entry} ofOneGrant={ofOneGrant} />
        </span>
      </Cell>
      <Cell>
        <Decision entry={entry} />
      </Cell>
      <Cell className="text-text-2 tabular-nums">
        <Answer entry={entry} />
      </Cell>
    </Row>
  );
}

function FoldedRow({ entry, ofOneGrant, hasTime }: RowProps & { readonly hasTime: boolean }) {
  const { seq, event } = entry;
  const time = (
    <>
      <Time entry={entry} />
      <CallerText caller={entry.caller} />
    </>
  );
  return (
    <Row id={seq} textValue={eventWords[event]}>
      {hasTime ? (
        <Cell className="pl-5 text-text-2 tabular-nums">
          <span className="flex min-w-0 flex-col">{time}</span>
        </Cell>
      ) : null}
      <Cell className={cx(!hasTime && 'pl-5')}>
        <span className="flex min-w-0 flex-col">
          <span>{eventWords[event]}</span>
          <About entry={entry} ofOneGrant={ofOneGrant} />
          {hasTime ? null : (
            <span className="mt-0.5 flex flex-wrap gap-x-2 text-xs text-text-2 tabular-nums">
              {time}
            </span>
          )}
        </span>
      </Cell>
      <Cell>
        <span className="flex min-w-0 flex-col gap-0.5">
          <Decision entry={entry} />
          <span className="text-text-2 tabular-nums">
            <Answer entry={entry} />
          </span>
        </span>
      </Cell>
    </Row>
  );
}

const Time = ({ entry: { seq, at } }: { readonly entry: AuditEntry }) => (
  <span title={`Entry ${String(seq)}`}>{formatDateTime(at)}</span>
);

function About({ entry, ofOneGrant }: RowProps) {
  const { grant, reason } = entry;
  const request = requestText(entry);
  const place = placeText(entry);
  return (
    <>
      {ofOneGrant || grant === undefined ? null : (
        <bdi className="truncate">{shown(grant.name)}</bdi>
      )}
      {request === '' ? null : (
        <bdi className="font-mono text-xs [overflow-wrap:anywhere]">{request}</bdi>
      )}
      {place === '' ? null : <bdi className="[overflow-wrap:anywhere] text-text-2">{place}</bdi>}
      {reason === undefined ? null : (
        <span className="text-2xs [overflow-wrap:anywhere] text-text-3">
          Reason: <bdi>{shown(reason)}</bdi>
        </span>
      )}
    </>
  );
}

function CallerText({ caller }: { readonly caller: Caller | undefined }) {
  if (caller === undefined) return <span>Strongroom</span>;
  const detail = shown(callerDetail(caller));
  const title = caller.claimed === true ? `${detail}, as the program says` : detail;
  return (
    <span className="min-w-0" title={title === '' ? undefined : title}>
      {callerWords[caller.kind]}
      {detail === '' ? null : <bdi className="block truncate text-2xs text-text-3">{detail}</bdi>}
    </span>
  );
}

function Decision({ entry: { decision, rule } }: { readonly entry: AuditEntry }) {
  if (decision === undefined) return null;
  const isAllowed = decision === 'allowed';
  const Icon = isAllowed ? CircleCheck : CircleSlash;
  return (
    <span className="flex min-w-0 items-start gap-1.5">
      <Icon
        aria-hidden
        className={
          isAllowed ? 'mt-0.5 size-3.5 shrink-0 text-good' : 'mt-0.5 size-3.5 shrink-0 text-bad'
        }
      />
      <span className="min-w-0">
        {decisionWords[decision]}
        {rule === undefined ? null : (
          <span className="block text-2xs [overflow-wrap:anywhere] text-text-3">{shown(rule)}</span>
        )}
      </span>
    </span>
  );
}

/** The status, or the code of the error, and how long it took. */
function Answer({ entry: { status, error, duration } }: { readonly entry: AuditEntry }) {
  return (
    <span className="min-w-0">
      {status === undefined ? null : <span className="block">{status}</span>}
      {error === undefined ? null : (
        <span className="block font-mono text-2xs [overflow-wrap:anywhere]">{shown(error)}</span>
      )}
      {duration === undefined ? null : (
        <span className="block text-2xs text-text-3">{formatDuration(duration)}</span>
      )}
    </span>
  );
}
