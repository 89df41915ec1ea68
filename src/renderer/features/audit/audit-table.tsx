import type { AuditEntry } from '@shared/model/audit';
import type { Caller } from '@shared/model/caller';
import { CircleCheck, CircleSlash } from 'lucide-react';
import { TableBody, TableHeader } from 'react-aria-components';
import { Cell, Column, Row, Table } from '@renderer/components/table';
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

/** Entries of the audit, the newest first. */
export const AuditTable = ({ label, entries, ofOneGrant = false }: Props) => (
  <Table aria-label={label}>
    <TableHeader>
      <Column id="time" width={scaled(165)} className="pl-5">
        Time
      </Column>
      <Column id="event" isRowHeader width={scaled(120)}>
        Event
      </Column>
      <Column id="caller" width={scaled(110)}>
        Caller
      </Column>
      <Column id="about" width="1fr" minWidth={scaled(150)}>
        {ofOneGrant ? 'Request' : 'About'}
      </Column>
      <Column id="decision" width={scaled(105)}>
        Decision
      </Column>
      <Column id="answer" width={scaled(140)}>
        Answer
      </Column>
    </TableHeader>
    <TableBody items={entries.map((entry) => ({ id: entry.seq, entry }))}>
      {({ entry }) => <AuditRow entry={entry} ofOneGrant={ofOneGrant} />}
    </TableBody>
  </Table>
);

function AuditRow({
  entry,
  ofOneGrant,
}: {
  readonly entry: AuditEntry;
  readonly ofOneGrant: boolean;
}) {
  const { seq, at, event, caller, grant, reason } = entry;
  const request = requestText(entry);
  const place = placeText(entry);
  return (
    <Row id={seq} textValue={eventWords[event]}>
      <Cell className="pl-5 text-text-2 tabular-nums">
        <span title={`Entry ${String(seq)}`}>{formatDateTime(at)}</span>
      </Cell>
      <Cell>{eventWords[event]}</Cell>
      <Cell className="text-text-2">
        {caller === undefined ? 'Strongroom' : <CallerText caller={caller} />}
      </Cell>
      <Cell>
        <span className="flex min-w-0 flex-col">
          {ofOneGrant || grant === undefined ? null : (
            <bdi className="truncate">{shown(grant.name)}</bdi>
          )}
          {request === '' ? null : (
            <bdi className="font-mono text-xs [overflow-wrap:anywhere]">{request}</bdi>
          )}
          {place === '' ? null : (
            <bdi className="[overflow-wrap:anywhere] text-text-2">{place}</bdi>
          )}
          {reason === undefined ? null : (
            <span className="text-2xs [overflow-wrap:anywhere] text-text-3">
              Reason: <bdi>{shown(reason)}</bdi>
            </span>
          )}
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

function CallerText({ caller }: { readonly caller: Caller }) {
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
