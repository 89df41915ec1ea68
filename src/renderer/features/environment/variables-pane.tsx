import type { OpenEnvironment } from '@shared/model/open-environment';
import { Eye, EyeOff, Plus } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyIssue } from '@shared/model/key-rules';
import { shortcutOf } from '../../app/shortcuts';
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { Button, IconButton } from '../../components/button';
import { SearchField } from '../../components/search-field';
import { Skeleton } from '../../components/skeleton';
import { formatCount, plural } from '../../lib/format';
import { withoutKey } from '../../lib/without';
import { countsOf, rowsOf, type Row } from './draft';
import { DraftBar } from './draft-bar';
import { PlainProposal } from './plain/plain-proposal';
import { expectedOf, type ExpectedVariable } from '@shared/model/expected';
import { expectedIssues, missingIn } from './expected/issues';
import { MissingBanner } from './expected/missing-banner';
import { ExportButton } from './export/export-button';
import { roundingIssues, useRoundsNumbers } from './rounded-numbers';
import { mergedIssues, referenceIssues } from './references/store';
import { useWantedVariable } from './references/use-wanted-variable';
import { keptIssues, rowIssues } from './row-issues';
import { nextSort, sortRows, type Sort, type SortColumn } from './sort-rows';
import { VariablesGrid } from './variables-grid';

const shapeNotes: Partial<Record<OpenEnvironment['shape'], string>> = {
  text: 'This secret is not a JSON object, so it is shown as one text value.',
  binary: 'This secret is binary. Strongroom keeps it locked and does not show it.',
};

const NONE_EXPECTED: readonly ExpectedVariable[] = [];
const NO_ISSUES: ReadonlyMap<string, KeyIssue> = new Map();

