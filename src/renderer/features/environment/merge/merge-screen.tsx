/** Both sides of a merge: edits here and changes by somebody else, with a choice for each conflict. */
import type { MergedVariable } from '@shared/model/environment-merge';
import type { MergeSide, SideChange } from '@shared/model/merge';
import type { Variable } from '@shared/model/variable';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { Radio, RadioGroup, TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ActionBar } from '@renderer/components/page';
import { Card, ErrorCard } from '@renderer/components/card';
import { Chip } from '@renderer/components/chip';
import { RevealButton } from '@renderer/components/reveal-button';
import {
  Cell,
  CellLine,
  CellLines,
  Column,
  KeyAndValuesHeader,
  LongTable,
  Row,
  TableRoom,
} from '@renderer/components/table';
import { cx } from '@renderer/lib/class-names';
import { plural } from '@renderer/lib/format';
import { onAway } from '@renderer/lib/on-away';
import { scaled } from '@renderer/lib/rem';
import { rowId } from '../draft';
import { NoValue, ValueGlimpse } from '../value-glimpse';
import { GoneScreen } from './gone-screen';
import {
  conflictsOf,
  type Column as MergeColumn,
  type Conflict,
  type RevealedSides,
} from './session';
import { canReveal } from './sides';

export function MergeScreen({ id }: { readonly id: string }): ReactNode {
  const { merges, preferences } = useStores();
  const session = useFeature('merges', ({ sessions }) => sessions.get(id));

  useEffect(() => {
    const { hideAll } = merges.getState();
    const stopHiding = onAway(hideAll, () => preferences.getState().hidesOnBlur);
    return () => {
      stopHiding();
      hideAll();
    };
  }, [merges, preferences]);

  if (session === undefined) return null;
  return session.state === 'gone' ? (
    <GoneScreen id={id} session={session} />
  ) : (
    <ConflictScreen id={id} session={session} />
  );
}

interface Item {
  readonly id: string;
  readonly row: MergedVariable;
  readonly chosen: MergeSide | undefined;
  readonly shown: RevealedSides | undefined;
}

/** The least width of the table with a column for each side, in pixels at a text size of 16. */
const COLUMNS = 640;

const columnWords = {
  before: 'Before',
  mine: 'Yours',
  theirs: 'On the server',
} as const satisfies Record<MergeColumn, string>;

