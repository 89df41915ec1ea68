/** Push All: the plan for each environment, then its outcome. */
import type { PushRow } from '@shared/model/transfer';
import { providerFacts } from '@shared/providers/facts';
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CloudUpload,
  Link,
  Pencil,
  Plus,
  RotateCw,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { ErrorText } from '../../components/error-text';
import { Fold } from '../../components/fold';
import { ActionBar, Centred, PageHeader } from '../../components/page';
import { Progress } from '../../components/progress';
import { Skeleton } from '../../components/skeleton';
import { Cell, Column, Row, Table, TableRoom } from '../../components/table';
import { cx } from '../../lib/class-names';
import { formatCount, formatDuration, plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { HelpButton } from '../help/help-button';
import { isPushable, type PushResult } from './store';

export function PushScreen() {
  const { commands, push, navigation } = useStores();
  const plan = useFeature('push', (state) => state.plan);
  const planning = useFeature('push', (state) => state.planning);
  const error = useFeature('push', (state) => state.planError);
  const pushing = useFeature('push', (state) => state.run !== undefined);
  const provider = useFeature('connection', (state) => state.settings.provider);

  useEffect(() => {
    void push.getState().makePlan();
  }, [push]);

  return (
    <>
      <PageHeader
        title="Push All"
        help={<HelpButton />}
        actions={
          <>
            <Button
              variant="quiet"
              onPress={() => navigation.getState().go({ screen: 'settings', tab: 'connection' })}
            >
              Open settings
            </Button>
            <Button
              isBusy={planning}
              isDisabled={pushing}
              icon={<RotateCw aria-hidden className="size-3.5" />}
              onPress={() => void push.getState().makePlan()}
            >
              Check again
            </Button>
          </>
        }
      >
        {`To ${providerFacts[provider].label}. Nothing is written until you push.`}
      </PageHeader>
      {error !== undefined ? (
        <div className="min-h-0 flex-1 overflow-auto p-5">
          <div className="max-w-xl">
            <ErrorCard report={error} />
          </div>
        </div>
      ) : plan === undefined ? (
        <PlanSkeleton />
      ) : plan.length === 0 ? (
        <Centred
          icon={<CloudUpload aria-hidden className="size-5" />}
          title="No environments yet"
          actions={
            <Button
              variant="primary"
              onPress={() => void commands.getState().run('new-environment')}
            >
              New environment
            </Button>
          }
        >
          <p>Push All writes environments to the provider. Create one and add variables first.</p>
        </Centred>
      ) : (
        <Plan plan={plan} />
      )}
      {plan === undefined || plan.length === 0 ? null : <Actions plan={plan} />}
    </>
  );
}

const PlanSkeleton = () => (
  <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-hidden px-5 py-4">
    <output className="sr-only">Comparing with the provider</output>
    <Skeleton className="w-80" />
    <Skeleton className="w-96" />
    <Skeleton className="w-72" />
  </div>
);

/** Rows that need a decision come first, unchanged ones last. */
const ORDER = { refused: 0, create: 1, update: 1, link: 1, none: 2 } as const satisfies Record<
  PushRow['action'],
  number
>;

/** The least width of the table with a column for the variables, in pixels at a text size of 16. */
const COLUMNS = 460;

function Plan({ plan }: { readonly plan: readonly PushRow[] }) {
  const results = useFeature('push', (state) => state.results);
  const items = useMemo(
    () =>
      plan
        .toSorted((a, b) => ORDER[a.action] - ORDER[b.action])
        .map((row) => ({ id: row.id, row, result: results.get(row.id) })),
    [plan, results],
  );
  return (
    <TableRoom steps={[COLUMNS]}>
      {(fitting) =>
        fitting === 0 ? (
          <Table key="folded" aria-label="Plan">
            <TableHeader>
              <Column id="name" isRowHeader width="1fr" minWidth={scaled(100)} className="pl-5">
                Environment
              </Column>
              <Column id="change" width="1.2fr" minWidth={scaled(150)}>
                Action
              </Column>
            </TableHeader>
            <TableBody items={items}>
              {({ row, result }) => <PlanRow row={row} result={result} isFolded />}
            </TableBody>
          </Table>
        ) : (
          <Table key="wide" aria-label="Plan">
            <TableHeader>
              <Column id="name" isRowHeader width="1.6fr" minWidth={scaled(150)} className="pl-5">
                Environment
              </Column>
              <Column id="action" width={scaled(130)}>
                Action
              </Column>
              <Column id="keys" width="1fr" minWidth={scaled(180)}>
                Variables
              </Column>
            </TableHeader>
            <TableBody items={items}>
              {({ row, result }) => <PlanRow row={row} result={result} />}
            </TableBody>
          </Table>
        )
      }
    </TableRoom>
  );
}

const actions = {
  create: { word: 'create', icon: Plus, className: 'text-good' },
  update: { word: 'change', icon: Pencil, className: 'text-warn' },
  link: { word: 'link', icon: Link, className: 'text-info' },
  none: { word: 'unchanged', icon: CircleDashed, className: 'text-text-3' },
  refused: { word: 'refused', icon: CircleSlash, className: 'text-bad' },
} as const satisfies Record<
  PushRow['action'],
  { word: string; icon: LucideIcon; className: string }
>;

const outcomes = {
  pushed: { word: 'pushed', icon: CircleCheck, className: 'text-good' },
  unchanged: { word: 'unchanged', icon: CircleDashed, className: 'text-text-3' },
  failed: { word: 'failed', icon: CircleAlert, className: 'text-bad' },
} as const satisfies Record<
  PushResult['state'],
  { word: string; icon: LucideIcon; className: string }
>;

interface PlanRowProps {
  readonly row: PushRow;
  readonly result: PushResult | undefined;
  /** Whether the variables are below the action. */
  readonly isFolded?: boolean;
}

function PlanRow({ row, result, isFolded = false }: PlanRowProps) {
  const {
    word,
    icon: Icon,
    className,
  } = result === undefined ? actions[row.action] : outcomes[result.state];
  const action = (
    <span className="flex items-center gap-1.5">
      <Icon aria-hidden className={cx('size-3.5 shrink-0', className)} />
      {word}
    </span>
  );
  const details = (
    <>
      <Problem row={row} result={result} />
      <Keys row={row} />
    </>
  );
  return (
    <Row id={row.id} textValue={row.name}>
      <Cell className="pl-5">
        <span className="min-w-0">
          <span className="block truncate font-medium" title={row.name}>
            {row.name}
          </span>
          {/* Most environments are named as their path. */}
          {row.path === row.name ? null : (
            <span className="block font-mono text-2xs wrap-anywhere text-text-3">{row.path}</span>
          )}
        </span>
      </Cell>
      {isFolded ? (
        <Cell className="pr-5">
          <div className="flex min-w-0 flex-1 flex-col gap-1">
            {action}
            {details}
          </div>
        </Cell>
      ) : (
        <>
          <Cell>{action}</Cell>
          <Cell className="pr-5">
            <div className="flex min-w-0 flex-1 flex-col gap-1">{details}</div>
          </Cell>
        </>
      )}
    </Row>
  );
}

function Problem({ row, result }: Omit<PlanRowProps, 'isFolded'>) {
  const { push } = useStores();
  const pushing = useFeature('push', (state) => state.run !== undefined);
  const error =
    result?.state === 'failed' ? result.error : result === undefined ? row.error : undefined;
  if (error === undefined) return null;
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
      <ErrorText report={error} className="flex-[1_1_12rem]" />
      {error.code === 'SCHEDULED_FOR_DELETION' ? (
        <Button
          size="sm"
          isDisabled={pushing}
          aria-label={`Undelete and overwrite: ${row.name}`}
          onPress={() => void push.getState().push([row.id], true)}
        >
          Undelete and overwrite
        </Button>
      ) : result === undefined ? null : (
        <Button
          size="sm"
          isDisabled={pushing}
          aria-label={`Try again: ${row.name}`}
          onPress={() => void push.getState().push([row.id])}
        >
          Try again
        </Button>
      )}
    </div>
  );
}

