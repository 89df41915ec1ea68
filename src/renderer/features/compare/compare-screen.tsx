/** Environments side by side, key by key: which keys are missing, and which values differ. */
import { COMPARED_MAX, type ComparedEnvironment, type Comparison } from '@shared/model/comparison';
import { countGroups, rowGroups, type RowGroup } from '@shared/model/row-groups';
import { Columns3, CloudDownload, RotateCw } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Banner } from '../../components/banner';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { Centred, PageHeader } from '../../components/page';
import { SearchField } from '../../components/search-field';
import { Skeleton } from '../../components/skeleton';
import { ToggleChoice } from '../../components/toggle-choice';
import { formatCount, plural } from '../../lib/format';
import { onAway } from '../../lib/on-away';
import { HelpButton } from '../help/help-button';
import { ComparisonTable } from './comparison-table';
import { EnvironmentPicker } from '../environments/environment-picker';
import { siblingOf } from './sibling';
import { filterRows } from './store';

export function CompareScreen() {
  const { compare } = useStores();
  const list = useFeature('environments', (state) => state.list);
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
        help={<HelpButton />}
        actions={
          <>
            <EnvironmentPicker
              label="Environments to compare"
              list={list}
              ids={ids}
              max={COMPARED_MAX}
              onChoose={(chosen) => void compare.getState().choose(chosen)}
              isOpen={isPicking}
              onOpenChange={setPicking}
            />
            <Button
              isBusy={loading}
              isDisabled={ids.length < 2}
              icon={<RotateCw aria-hidden className="size-3.5" />}
              onPress={() => void compare.getState().refresh()}
            >
              Compare again
            </Button>
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

/**
 * Starts with the last choice, without environments that are gone, if it has the environment that was open last;
 * else with that one and its sibling.
 */
function useFirstChoice(): void {
  const { compare, environments, navigation, preferences } = useStores();
  useEffect(() => {
    const { list } = environments.getState();
    const known = list.map(({ id }) => id);
    const { lastEnvironment } = navigation.getState();
    const from = known.filter((id) => id === lastEnvironment);
    const kept = compare.getState().ids.filter((id) => known.includes(id));
    const isKept = kept.length >= 2 && from.every((id) => kept.includes(id));
    const first = list.find(({ id }) => id === lastEnvironment) ?? list[0];
    const second = first && siblingOf(first, list);
    const pair = [first, second].flatMap((one) => (one === undefined ? [] : [one.id]));
    void compare.getState().choose(isKept ? kept : pair);
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

function Side({ comparison }: { readonly comparison: Comparison }) {
  const { compare } = useStores();
  const hidden = useFeature('compare', (state) => state.hidden);
  const text = useFeature('compare', (state) => state.text);
  const deferred = useDeferredValue(text);
  const rows = useMemo(
    () => filterRows(comparison.rows, hidden, deferred),
    [comparison, hidden, deferred],
  );
  const { setHidden, setText } = compare.getState();
  const total = comparison.rows.length;
  const groups = useMemo(() => groupsOf(comparison), [comparison]);

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
        <ToggleChoice
          label="Show"
          bare
          options={groups}
          chosen={groups.flatMap(({ value }) => (hidden.has(value) ? [] : [value]))}
          onChange={(chosen) =>
            setHidden(new Set(rowGroups.filter((one) => !chosen.includes(one))))
          }
        />
        <output className="text-xs text-text-3 tabular-nums">
          {rows.length === total ? '' : `${formatCount(rows.length)} of ${formatCount(total)}`}
        </output>
      </div>
      <ComparisonTable
        environments={comparison.environments}
        rows={rows}
        emptyText={emptyText(comparison, deferred.trim())}
      />
    </div>
  );
}

/** What the table says if it shows no row. */
function emptyText({ environments, rows }: Comparison, sought: string): string {
  if (rows.length === 0) {
    return environments.some(({ loaded }) => !loaded)
      ? 'Pull what is not loaded, and it is compared here.'
      : 'These environments have no variables yet. Open one and add some.';
  }
  if (sought === '') {
    return 'Every group of keys is hidden, or those shown are empty. Choose another group above.';
  }
  return `No shown key contains “${sought}”. Esc in the filter clears it.`;
}

/** The groups that rows can be in, each with the number of its rows. */
function groupsOf({ environments, rows }: Comparison) {
  const counts = countGroups(rows);
  const [first, second] = environments;
  const labels: Record<RowGroup, string> = {
    different: 'Different',
    first: `Only in ${first?.name ?? ''}`,
    second: `Only in ${second?.name ?? ''}`,
    missing: environments.length === 2 ? 'Missing in both' : 'Missing in some',
    equal: 'Same',
  };
  return rowGroups
    .filter((group) => {
      if (environments.length !== 2) return !isOfTwo(group);
      return group !== 'missing' || counts.missing > 0;
    })
    .map((value) => ({
      value,
      label: labels[value],
      count: counts[value],
      isNamed: isOfTwo(value),
    }));
}

const isOfTwo = (group: RowGroup): boolean => group === 'first' || group === 'second';

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
