/** The versions that the provider keeps of an environment: what changed from one to another, and back to one. */
import type { SecretStanding, VersionDifference } from '@shared/contract/environments';
import type { Variable } from '@shared/model/variable';
import { Eye, EyeOff, History } from 'lucide-react';
import { useEffect, useMemo, type ReactNode } from 'react';
import { Radio, RadioGroup, TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { Button, IconButton } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { Chip } from '../../components/chip';
import { ActionBar, Centred, PageHeader } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Cell, Column, LongTable, Row } from '../../components/table';
import { cx } from '../../lib/class-names';
import { plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { unsavedCount } from '../environment/drafts-store';
import { NoValue, ValueGlimpse } from '../environment/value-glimpse';
import { HelpButton } from '../help/help-button';
import { isReadable, type RevealedPair, type Version } from './store';

export function HistoryScreen({ id }: { readonly id: string }) {
  const { history, navigation } = useStores();
  const name = useFeature('environments', ({ list }) => list.find((one) => one.id === id)?.name);

  useEffect(() => {
    const { open, close, hideAll } = history.getState();
    const onHidden = (): void => {
      if (document.hidden) hideAll();
    };
    void open(id);
    // A revealed value is for the person at this window, while they are at it.
    window.addEventListener('blur', hideAll);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      window.removeEventListener('blur', hideAll);
      document.removeEventListener('visibilitychange', onHidden);
      close();
    };
  }, [history, id]);

  return (
    <>
      <PageHeader
        title={`History of ${name ?? 'the environment'}`}
        actions={
          <>
            <Button onPress={() => navigation.getState().go({ screen: 'environment', id })}>
              Back to the variables
            </Button>
            <HelpButton />
          </>
        }
      >
        As the provider keeps it. Values are masked until you reveal them.
      </PageHeader>
      <HistoryBody id={id} />
    </>
  );
}

function HistoryBody({ id }: { readonly id: string }) {
  const history = useFeature('history', (state) => state.history);
  const error = useFeature('history', (state) => state.error);
  if (error !== undefined) {
    return (
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="max-w-xl">
          <ErrorCard report={error} />
        </div>
      </div>
    );
  }
  if (history === undefined) {
    return (
      <div aria-hidden className="flex min-h-0 flex-1 flex-col gap-5 overflow-hidden px-5 py-4">
        <Skeleton className="w-80" />
        <Skeleton className="w-96" />
        <Skeleton className="w-72" />
      </div>
    );
  }
  if (!history.isKept) {
    return (
      <Centred icon={<History aria-hidden className="size-5" />} title="No versions are kept">
        <p>This provider, or this engine of it, keeps only what is there now.</p>
      </Centred>
    );
  }
  return (
    <Versions
      id={id}
      versions={history.versions}
      isComplete={history.isComplete}
      secret={history.secret}
    />
  );
}

interface VersionsProps {
  readonly id: string;
  readonly versions: readonly Version[];
  readonly isComplete: boolean;
  readonly secret: SecretStanding;
}

function Versions({ id, versions, isComplete, secret }: VersionsProps) {
  const from = useFeature('history', (state) => state.from);
  const to = useFeature('history', (state) => state.to);
  const items = useMemo(
    () => versions.map((version) => ({ id: version.revision, version, from, to })),
    [versions, from, to],
  );
  return (
    <>
      {isComplete ? null : (
        <p className="px-5 pt-2.5 text-text-2">
          Your credentials may not see all versions: these are the ones they can tell of.
        </p>
      )}
      <div className="flex max-h-[42%] min-h-32 shrink-0 flex-col border-b border-line">
        <LongTable aria-label="Versions" tall={NONE_TALL}>
          <TableHeader>
            <Column id="version" isRowHeader width="1fr" minWidth={scaled(84)} className="pl-5">
              Version
            </Column>
            <Column id="from" width={scaled(64)}>
              From
            </Column>
            <Column id="to" width={scaled(56)}>
              To
            </Column>
            <Column id="state" width="1.8fr" minWidth={scaled(176)}>
              State
            </Column>
            <Column id="written" width="1fr" minWidth={scaled(88)}>
              Written
            </Column>
          </TableHeader>
          <TableBody items={items}>
            {(item) => <VersionRow id={item.id} version={item.version} from={from} to={to} />}
          </TableBody>
        </LongTable>
      </div>
      <Difference />
      <RestoreBar id={id} versions={versions} secret={secret} />
    </>
  );
}