const signs = { added: '+', changed: '~', removed: '−' } as const;
const signColours = { added: 'text-good', changed: 'text-warn', removed: 'text-bad' } as const;
const KINDS = ['added', 'changed', 'removed'] as const;

/** The names of keys, never values. */
function Keys({ row }: { readonly row: PushRow }) {
  const counts = KINDS.filter((kind) => row[kind].length > 0).map(
    (kind) => `${formatCount(row[kind].length)} ${kind}`,
  );
  if (counts.length === 0) return null;
  return (
    <Fold quiet title={counts.join(', ')}>
      <ul
        aria-label={`Keys of ${row.name}`}
        className="mt-1 max-h-60 overflow-auto rounded-sm border border-line bg-panel px-2 py-1 font-mono text-xs"
      >
        {KINDS.flatMap((kind) =>
          row[kind].map((key) => (
            <li key={`${kind} ${key}`} className="flex gap-2 break-all">
              <span aria-hidden className={signColours[kind]}>
                {signs[kind]}
              </span>
              <span className="sr-only">{kind}</span>
              {key}
            </li>
          )),
        )}
      </ul>
    </Fold>
  );
}

function Actions({ plan }: { readonly plan: readonly PushRow[] }) {
  const { push } = useStores();
  const run = useFeature('push', (state) => state.run);
  const end = useFeature('push', (state) => state.end);
  const results = useFeature('push', (state) => state.results);
  const planning = useFeature('push', (state) => state.planning);
  const pushable = plan.filter(isPushable);

  if (run !== undefined) {
    const text = run.cancelling
      ? 'Cancelling'
      : `Pushing ${formatCount(run.done)} of ${formatCount(run.total)}`;
    return (
      <ActionBar>
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <span className="text-text-2 tabular-nums">{text}</span>
          <Progress label="Push All" value={run.done} max={run.total} valueLabel={text} />
        </div>
        <Button isDisabled={run.cancelling} onPress={() => push.getState().cancel()}>
          Cancel
        </Button>
      </ActionBar>
    );
  }

  const failed = plan.filter(({ id }) => results.get(id)?.state === 'failed');
  const left = pushable.filter(({ id }) => !results.has(id));
  const outcome =
    end === undefined ? (
      planText(plan)
    ) : end.outcome === 'failed' ? (
      <ErrorText report={end.error} />
    ) : (
      endText(results, left.length, end.outcome === 'done' ? end.durationMs : undefined)
    );
  return (
    <ActionBar>
      <output aria-label="Push All" className="min-w-0 flex-1 font-medium break-words">
        {outcome}
      </output>
      {failed.length === 0 ? null : (
        <Button onPress={() => void push.getState().push(failed.map(({ id }) => id))}>
          {`Try ${plural(failed.length, 'failed environment')} again`}
        </Button>
      )}
      {left.length === 0 ? null : (
        <Button
          variant="primary"
          isDisabled={planning}
          onPress={() => void push.getState().push(left.map(({ id }) => id))}
        >
          {`Push ${plural(left.length, 'environment')}`}
        </Button>
      )}
    </ActionBar>
  );
}

const countText = (count: number, word: string): readonly string[] =>
  count === 0 ? [] : [`${formatCount(count)} ${word}`];

function planText(plan: readonly PushRow[]): string {
  const of = (action: PushRow['action']): number =>
    plan.filter((row) => row.action === action).length;
  const parts = [
    ...countText(of('create'), 'to create'),
    ...countText(of('update'), 'to change'),
    ...countText(of('link'), 'to link'),
    ...countText(of('refused'), 'refused'),
    ...countText(of('none'), 'unchanged'),
  ];
  return parts.join(', ');
}

function endText(
  results: ReadonlyMap<string, PushResult>,
  left: number,
  durationMs: number | undefined,
): string {
  const of = (state: PushResult['state']): number =>
    [...results.values()].filter((result) => result.state === state).length;
  const time = durationMs === undefined ? '' : ` in ${formatDuration(durationMs)}`;
  const parts = [
    `${plural(of('pushed'), 'environment')} pushed${time}`,
    ...countText(of('failed'), 'failed'),
    ...countText(of('unchanged'), 'unchanged'),
    ...countText(left, 'not reached'),
  ];
  return `${durationMs === undefined ? 'Cancelled: ' : ''}${parts.join(', ')}.`;
}
