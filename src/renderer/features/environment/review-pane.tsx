/** The changes that a save would write, before it is done. */
import type { OpenEnvironment } from '@shared/model/open-environment';
import { providerFacts } from '@shared/providers/facts';
import { useEffect, useMemo, type ReactNode } from 'react';
import { TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Chip } from '../../components/chip';
import { RevealButton } from '../../components/reveal-button';
import {
  Cell,
  CellLine,
  CellLines,
  Column,
  KeyAndValuesHeader,
  LongTable,
  Row as TableRow,
  TableRoom,
} from '../../components/table';
import { cx } from '../../lib/class-names';
import { scaled } from '../../lib/rem';
import { countsOf, rowsOf, type Row } from './draft';
import { DraftBar } from './draft-bar';
import { isMasked } from './is-masked';
import { RoundedNumbers, useRoundsNumbers } from './rounded-numbers';
import { NoValue, ValueGlimpse } from './value-glimpse';

interface Item {
  readonly id: string;
  readonly row: Row;
  readonly shown: string | undefined;
}

/** The least width of the table with a column for each side, in pixels at a text size of 16. */
const COLUMNS = 560;

export function ReviewPane({ data }: { readonly data: OpenEnvironment }) {
  const { environment, environments } = useStores();
  const { id, synced } = data.environment;
  const draft = useFeature('drafts', (state) => state.histories.get(id)?.present);
  const isSaving = useFeature('drafts', (state) => state.saving.has(id));
  const revealed = useFeature('environment', (state) => state.revealed);
  const { variables } = data;
  const items = useMemo(
    () =>
      rowsOf(variables, draft)
        .filter(({ change }) => change !== 'none')
        .map((row): Item => ({ id: row.id, row, shown: revealed.get(row.id) })),
    [variables, draft, revealed],
  );
  const rounds = useRoundsNumbers(data.environment);
  const counts = useMemo(() => countsOf(draft), [draft]);
  const isStale = draft?.base !== data.base;

  useEffect(() => {
    // The last moment to notice that somebody else wrote.
    if (synced) void environments.getState().glance([id]);
  }, [environments, synced, id]);

  useEffect(
    () => () => {
      if (environment.getState().mode === 'review') environment.getState().setMode('grid');
    },
    [environment],
  );

  return (
    <section aria-label="Review changes" className="@container flex min-h-0 flex-1 flex-col">
      <div className="flex flex-col gap-1 px-5 py-3">
        <h2 className="text-lg font-semibold">Review changes</h2>
        <Destination data={data} />
        <ChangedMeanwhile id={id} />
        {rounds ? <RoundedNumbers rows={items.map(({ row }) => row)} /> : null}
      </div>
      <TableRoom steps={[COLUMNS]}>
        {(fitting) =>
          fitting === 0 ? (
            <LongTable key="folded" aria-label="Changes" tall={revealed} lines={2}>
              <KeyAndValuesHeader />
              <TableBody items={items}>
                {(item) => <ReviewRow id={item.id} item={item} isFolded />}
              </TableBody>
            </LongTable>
          ) : (
            <LongTable key="wide" aria-label="Changes" tall={revealed}>
              <TableHeader>
                <Column id="key" isRowHeader width="1.1fr" minWidth={scaled(150)} className="pl-5">
                  Key
                </Column>
                <Column id="before" width="1fr" minWidth={scaled(110)}>
                  Before
                </Column>
                <Column id="after" width="1.2fr" minWidth={scaled(150)}>
                  After
                </Column>
              </TableHeader>
              <TableBody items={items}>
                {(item) => <ReviewRow id={item.id} item={item} />}
              </TableBody>
            </LongTable>
          )
        }
      </TableRoom>
      <DraftBar
        id={id}
        counts={counts}
        isSaving={isSaving}
        obstacle={isStale ? 'The variables have changed: see above.' : undefined}
        isReview
      />
    </section>
  );
}

function Destination({ data }: { readonly data: OpenEnvironment }) {
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const { synced, path } = data.environment;
  return (
    <p className="text-text-2">
      {synced ? (
        <>
          Saving writes this to {providerFacts[provider].label}, at{' '}
          <span className="font-mono wrap-anywhere text-text">{path}</span>. Everything else there
          stays as it is.
        </>
      ) : (
        'Saving writes this to this computer.'
      )}
    </p>
  );
}