function ConflictScreen({ id, session }: { readonly id: string; readonly session: Conflict }) {
  const { merges } = useStores();
  const { merge, choices, revealed, busy, error, movedAgain } = session;
  const { choose, save, cancel, reveal, hideAll } = merges.getState();
  const heading = useRef<HTMLHeadingElement>(null);
  const conflicts = useMemo(() => conflictsOf(merge), [merge]);
  const keys = useMemo(() => conflicts.map(({ key }) => key), [conflicts]);
  const items = useMemo(
    () =>
      [...conflicts, ...merge.rows.filter(({ outcome }) => outcome !== 'conflict')].map(
        (row): Item => ({
          id: rowId(row.key),
          row,
          chosen: choices.get(row.key),
          shown: revealed.get(row.key),
        }),
      ),
    [conflicts, merge, choices, revealed],
  );
  const tall = useMemo(
    () => new Map([...revealed].map(([key, values]) => [rowId(key), values])),
    [revealed],
  );
  const hidden = merge.rows.filter((row) => canReveal(row)).map(({ key }) => key);
  const chosen = keys.filter((key) => choices.has(key)).length;

  // The button that led here is gone, so the heading takes the focus.
  useEffect(() => heading.current?.focus(), []);

  return (
    <section aria-label="Resolve conflicts" className="@container flex min-h-0 flex-1 flex-col">
      <div className="flex flex-col gap-1 px-5 py-3">
        <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
          Someone else changed this environment
        </h2>
        <p className="text-text-2">
          {summaryOf(merge.rows.length - conflicts.length, keys.length)}
        </p>
        <Versions session={session} />
        {movedAgain ? (
          <Card tone="info" title="It changed again while you were choosing" live>
            <p className="text-text-2">
              Both sides were compared again. Your choices were kept for keys that still have the
              same value on the server.
            </p>
          </Card>
        ) : null}
        {error === undefined ? null : (
          <ErrorCard
            report={error}
            note="Nothing was written. Your edits and choices are still here."
          />
        )}
        {keys.length > 1 ? (
          <div className="flex flex-wrap gap-1 pt-1">
            <Button size="sm" isDisabled={busy} onPress={() => choose(id, 'mine', keys)}>
              Keep mine for all
            </Button>
            <Button size="sm" isDisabled={busy} onPress={() => choose(id, 'theirs', keys)}>
              Take theirs for all
            </Button>
          </div>
        ) : null}
      </div>
      <TableRoom steps={[COLUMNS]}>
        {(fitting) =>
          fitting === 0 ? (
            <LongTable key="folded" aria-label="Both sides" tall={tall} lines={3}>
              <KeyAndValuesHeader />
              <TableBody items={items}>
                {(item) => (
                  <MergeRow id={item.id} environmentId={id} item={item} isBusy={busy} isFolded />
                )}
              </TableBody>
            </LongTable>
          ) : (
            <LongTable key="wide" aria-label="Both sides" tall={tall}>
              <TableHeader>
                <Column id="key" isRowHeader width="1.1fr" minWidth={scaled(116)} className="pl-5">
                  Key
                </Column>
                <Column id="before" width="1fr" minWidth={scaled(82)}>
                  {columnWords.before}
                </Column>
                <Column id="mine" width="1.1fr" minWidth={scaled(132)}>
                  {columnWords.mine}
                </Column>
                <Column id="theirs" width="1.1fr" minWidth={scaled(132)}>
                  {columnWords.theirs}
                </Column>
              </TableHeader>
              <TableBody items={items}>
                {(item) => <MergeRow id={item.id} environmentId={id} item={item} isBusy={busy} />}
              </TableBody>
            </LongTable>
          )
        }
      </TableRoom>
      <ActionBar>
        <output className="min-w-32 flex-1 font-semibold tabular-nums">
          {keys.length === 0
            ? 'Nothing to choose'
            : `${String(chosen)} of ${String(keys.length)} chosen`}
        </output>
        <div className="ml-auto flex flex-wrap justify-end gap-2">
          <Button variant="quiet" isDisabled={busy} onPress={() => cancel(id)}>
            Cancel
          </Button>
          {revealed.size > 0 ? (
            <Button onPress={hideAll}>Hide all</Button>
          ) : (
            <Button isDisabled={hidden.length === 0} onPress={() => void reveal(id, hidden)}>
              Reveal all
            </Button>
          )}
          <Button
            variant="primary"
            isBusy={busy}
            isDisabled={chosen < keys.length}
            onPress={() => void save(id)}
          >
            Save merged
          </Button>
        </div>
      </ActionBar>
    </section>
  );
}

function summaryOf(fitting: number, conflicting: number): string {
  const fit =
    fitting === 0
      ? ''
      : fitting === 1
        ? 'One change is merged without a conflict. '
        : `${plural(fitting, 'change')} are merged without a conflict. `;
  const clash =
    conflicting === 0
      ? 'Nothing was changed on both sides.'
      : conflicting === 1
        ? 'One key was changed on both sides: choose which value to keep.'
        : `${plural(conflicting, 'key')} were changed on both sides: choose for each.`;
  return `${fit}${clash} Nothing is written until you save.`;
}

function Versions({ session }: { readonly session: Conflict }): ReactNode {
  const { version, theirs } = session.merge;
  const { revision } = theirs.environment;
  if (version === undefined || revision === undefined) return null;
  return (
    <p className="text-xs text-text-2 tabular-nums">
      Your edits are based on {version}; the server has {revision}.
    </p>
  );
}

interface RowProps {
  readonly id: string;
  readonly environmentId: string;
  readonly item: Item;
  readonly isBusy: boolean;
  /** Whether the values are below each other. */
  readonly isFolded?: boolean;
}

