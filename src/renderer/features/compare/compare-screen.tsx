/** Environments side by side, key by key: which keys are missing, and which values differ. */
import { COMPARED_MAX, type ComparedEnvironment, type Comparison } from '@shared/model/comparison';
import { Columns3, CloudDownload, RotateCw } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Banner } from '../../components/banner';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { SegmentedChoice } from '../../components/choice';
import { Centred, PageHeader } from '../../components/page';
import { SearchField } from '../../components/search-field';
import { Skeleton } from '../../components/skeleton';
import { formatCount, plural } from '../../lib/format';
import { onAway } from '../../lib/on-away';
import { HelpButton } from '../help/help-button';
import { ComparisonTable } from './comparison-table';
import { EnvironmentPicker } from './environment-picker';
import { compareFilters, filterRows } from './store';

export function CompareScreen() {
  const { compare } = useStores();
  const ids = useFeature('compare', (state) => state.ids);
  const comparison = useFeature('compare', (state) => state.comparison);
  const loading = useFeature('compare', (state) => state.loading);
  const error = useFeature('compare', (state) => state.error);
  const [isPicking, setPicking] = useState(false);
  useFirstChoice();

  return (
    <>
      <PageHeader
        title="Compare"
        actions={
          <>
            <EnvironmentPicker isOpen={isPicking} onOpenChange={setPicking} />
            <Button
              isBusy={loading}
              isDisabled={ids.length < 2}
              icon={<RotateCw aria-hidden className="size-3.5" />}
              onPress={() => void compare.getState().refresh()}
            >
              Compare again
            </Button>
            <HelpButton />
          </>
        }
      >
        Values are compared without being shown. Reveal a row to see them.
      </PageHeader>
      <Fault />
      {error !== undefined ? (
        <div className="min-h-0 flex-1 overflow-auto p-5">
          <div className="max-w-xl">
            <ErrorCard report={error} />
          </div>
        </div>
      ) : ids.length < 2 ? (
        <TooFew onPick={() => setPicking(true)} />
      ) : comparison === undefined ? (
        <div aria-hidden className="flex min-h-0 flex-1 flex-col gap-5 overflow-hidden px-5 py-4">
          <Skeleton className="w-80" />
          <Skeleton className="w-96" />
          <Skeleton className="w-72" />
        </div>
      ) : (
        <Side comparison={comparison} />
      )}
    </>
  );
}

/** The next step, while there are not two environments to compare. */
function TooFew({ onPick }: { readonly onPick: () => void }) {
  const { commands } = useStores();
  const canChoose = useFeature('environments', ({ list }) => list.length >= 2);
  return (
    <Centred
      icon={<Columns3 aria-hidden className="size-5" />}
      title={canChoose ? 'Choose two environments' : 'Two environments are needed'}
      actions={
        canChoose ? (
          <Button variant="primary" onPress={onPick}>
            Choose environments
          </Button>
        ) : (
          <Button variant="primary" onPress={() => void commands.getState().run('new-environment')}>
            New environment
          </Button>
        )
      }
    >
      <p>
        {canChoose
          ? `Compare shows up to ${String(COMPARED_MAX)} side by side.`
          : 'Compare shows which environment lacks which key. Create another environment, or pull some.'}
      </p>
    </Centred>
  );
}

/** Starts with the last choice, without environments that are gone, and with the one that was open last. */
function useFirstChoice(): void {
  const { compare, environments, navigation, preferences } = useStores();
  useEffect(() => {
    const known = environments.getState().list.map(({ id }) => id);
    const { lastEnvironment } = navigation.getState();
    const from = known.filter((id) => id === lastEnvironment);
    const kept = compare.getState().ids.filter((id) => known.includes(id));
    const isKept = kept.length >= 2 && from.every((id) => kept.includes(id));
    const first = [...from, ...known.filter((id) => id !== lastEnvironment)].slice(0, 2);
    void compare.getState().choose(isKept ? kept : first);
    const stopHiding = onAway(compare.getState().hideAll, () => preferences.getState().hidesOnBlur);
    return () => {
      stopHiding();
      compare.getState().close();
    };
  }, [compare, environments, navigation, preferences]);
}

function Fault() {
  const { compare } = useStores();
  const fault = useFeature('compare', (state) => state.fault);
  if (fault === undefined) return null;
  return (
    <div className="px-5 pt-3">
      <ErrorCard report={fault} onDismiss={() => compare.getState().dismissFault()} />
    </div>
  );
}

const filterLabels = {
  all: 'All',
  different: 'Only differences',
  missing: 'Only missing',
} as const;

function Side({ comparison }: { readonly comparison: Comparison }) {
  const { compare } = useStores();
  const filter = useFeature('compare', (state) => state.filter);
  const text = useFeature('compare', (state) => state.text);
  const deferred = useDeferredValue(text);
  const rows = useMemo(
    () => filterRows(comparison.rows, filter, deferred),
    [comparison, filter, deferred],
  );
  const { setFilter, setText } = compare.getState();
  const total = comparison.rows.length;

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <NotLoaded environments={comparison.environments} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-2.5">
        <SearchField
          label="Filter keys"
          placeholder={`Filter ${plural(total, 'key')}`}
          value={text}
          onChange={setText}
          className="w-60 min-w-0"
        />
        <SegmentedChoice
          label="Show"
          bare
          value={filter}
          onChange={(value) => {
            const chosen = compareFilters.find((one) => one === value);
            if (chosen !== undefined) setFilter(chosen);
          }}
          options={compareFilters.map((value) => ({ value, label: filterLabels[value] }))}
        />
        <output className="text-xs text-text-3 tabular-nums">
          {rows.length === total ? '' : `${formatCount(rows.length)} of ${formatCount(total)}`}
        </output>
      </div>
      <ComparisonTable
        environments={comparison.environments}
        rows={rows}
        emptyText={
          total === 0
            ? 'These environments have no variables yet. Open one and add some.'
            : filter === 'all' || deferred.trim() !== ''
              ? `No key contains “${deferred.trim()}”.`
              : filter === 'missing'
                ? 'Each of these environments has every key. Choose “All” to see them.'
                : 'These environments are equal. Choose “All” to see their keys.'
        }
      />
    </div>
  );
}

/** Lists the environments whose values are not in memory, with a button to pull each. */
function NotLoaded({ environments }: { readonly environments: readonly ComparedEnvironment[] }) {
  const { compare } = useStores();
  const pulling = useFeature('compare', (state) => state.pulling);
  return environments
    .filter(({ loaded }) => !loaded)
    .map(({ id, name }) => (
      <Banner
        key={id}
        tone="info"
        title={`${name} is not loaded.`}
        action={
          <Button
            size="sm"
            isBusy={pulling.has(id)}
            aria-label={`Pull ${name}`}
            icon={<CloudDownload aria-hidden className="size-3.5" />}
            onPress={() => void compare.getState().pull(id)}
          >
            Pull
          </Button>
        }
      >
        Its values are only at the provider.
      </Banner>
    ));
}