function ChangedMeanwhile({ id }: { readonly id: string }): ReactNode {
  const server = useFeature(
    'environments',
    ({ list }) => list.find((one) => one.id === id)?.server?.state,
  );
  if (server === undefined) return null;
  return (
    <output className="text-info">
      {server === 'changed'
        ? 'Someone else changed it meanwhile. Saving merges your changes with theirs, and asks about keys that both changed.'
        : 'Someone else deleted it meanwhile. Saving asks what to do.'}
    </output>
  );
}

interface ReviewRowProps {
  readonly id: string;
  readonly item: Item;
  /** Whether the values are below each other. */
  readonly isFolded?: boolean;
}

function ReviewRow({ id, item, isFolded = false }: ReviewRowProps) {
  const { row, shown } = item;
  const { origin, change, typed, variable } = row;
  const before = (
    <span className="flex min-w-0 flex-1 items-start justify-between gap-1">
      {origin === undefined ? (
        <NoValue word="not there" />
      ) : (
        <ValueGlimpse variable={origin} revealed={shown} isPast />
      )}
      <Reveal row={row} isShown={shown !== undefined} />
    </span>
  );
  const after = (
    // A row has one line until a value is revealed in it.
    <span
      className={cx('flex min-w-0 flex-1 items-start gap-x-2', shown !== undefined && 'flex-wrap')}
    >
      {change === 'removed' ? (
        <Chip tone="bad">removed</Chip>
      ) : (
        <>
          {typed === undefined ? (
            <span className="font-mono text-xs leading-5 text-text-3">same value</span>
          ) : (
            <ValueGlimpse variable={variable} revealed={shown === undefined ? undefined : typed} />
          )}
          <Words row={row} />
        </>
      )}
    </span>
  );
  return (
    <TableRow id={id} textValue={row.key}>
      <Cell className="relative pl-5">
        <span
          title={row.key}
          className={cx(
            'min-w-0 font-mono text-xs leading-5 select-text',
            isFolded ? 'line-clamp-2 flex-1 break-all' : 'truncate',
            change === 'removed' && 'line-through',
          )}
        >
          {origin === undefined || origin.key === row.key ? null : `${origin.key} → `}
          {row.key}
        </span>
      </Cell>
      {isFolded ? (
        <Cell className="pr-5">
          <CellLines>
            <CellLine name="Before" short>
              {before}
            </CellLine>
            <CellLine name="After" short>
              {after}
            </CellLine>
          </CellLines>
        </Cell>
      ) : (
        <>
          <Cell>{before}</Cell>
          <Cell className="pr-5">{after}</Cell>
        </>
      )}
    </TableRow>
  );
}

/** The changes of a row, in words. */
function Words({ row }: { readonly row: Row }) {
  const { origin, variable, typed } = row;
  const isDisabled = variable.disabled ?? false;
  const words =
    origin === undefined
      ? ['added', ...(isDisabled ? ['disabled'] : [])]
      : [
          ...(typed === undefined ? [] : ['changed']),
          ...(origin.key === row.key ? [] : ['renamed']),
          ...((origin.disabled ?? false) === isDisabled
            ? []
            : [isDisabled ? 'disabled' : 'enabled']),
          ...(origin.secret === variable.secret
            ? []
            : [variable.secret ? 'now secret' : 'now plain']),
          ...(origin.note === variable.note && origin.noteHere === variable.noteHere
            ? []
            : ['note']),
        ];
  return words.map((word) => <Chip key={word}>{word}</Chip>);
}

function Reveal({ row, isShown }: { readonly row: Row; readonly isShown: boolean }): ReactNode {
  const { environment } = useStores();
  const { key, origin, variable, typed } = row;
  const before = origin ?? variable;
  if (!isMasked(before) && !(typed !== undefined && isMasked(variable))) return null;
  const { hide, reveal } = environment.getState();
  return (
    <RevealButton
      of={key}
      isShown={isShown}
      // Reveals the stored value; the typed one is known here.
      onReveal={() =>
        void reveal(origin === undefined ? row : { ...row, variable: origin, typed: undefined })
      }
      onHide={() => hide(row.id)}
    />
  );
}