function MergeRow({ id, environmentId, item, isBusy, isFolded = false }: RowProps) {
  const { row, chosen, shown } = item;
  const { key, renamed, outcome, before, mine, theirs, mineChange, theirsChange } = row;
  const isConflict = outcome === 'conflict';
  const cell = (side: MergeSide, variable: Variable | undefined, change: SideChange) => {
    const isRenamed = side === 'mine' && renamed !== undefined;
    const value = (
      <SideValue
        variable={variable}
        change={change}
        isRenamed={isRenamed}
        wasThere={before !== undefined}
        revealed={shown && (shown[side] ?? variable?.literal)}
      />
    );
    return isConflict ? (
      <SideChoice
        environmentId={environmentId}
        itemKey={key}
        side={side}
        chosen={chosen}
        isDisabled={isBusy}
      >
        {value}
      </SideChoice>
    ) : (
      value
    );
  };
  const was = (
    <span className="flex min-w-0 flex-1 items-start justify-between gap-1">
      {before === undefined ? (
        <NoValue word="not there" />
      ) : (
        <ValueGlimpse
          variable={before}
          revealed={shown && (shown.before ?? before.literal)}
          isPast
        />
      )}
      <Reveal environmentId={environmentId} row={row} isShown={shown !== undefined} />
    </span>
  );
  return (
    <Row id={id} textValue={key}>
      <Cell className="relative h-full pl-5">
        {isConflict ? (
          <span aria-hidden className="absolute inset-y-0 left-0 w-0.75 bg-brass-fill" />
        ) : null}
        <span
          title={key}
          className={cx(
            'min-w-0 font-mono text-xs leading-5 select-text',
            isFolded ? 'line-clamp-3 flex-1 break-all' : 'truncate',
            !isConflict && 'text-text-2',
          )}
        >
          {key}
          {renamed === undefined ? null : ` → ${renamed}`}
        </span>
      </Cell>
      {isFolded ? (
        <Cell className="pr-5">
          <CellLines>
            <CellLine name={columnWords.before}>{was}</CellLine>
            <CellLine name={columnWords.mine}>{cell('mine', mine, mineChange)}</CellLine>
            <CellLine name={columnWords.theirs}>{cell('theirs', theirs, theirsChange)}</CellLine>
          </CellLines>
        </Cell>
      ) : (
        <>
          <Cell>{was}</Cell>
          <Cell>{cell('mine', mine, mineChange)}</Cell>
          <Cell className="pr-5">{cell('theirs', theirs, theirsChange)}</Cell>
        </>
      )}
    </Row>
  );
}

interface SideValueProps {
  readonly variable: Variable | undefined;
  readonly change: SideChange;
  readonly isRenamed: boolean;
  readonly wasThere: boolean;
  readonly revealed: string | undefined;
}

function SideValue({ variable, change, isRenamed, wasThere, revealed }: SideValueProps) {
  if (change === 'removed') return <Chip tone="bad">removed</Chip>;
  if (variable === undefined) return <NoValue word="not there" />;
  if (change === 'unchanged' && !isRenamed && wasThere) {
    return <span className="font-mono text-xs leading-5 text-text-3">unchanged</span>;
  }
  return (
    // A row has one line until a value is revealed in it.
    <span
      className={cx(
        'flex min-w-0 flex-1 items-start gap-x-2',
        revealed !== undefined && 'flex-wrap',
      )}
    >
      <ValueGlimpse variable={variable} revealed={revealed} />
      {isRenamed ? <Chip>renamed</Chip> : null}
      {change === 'unchanged' ? null : <Chip>{change}</Chip>}
    </span>
  );
}

function Reveal({
  environmentId,
  row,
  isShown,
}: {
  readonly environmentId: string;
  readonly row: MergedVariable;
  readonly isShown: boolean;
}): ReactNode {
  const { merges } = useStores();
  if (!canReveal(row)) return null;
  const { key } = row;
  const { hide, reveal } = merges.getState();
  return (
    <RevealButton
      of={key}
      isShown={isShown}
      onReveal={() => void reveal(environmentId, [key])}
      onHide={() => hide(environmentId, key)}
    />
  );
}

interface ChoiceProps {
  readonly environmentId: string;
  readonly itemKey: string;
  readonly side: MergeSide;
  readonly chosen: MergeSide | undefined;
  readonly isDisabled: boolean;
  readonly children: ReactNode;
}

/** One of the two sides of a key. Each is a group with one radio, because each is in its own cell. */
function SideChoice({ environmentId, itemKey, side, chosen, isDisabled, children }: ChoiceProps) {
  const { merges } = useStores();
  return (
    <RadioGroup
      aria-label={side === 'mine' ? `Keep mine: ${itemKey}` : `Take theirs: ${itemKey}`}
      value={chosen ?? null}
      isDisabled={isDisabled}
      onChange={() => merges.getState().choose(environmentId, side, [itemKey])}
      className="min-w-0 flex-1"
    >
      <Radio
        value={side}
        className="native-input group flex min-w-0 cursor-default items-start gap-2 rounded-sm"
      >
        <span className="mt-0.75 flex size-3.5 shrink-0 items-center justify-center rounded-full border border-control bg-raised group-data-selected:border-brass-fill group-data-selected:bg-brass-fill">
          <span className="size-1.5 rounded-full bg-transparent group-data-selected:bg-brass-ink" />
        </span>
        {children}
      </Radio>
    </RadioGroup>
  );
}
