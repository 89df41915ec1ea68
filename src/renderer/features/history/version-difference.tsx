/** The changes that the selected version made, or that rolling back to it would make. */
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import { ChevronDown, Undo2 } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { MenuTrigger, TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Button, IconButton } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { Chip } from '../../components/chip';
import { Menu, MenuItem } from '../../components/menu';
import { ActionBar } from '../../components/page';
import { RevealButton } from '../../components/reveal-button';
import { Skeleton } from '../../components/skeleton';
import {
  Cell,
  CellLine,
  CellLines,
  Column,
  KeyAndValuesHeader,
  LongTable,
  Row,
  TableRoom,
} from '../../components/table';
import { cx } from '../../lib/class-names';
import { formatDateTime, plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { rowId } from '../environment/draft';
import { unsavedCount } from '../environment/drafts-store';
import { isMasked } from '../environment/is-masked';
import { NoValue, ValueGlimpse } from '../environment/value-glimpse';
import { NoDifference } from './no-difference';
import {
  isReadable,
  newestOf,
  sidesOf,
  titleOf,
  type DifferenceRow,
  type KeptHistory,
  type RevealedPair,
  type Sides,
  type Version,
} from './store';

export function VersionDifferencePane({ history }: { readonly history: KeptHistory }): ReactNode {
  const selected = useFeature('history', (state) => state.selected);
  const against = useFeature('history', (state) => state.against);
  const rollingBack = useFeature('history', (state) => state.rollingBack);
  const sides = useMemo(
    () => sidesOf({ history, selected, against, rollingBack }),
    [history, selected, against, rollingBack],
  );
  if (sides === undefined) {
    return (
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Unreadable history={history} selected={selected} />
        <Fault />
      </div>
    );
  }
  return (
    <section
      aria-label={rollingBack ? 'What rolling back changes' : 'What changed'}
      className="@container flex min-h-0 min-w-0 flex-1 flex-col"
    >
      {rollingBack ? <RollBackHead sides={sides} /> : <Head history={history} sides={sides} />}
      <Fault />
      <Difference sides={sides} />
      {rollingBack ? <RollBackBar sides={sides} /> : <Bar history={history} sides={sides} />}
    </section>
  );
}

interface UnreadableProps {
  readonly history: KeptHistory;
  readonly selected: string | undefined;
}

function Unreadable({ history, selected }: UnreadableProps): ReactNode {
  if (history.secret.state === 'scheduled') {
    return (
      <NoDifference title="Values cannot be read now">
        AWS returns none while the secret is scheduled for deletion. Undelete it first.
      </NoDifference>
    );
  }
  const version = history.versions.find(({ revision }) => revision === selected);
  if (version === undefined) return null;
  const when = version.deletedAt === undefined ? '' : ` on ${formatDateTime(version.deletedAt)}`;
  return version.state === 'destroyed' ? (
    <NoDifference title={`${titleOf(version)} was destroyed`}>
      Its values are lost. Choose another version.
    </NoDifference>
  ) : (
    <NoDifference
      title={`${titleOf(version)} was deleted${when}`}
      // The newest version is undeleted with the secret: see the card above the versions.
      action={version === history.versions[0] ? null : <UndeleteButton version={version} />}
    >
      Its values cannot be read until it is undeleted.
    </NoDifference>
  );
}

function UndeleteButton({ version }: { readonly version: Version }) {
  const { history } = useStores();
  const busy = useFeature('history', (state) => state.busy);
  return (
    <Button isBusy={busy} onPress={() => void history.getState().undeleteVersion(version)}>
      Undelete {titleOf(version)}
    </Button>
  );
}

interface HeadProps {
  readonly history: KeptHistory;
  readonly sides: Sides;
}

function Head({ history, sides: { before, after } }: HeadProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-5 py-3">
      <div className="min-w-40 flex-1">
        <h2 className="text-lg font-semibold">
          {before === undefined
            ? `All of ${titleOf(after)}`
            : `${titleOf(after)} compared with ${titleOf(before)}`}
        </h2>
        <p className="text-xs text-text-2">
          {before === undefined
            ? 'No earlier version to compare with.'
            : `The changes from ${titleOf(before)} to ${titleOf(after)}.`}
        </p>
      </div>
      <AgainstMenu history={history} after={after} />
    </div>
  );
}