const NONE_TALL = new Map<string, unknown>();

interface VersionRowProps {
  readonly id: string;
  readonly version: Version;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function VersionRow({ id, version: one, from, to }: VersionRowProps) {
  const { history } = useStores();
  const { revision, version, state, labels, isHeld, createdAt, createdBy } = one;
  const { compare } = history.getState();
  const canRead = isReadable(one);
  return (
    <Row id={id} textValue={version}>
      <Cell className="pl-5">
        <span className="min-w-0 truncate font-mono text-xs leading-5" title={version}>
          {version}
        </span>
      </Cell>
      <Cell>
        <VersionChoice
          label={`From ${version}`}
          isChosen={from === revision}
          isDisabled={!canRead || to === undefined}
          onChoose={() => {
            // The one that is at the other side already changes places with it.
            if (to !== undefined) void compare(revision, to === revision ? (from ?? to) : to);
          }}
        />
      </Cell>
      <Cell>
        <VersionChoice
          label={`To ${version}`}
          isChosen={to === revision}
          isDisabled={!canRead}
          onChoose={() => void compare(from === revision ? to : from, revision)}
        />
      </Cell>
      <Cell>
        <span className="flex min-w-0 items-start gap-1.5 overflow-hidden">
          <Chip tone={state === 'deleted' || state === 'destroyed' ? 'bad' : 'plain'}>{state}</Chip>
          {isHeld ? <Chip tone="secret">in memory</Chip> : null}
          {labels.map((label) => (
            <Chip key={label}>{label}</Chip>
          ))}
        </span>
      </Cell>
      <Cell>
        <span className="min-w-0 truncate text-xs leading-5 text-text-2">
          {createdAt === undefined ? '–' : <Ago at={createdAt} />}
          {createdBy === undefined ? null : ` by ${createdBy}`}
        </span>
      </Cell>
    </Row>
  );
}

interface VersionChoiceProps {
  readonly label: string;
  readonly isChosen: boolean;
  readonly isDisabled: boolean;
  readonly onChoose: () => void;
}

/** A group of one radio: each stands in a cell of its own. */
const VersionChoice = ({ label, isChosen, isDisabled, onChoose }: VersionChoiceProps) => (
  <RadioGroup
    aria-label={label}
    value={isChosen ? 'chosen' : null}
    isDisabled={isDisabled}
    onChange={onChoose}
  >
    <Radio
      value="chosen"
      aria-label={label}
      className="native-input group flex size-5 cursor-default items-center rounded-sm data-disabled:opacity-40"
    >
      <span className="flex size-3.5 shrink-0 items-center justify-center rounded-full border border-control bg-raised group-data-selected:border-brass-fill group-data-selected:bg-brass-fill">
        <span className="size-1.5 rounded-full bg-transparent group-data-selected:bg-brass-ink" />
      </span>
    </Radio>
  </RadioGroup>
);

type DifferentRow = VersionDifference['rows'][number];

/** A key may be an empty text, which is no id. */
const rowId = (key: string): string => `key ${key}`;

function Difference(): ReactNode {
  const difference = useFeature('history', (state) => state.difference);
  const fault = useFeature('history', (state) => state.fault);
  const revealed = useFeature('history', (state) => state.revealed);
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
  return (
    <section aria-label="What changed" className="flex min-h-0 flex-1 flex-col">
      {fault === undefined ? null : (
        <div className="max-w-2xl px-5 pt-3">
          <ErrorCard report={fault} />
        </div>
      )}
      <LongTable aria-label="What changed" tall={tall}>
        <TableHeader>
          <Column id="key" isRowHeader width="1.1fr" minWidth={scaled(140)} className="pl-5">
            Key
          </Column>
          <Column id="before" width="1fr" minWidth={scaled(120)}>
            Before
          </Column>
          <Column id="after" width="1.2fr" minWidth={scaled(140)}>
            After
          </Column>
        </TableHeader>
        <TableBody
          items={items}
          renderEmptyState={() => (
            <p className="px-5 py-3 text-text-2">
              {difference === undefined ? 'Reading both versions…' : 'The two are the same.'}
            </p>
          )}
        >
          {(item) => <DifferenceRow id={item.id} row={item.row} shown={item.shown} />}
        </TableBody>
      </LongTable>
    </section>
  );
}

interface DifferenceRowProps {
  readonly id: string;
  readonly row: DifferentRow;
  readonly shown: RevealedPair | undefined;
}

const DifferenceRow = ({ id, row, shown }: DifferenceRowProps) => (
  <Row id={id} textValue={row.key}>
    <Cell className="pl-5">
      <span title={row.key} className="min-w-0 truncate font-mono text-xs leading-5 select-text">
        {row.key}
      </span>
    </Cell>
    <Cell>
      <span className="flex min-w-0 flex-1 items-start justify-between gap-1">
        {row.before === undefined ? (
          <NoValue word="not there" />
        ) : (
          <ValueGlimpse variable={row.before} revealed={shown?.before} isPast />
        )}
        <RevealButton row={row} isShown={shown !== undefined} />
      </span>
    </Cell>
    <Cell>
      <span
        className={cx(
          'flex min-w-0 flex-1 items-start gap-x-2',
          shown !== undefined && 'flex-wrap',
        )}
      >
        {row.after === undefined ? null : (
          <ValueGlimpse variable={row.after} revealed={shown?.after} />
        )}
        <Chip tone={row.change === 'removed' ? 'bad' : 'plain'}>{row.change}</Chip>
      </span>
    </Cell>
  </Row>
);

const isMasked = (variable: Variable | undefined): boolean =>
  variable !== undefined &&
  variable.literal === undefined &&
  variable.kind !== 'binary' &&
  variable.empty !== true;

function RevealButton({
  row: { key, before, after },
  isShown,
}: {
  readonly row: DifferentRow;
  readonly isShown: boolean;
}): ReactNode {
  const { history } = useStores();
  if (!isMasked(before) && !isMasked(after)) return null;
  return (
    <IconButton
      size="sm"
      label={isShown ? `Hide ${key}` : `Reveal ${key}`}
      hint={isShown ? 'Hide' : 'Reveal'}
      className={cx(
        '-my-0.5 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:opacity-100',
        !isShown && 'opacity-0',
      )}
      onPress={() => {
        const { hide, reveal } = history.getState();
        if (isShown) hide(key);
        else void reveal(key);
      }}
    >
      {isShown ? <EyeOff className="size-3.5" /> : <Eye className="size-3.5" />}
    </IconButton>
  );
}

/** Back to the version that is shown at the right, or to one before a deletion. */
function RestoreBar({ id, versions, secret }: Omit<VersionsProps, 'isComplete'>) {
  const { history } = useStores();
  const to = useFeature('history', (state) => state.to);
  const difference = useFeature('history', (state) => state.difference);
  const restoring = useFeature('history', (state) => state.restoring);
  const unsaved = useFeature('drafts', (state) => unsavedCount(state, id));
  const chosen = versions.find(({ revision }) => revision === to);
  const { restore } = history.getState();
  const isGone = secret.state === 'deleted' || secret.state === 'scheduled';
  const canBringBack = isGone && secret.recoverable !== false;
  return (
    <ActionBar>
      <output className="min-w-40 flex-1 text-text-2 tabular-nums">
        {unsaved > 0
          ? `Save or discard your ${plural(unsaved, 'unsaved edit')} before you restore a version.`
          : difference === undefined
            ? ''
            : `${plural(difference.rows.length, 'variable')} different, ${String(difference.unchanged)} the same`}
      </output>
      {canBringBack ? (
        <BringBack id={id} />
      ) : (
        <Button
          variant="primary"
          isBusy={restoring}
          isDisabled={unsaved > 0 || chosen?.state !== 'past'}
          onPress={() => {
            if (chosen !== undefined) void restore(chosen);
          }}
        >
          {chosen?.state === 'past' ? `Restore ${chosen.version}` : 'Restore'}
        </Button>
      )}
    </ActionBar>
  );
}

function BringBack({ id }: { readonly id: string }) {
  const { history } = useStores();
  const restoring = useFeature('history', (state) => state.restoring);
  const unsaved = useFeature('drafts', (state) => unsavedCount(state, id));
  return (
    <Button
      variant="primary"
      isBusy={restoring}
      isDisabled={unsaved > 0}
      onPress={() => void history.getState().bringBack()}
    >
      Bring back what was deleted
    </Button>
  );
}