export function VariablesPane({ data }: { readonly data: OpenEnvironment }) {
  const { environment, drafts, references } = useStores();
  const checked = useFeature('references', (state) => state.checked);
  const { variables, shape } = data;
  const { id, name, expands = false } = data.environment;
  const rules = useFeature('workspaces', ({ current }) => current.expected ?? NONE_EXPECTED);
  const draft = useFeature('drafts', (state) => state.histories.get(id)?.present);
  const isSaving = useFeature('drafts', (state) => state.saving.has(id));
  // The editor shows the issue of the key that is being typed.
  const typing = useFeature('environment', ({ editing }) =>
    editing?.field === 'key' ? editing.row.id : undefined,
  );
  const [filter, setFilter] = useState('');
  const frame = useRef<HTMLDivElement>(null);
  const deferred = useDeferredValue(filter);
  const [kept] = useState(keptIssues);
  const [issuesOfKeys] = useState(rowIssues);

  const rows = useMemo(() => rowsOf(variables, draft), [variables, draft]);
  const counts = useMemo(() => countsOf(draft), [draft]);
  const rounds = useRoundsNumbers(data.environment);
  const expected = useMemo(
    () => expectedOf(shape === 'map' ? rules : NONE_EXPECTED, name),
    [rules, name, shape],
  );
  const missing = useMemo(() => missingIn(rows, expected), [rows, expected]);
  const allIssues = useMemo(() => {
    if (shape !== 'map') return NO_ISSUES;
    const found = mergedIssues(
      referenceIssues(checked),
      issuesOfKeys(rows),
      expectedIssues(rows, expected, expands),
    );
    // The issue of a key wins over a rounded number, because it may prevent saving.
    return kept(rounds ? mergedIssues(roundingIssues(rows), found) : found);
  }, [rows, shape, rounds, checked, kept, issuesOfKeys, expected, expands]);
  useEffect(() => {
    void references.getState().checkRows(id, rows);
  }, [references, id, rows]);
  useWantedVariable(id, rows, () => setFilter(''));
  const issues = useMemo(
    () => (typing === undefined ? allIssues : withoutKey(allIssues, typing)),
    [allIssues, typing],
  );
  const [sort, setSort] = useState<Sort>();
  const shown = useMemo(() => sortRows(shownRows(rows, deferred), sort), [rows, deferred, sort]);
  const sortBy = useCallback((by: SortColumn) => setSort((before) => nextSort(before, by)), []);
  const isStale = counts.total > 0 && draft?.base !== data.base;
  const isReadOnly = isSaving || isStale || shape === 'binary';

  const canEdit = shape === 'map' && !isReadOnly;
  const { add, setMode } = environment.getState();
  useCommand('add-variable', canEdit ? add : undefined);
  useCommand('edit-as-text', canEdit ? () => setMode('text') : undefined);
  useCommand('import', canEdit ? () => setMode('import') : undefined);
  const isRevealed = useFeature('environment', ({ revealed }) => revealed.size > 0);
  const toggleAll = (): void => {
    if (isRevealed) environment.getState().hideAll();
    else void environment.getState().revealAll(shown);
  };
  useCommand('reveal-all', shape === 'map' ? toggleAll : undefined);
  useCommand('filter-variables', () => frame.current?.querySelector('input')?.focus());
  useCommand('undo', () => drafts.getState().undo(id));
  useCommand('redo', () => drafts.getState().redo(id));

  const note = shapeNotes[shape];
  const faulty = rows.filter((row) => allIssues.get(row.id)?.level === 'error');
  const inValues = faulty.some((row) => checked.get(row.id)?.issue?.level === 'error');

  return (
    <div ref={frame} className="@container flex min-h-0 flex-1 flex-col">
      <PlainProposal variables={variables} />
      <MissingBanner missing={missing} canAdd={canEdit} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-2.5">
        {note === undefined ? (
          <>
            <SearchField
              label="Filter variables"
              placeholder={`Filter ${plural(rows.length, 'variable')}`}
              value={filter}
              onChange={setFilter}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowDown') return event.continuePropagation();
                event.preventDefault();
                frame.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
              }}
              className="w-full max-w-75 min-w-40 flex-1"
            />
            <output className="shrink-0 text-xs text-text-3 tabular-nums">
              {deferred.trim() === ''
                ? ''
                : `${formatCount(shown.length)} of ${formatCount(rows.length)}`}
            </output>
            <div className="ml-auto flex flex-wrap items-center justify-end gap-1">
              <IconButton
                label={isRevealed ? 'Hide all values' : 'Reveal all values'}
                hint={`${isRevealed ? 'Hide all' : 'Reveal all'} (${shortcutOf('reveal-all') ?? ''})`}
                onPress={toggleAll}
              >
                {isRevealed ? (
                  <EyeOff aria-hidden className="size-3.5" />
                ) : (
                  <Eye aria-hidden className="size-3.5" />
                )}
              </IconButton>
              <Button variant="quiet" isDisabled={!canEdit} onPress={() => setMode('text')}>
                Edit as text
              </Button>
              <Button variant="quiet" isDisabled={!canEdit} onPress={() => setMode('import')}>
                Import…
              </Button>
              <ExportButton id={id} name={data.environment.name} unsaved={counts.total} />
              <Button
                className="ml-1"
                isDisabled={!canEdit}
                icon={<Plus aria-hidden className="size-3.5" />}
                onPress={add}
              >
                Add variable
              </Button>
            </div>
          </>
        ) : (
          <p className="text-text-2">{note}</p>
        )}
      </div>
      <VariablesGrid
        id={id}
        variables={variables}
        rows={rows}
        shown={shown}
        sort={sort}
        onSort={sortBy}
        issues={issues}
        expected={expected}
        isReadOnly={isReadOnly}
        isMap={shape === 'map'}
        empty={
          rows.length === 0
            ? `No variables yet. Add one with ${shortcutOf('add-variable') ?? ''}, or paste lines of a .env file here.`
            : `No key, plain value or note contains “${deferred.trim()}”. Esc in the filter clears it.`
        }
      />
      {counts.total === 0 ? null : (
        <DraftBar
          id={id}
          counts={counts}
          isSaving={isSaving}
          obstacle={obstacleOf(faulty.length, inValues ? 'variable' : 'key', isStale)}
        />
      )}
    </div>
  );
}

const obstacleOf = (
  errors: number,
  what: 'key' | 'variable',
  isStale: boolean,
): string | undefined => {
  if (isStale) return 'The variables have changed: see above.';
  return errors === 0 ? undefined : `Fix ${plural(errors, what)} before saving`;
};

function shownRows(rows: readonly Row[], filter: string): readonly Row[] {
  const text = filter.trim().toLowerCase();
  if (text === '') return rows;
  return rows.filter(({ key, origin, change, variable, typed }) => {
    // New variables stay in sight.
    if (change === 'added') return true;
    const plain = variable.secret ? undefined : (typed ?? variable.literal);
    return [key, origin?.key, plain, variable.note].some(
      (one) => one?.toLowerCase().includes(text) === true,
    );
  });
}

const SKELETON_WIDTHS = ['w-24', 'w-36', 'w-20', 'w-40', 'w-28', 'w-32', 'w-24', 'w-36'] as const;

/** The grid's outline, so that nothing moves when the variables arrive. */
export const VariablesSkeleton = () => (
  <div aria-hidden className="min-h-0 flex-1 overflow-hidden">
    <div className="px-5 py-2.5">
      <div className="h-7.5 w-full max-w-75 rounded-md border border-line" />
    </div>
    <div className="h-7.5 border-b border-line" />
    {SKELETON_WIDTHS.map((width, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- a fixed list of outlines
      <div
        key={index}
        className="grid h-8.5 grid-cols-[1fr_1.6fr_7rem] items-center border-b border-line px-5"
      >
        <Skeleton className={width} />
        <Skeleton className="w-28" />
        <Skeleton className="w-12" />
      </div>
    ))}
  </div>
);