const BEFORE = 'the one before';

function AgainstMenu({
  history,
  after,
}: {
  readonly history: KeptHistory;
  readonly after: Sides['after'];
}): ReactNode {
  const { history: store } = useStores();
  const against = useFeature('history', (state) => state.against);
  const others = history.versions.filter(
    (version) => isReadable(version) && version.revision !== after.revision,
  );
  if (others.length === 0) return null;
  const chosen = others.find(({ revision }) => revision === against);
  return (
    <MenuTrigger>
      <Button size="sm">
        <span className="flex items-center gap-1.5">
          Compare with {chosen === undefined ? BEFORE : titleOf(chosen)}
          <ChevronDown aria-hidden className="size-3.5 text-text-3" />
        </span>
      </Button>
      <Menu
        aria-label="Compare with"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[against ?? BEFORE]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : keys;
          void store.getState().compareWith(key === BEFORE ? undefined : String(key));
        }}
      >
        <MenuItem id={BEFORE}>The one before</MenuItem>
        {others.map((version) => (
          <MenuItem key={version.revision} id={version.revision}>
            {version.createdAt === undefined
              ? version.version
              : `${version.version}, ${formatDateTime(version.createdAt)}`}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}

function RollBackHead({ sides: { before, after } }: { readonly sides: Sides }) {
  const overtaken = useFeature('history', (state) => state.overtaken);
  return (
    <div className="flex flex-col gap-1 px-5 py-3">
      <h2 className="text-lg font-semibold">What rolling back to {titleOf(after)} changes</h2>
      <p className="text-text-2">
        {before === undefined
          ? `The secret is deleted. ${titleOf(after)} is written as a new version.`
          : `${titleOf(after)} is written as a new version over ${titleOf(before)}, which stays in the history.`}
      </p>
      {overtaken ? (
        <Card tone="info" title="Someone else changed it meanwhile" live>
          <p className="text-text-2">
            Nothing was written. Check again what rolling back to {titleOf(after)} changes now.
          </p>
        </Card>
      ) : null}
    </div>
  );
}

function Fault(): ReactNode {
  const fault = useFeature('history', (state) => state.fault);
  if (fault === undefined) return null;
  return (
    <div className="max-w-2xl px-5 pb-3">
      <ErrorCard report={fault} note="Nothing was written." />
    </div>
  );
}

/** The least width of the table with a column for each side, in pixels at a text size of 16. */
const COLUMNS = 520;

function Difference({ sides }: { readonly sides: Sides }) {
  const difference = useFeature('history', (state) => state.difference);
  const fault = useFeature('history', (state) => state.fault);
  const revealed = useFeature('history', (state) => state.revealed);
  const rollingBack = useFeature('history', (state) => state.rollingBack);
  const items = useMemo(
    () =>
      (difference?.rows ?? []).map((row) => ({
        id: rowId(row.key),
        row,
        shown: revealed.get(row.key),
      })),
    [difference, revealed],
  );
  const tall = useMemo(
    () => new Map([...revealed].map(([key, values]) => [rowId(key), values])),
    [revealed],
  );
  if (difference === undefined) {
    return (
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-hidden px-5 py-4">
        {fault === undefined ? (
          <>
            <output className="sr-only">Comparing the versions</output>
            <Skeleton className="w-60" />
            <Skeleton className="w-72" />
            <Skeleton className="w-52" />
          </>
        ) : null}
      </div>
    );
  }
  const { before, after } = sides;
  const names = {
    before: rollingBack ? 'Now' : <VersionName version={before} />,
    after: rollingBack ? 'Then' : <VersionName version={after} />,
  };
  const body = (isFolded: boolean) => (
    <TableBody
      items={items}
      renderEmptyState={() => (
        <p className="px-5 py-3 text-text-2">
          {before === undefined ? 'It has no variables.' : 'Both are the same.'}
        </p>
      )}
    >
      {(item) => (
        <DifferenceLine
          id={item.id}
          row={item.row}
          shown={item.shown}
          sides={rollingBack ? undefined : sides}
          {...(isFolded && { names })}
        />
      )}
    </TableBody>
  );
  return (
    <TableRoom steps={[COLUMNS]}>
      {(fitting) =>
        fitting === 0 ? (
          <LongTable key="folded" aria-label="Differences" tall={tall} lines={2}>
            <KeyAndValuesHeader />
            {body(true)}
          </LongTable>
        ) : (
          <LongTable key="wide" aria-label="Differences" tall={tall}>
            <TableHeader>
              <Column id="key" isRowHeader width="1.1fr" minWidth={scaled(120)} className="pl-5">
                Key
              </Column>
              <Column id="before" width="1fr" minWidth={scaled(110)}>
                {names.before}
              </Column>
              <Column id="after" width="1.2fr" minWidth={scaled(140)}>
                {names.after}
              </Column>
            </TableHeader>
            {body(false)}
          </LongTable>
        )
      }
    </TableRoom>
  );
}

/** Keeps the case of the version, which a heading would show in capitals. */
const VersionName = ({ version }: { readonly version: Sides['before'] }) =>
  version === undefined ? 'Before' : <span className="normal-case">{titleOf(version)}</span>;

interface LineProps {
  readonly id: string;
  readonly row: DifferenceRow;
  readonly shown: RevealedPair | undefined;
  /** The versions that a variable can be restored from. */
  readonly sides: Sides | undefined;
  /** The names of both sides, if their values are below each other. */
  readonly names?: { readonly before: ReactNode; readonly after: ReactNode };
}

function DifferenceLine({ id, row, shown, sides, names }: LineProps) {
  const before = (
    <span className="flex min-w-0 flex-1 items-start justify-between gap-1">
      {row.before === undefined ? (
        <NoValue word="not there" />
      ) : (
        <ValueGlimpse variable={row.before} revealed={shown?.before} isPast />
      )}
      <span className="flex shrink-0">
        {row.before === undefined ? null : <Restore of={row.key} from={sides?.before} />}
        <Reveal row={row} isShown={shown !== undefined} />
      </span>
    </span>
  );
  const after = (
    // A row has one line until a value is revealed in it.
    <span
      className={cx('flex min-w-0 flex-1 items-start gap-x-2', shown !== undefined && 'flex-wrap')}
    >
      {row.after === undefined ? null : (
        <ValueGlimpse variable={row.after} revealed={shown?.after} />
      )}
      <Chip tone={row.change === 'removed' ? 'bad' : 'plain'}>{row.change}</Chip>
      {row.after === undefined ? null : <Restore of={row.key} from={sides?.after} />}
    </span>
  );
  return (
    <Row id={id} textValue={row.key}>
      <Cell className="pl-5">
        <span
          title={row.key}
          className={cx(
            'min-w-0 font-mono text-xs leading-5 select-text',
            names === undefined ? 'truncate' : 'line-clamp-2 flex-1 break-all',
            row.change === 'removed' && 'line-through',
          )}
        >
          {row.key}
        </span>
      </Cell>
      {names === undefined ? (
        <>
          <Cell>{before}</Cell>
          <Cell className="pr-5">{after}</Cell>
        </>
      ) : (
        <Cell className="pr-5">
          <CellLines>
            <CellLine name={names.before}>{before}</CellLine>
            <CellLine name={names.after}>{after}</CellLine>
          </CellLines>
        </Cell>
      )}
    </Row>
  );
}

interface RestoreProps {
  readonly of: string;
  readonly from: Version | undefined;
}

/** Restores one variable from a version that is not the newest. */
function Restore({ of: key, from }: RestoreProps): ReactNode {
  const { history: store } = useStores();
  const newest = useFeature('history', ({ history }) =>
    history?.isKept === true ? newestOf(history)?.revision : undefined,
  );
  if (from === undefined || key === WHOLE_SECRET_KEY) return null;
  // Without a newest version the secret is deleted, and there is nothing to edit.
  if (newest === undefined || from.revision === newest) return null;
  return (
    <IconButton
      size="sm"
      label={`Restore ${key} of ${titleOf(from)}`}
      hint="Restore this value, as an unsaved edit"
      className="-my-0.5 opacity-0 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:opacity-100"
      onPress={() => void store.getState().restore(key, from)}
    >
      <Undo2 aria-hidden className="size-3.5" />
    </IconButton>
  );
}

function Reveal({
  row: { key, before, after },
  isShown,
}: {
  readonly row: DifferenceRow;
  readonly isShown: boolean;
}): ReactNode {
  const { history } = useStores();
  if (!isMasked(before) && !isMasked(after)) return null;
  const { hide, reveal } = history.getState();
  return (
    <RevealButton
      of={key}
      isShown={isShown}
      onReveal={() => void reveal(key)}
      onHide={() => hide(key)}
    />
  );
}

function useSummary(): string {
  const difference = useFeature('history', (state) => state.difference);
  if (difference === undefined) return '';
  const { rows, unchanged } = difference;
  const count = (change: DifferenceRow['change']): number =>
    rows.filter((row) => row.change === change).length;
  const parts = [
    [count('added'), 'added'],
    [count('changed'), 'changed'],
    [count('removed'), 'removed'],
    [unchanged, 'the same'],
  ] as const;
  return parts.flatMap(([number, word]) => (number === 0 ? [] : `${number} ${word}`)).join(', ');
}

const Summary = ({ children }: { readonly children?: ReactNode }) => {
  const text = useSummary();
  return (
    <output className="min-w-40 flex-1 text-text-2 tabular-nums">
      {text}
      {children}
    </output>
  );
};

function Bar({ history, sides: { after } }: HeadProps) {
  const { history: store } = useStores();
  const isNewest = after.revision === newestOf(history)?.revision;
  return (
    <ActionBar>
      <Summary />
      <Button isDisabled={isNewest} onPress={() => void store.getState().startRollBack()}>
        Roll back to this version
      </Button>
    </ActionBar>
  );
}

function RollBackBar({ sides: { before, after } }: { readonly sides: Sides }) {
  const { history: store } = useStores();
  const id = useFeature('history', (state) => state.id);
  const busy = useFeature('history', (state) => state.busy);
  const difference = useFeature('history', (state) => state.difference);
  const unsaved = useFeature('drafts', (state) => (id === undefined ? 0 : unsavedCount(state, id)));
  const { cancelRollBack, rollBack } = store.getState();
  const isSame = before !== undefined && difference?.rows.length === 0;
  return (
    <ActionBar>
      <Summary>
        {unsaved === 0 ? null : (
          <span className="block text-xs text-brass">
            Your {plural(unsaved, 'unsaved edit')} {unsaved === 1 ? 'stays' : 'stay'} and will be
            applied to {titleOf(after)}.
          </span>
        )}
      </Summary>
      <Button variant="quiet" isDisabled={busy} onPress={() => void cancelRollBack()}>
        Cancel
      </Button>
      <Button
        variant="primary"
        isBusy={busy}
        isDisabled={difference === undefined || isSame}
        onPress={() => void rollBack()}
      >
        {`Roll back to ${titleOf(after)}`}
      </Button>
    </ActionBar>
  );
}
