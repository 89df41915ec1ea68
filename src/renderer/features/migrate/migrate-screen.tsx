/** Migrate…: the target, the plan, then the run stage by stage. */
import {
  migrationStages,
  type MigrationPlan,
  type MigrationStage,
  type MigrationSummary,
} from '@shared/model/migration';
import { providerFacts } from '@shared/providers/facts';
import { providerIds, type ProviderId } from '@shared/providers/descriptor';
import { ArrowRight, Check, Circle, CircleCheck, X } from 'lucide-react';
import { useEffect, useMemo, useRef, type SubmitEvent } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { SegmentedChoice } from '../../components/choice';
import { ErrorText } from '../../components/error-text';
import { Fold } from '../../components/fold';
import { PageHeader, Section } from '../../components/page';
import { PathList } from '../../components/path-list';
import { Skeleton } from '../../components/skeleton';
import { Spinner } from '../../components/spinner';
import { TextField } from '../../components/text-field';
import { cx } from '../../lib/class-names';
import { formatDateTime, formatDuration, plural } from '../../lib/format';
import { EnvironmentPicker } from '../environments/environment-picker';
import { HelpButton } from '../help/help-button';
import { PendingMigrations } from './pending-migrations';
import {
  isMigrating,
  MIGRATED_MAX,
  type MigrateItem,
  type MigrateMove,
  type MigrateRun,
  type Planned,
} from './store';
import { PlaceText } from './place-text';
import { stageWords } from './words';

export interface ScreenProps {
  readonly id: string;
  /** Environments that are migrated with it. */
  readonly others: readonly string[];
}

export function MigrateScreen({ id, others }: ScreenProps) {
  const { migrate, navigation } = useStores();
  const environment = useFeature('environments', (state) =>
    state.list.find((one) => one.id === id),
  );
  const run = useFeature('migrate', (state) => state.run);
  const moves = useFeature('migrate', (state) => state.form.moves);
  const pending = useFeature('migrate', (state) => state.pending);

  useEffect(() => {
    void migrate.getState().open(id, others);
    void migrate.getState().refreshPending();
    return () => migrate.getState().close();
  }, [migrate, id, others]);

  const ids = useMemo(
    () => (run?.items ?? moves).map(({ environmentId }) => environmentId),
    [run, moves],
  );
  const isUnfinished = (some: readonly string[]): boolean =>
    pending.some(({ environmentId }) => some.includes(environmentId));
  const name = environment?.name ?? 'Environment';
  return (
    <>
      <PageHeader
        title={`Migrate ${ids.length > 1 ? plural(ids.length, 'environment') : name}`}
        help={<HelpButton />}
        actions={
          <Button
            variant="quiet"
            onPress={() => navigation.getState().go({ screen: 'environment', id })}
          >
            Back to environment
          </Button>
        }
      >
        {ids.length > 1 ? 'Each secret' : 'The secret'} is copied, the copy is read back and
        compared, and only then is the source removed.
      </PageHeader>
      <div className="@container min-h-0 flex-1 overflow-auto">
        <div className="flex max-w-2xl flex-col gap-5 px-5 py-5">
          {run === undefined || run.phase === 'failed' ? (
            <PendingMigrations environmentIds={run === undefined ? [id] : ids} />
          ) : null}
          {run !== undefined ? (
            <Run run={run} ids={ids} unfinished={isUnfinished(ids)} />
          ) : isUnfinished([id]) ? null : (
            <>
              <Form />
              <Plan />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function Form() {
  const { migrate } = useStores();
  const targets = useFeature('migrate', (state) => state.targets);
  const form = useFeature('migrate', (state) => state.form);
  const planning = useFeature('migrate', (state) => state.planning);
  const planned = useFeature('migrate', (state) => state.plans !== undefined);
  const error = useFeature('migrate', (state) => state.error);
  const all = useFeature('environments', (state) => state.list);
  const synced = useMemo(() => all.filter((one) => one.synced), [all]);
  const issue = error?.details?.field === 'toPath' ? error.message : undefined;
  const { choose, setProvider, setPath, makePlan } = migrate.getState();
  const { moves } = form;
  const [first] = moves;

  if (targets === undefined) {
    return error === undefined ? <Skeleton className="w-72" /> : <ErrorCard report={error} />;
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!planning) void makePlan();
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3.5">
      <SegmentedChoice
        label="To"
        value={form.provider ?? null}
        onChange={(value) => {
          const chosen = providerIds.find((one) => one === value);
          if (chosen !== undefined) setProvider(chosen);
        }}
        options={targets.map(({ provider, label }) => ({ value: provider, label }))}
        help={
          targets.length === 1
            ? 'To migrate to another provider, set it up in Settings → Vault first.'
            : undefined
        }
      />
      {first === undefined ? null : moves.length === 1 ? (
        <TextField
          label="New path"
          value={first.path}
          onChange={(path) => setPath(first.environmentId, path)}
          issue={issue}
          // The page was opened to type this path.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
        />
      ) : (
        <MovesFields />
      )}
      {error === undefined || issue !== undefined ? null : <ErrorCard report={error} />}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant={planned ? 'default' : 'primary'}
          isBusy={planning}
          isDisabled={moves.some(({ path }) => path.trim() === '')}
        >
          {planned ? 'Check again' : 'Show plan'}
        </Button>
        {synced.length < 2 ? null : (
          <EnvironmentPicker
            label="Environments to migrate"
            list={synced}
            ids={moves.map(({ environmentId }) => environmentId)}
            max={MIGRATED_MAX}
            onChoose={choose}
          />
        )}
      </div>
    </form>
  );
}

/** The paths of several environments: the folder of all, and each by itself. */
function MovesFields() {
  const { migrate } = useStores();
  const { moves, folder } = useFeature('migrate', (state) => state.form);
  const { setFolder, setPath } = migrate.getState();
  return (
    <>
      <TextField
        label="Folder"
        value={folder}
        onChange={setFolder}
        help="The paths below are in this folder. Change it to move them together."
        // The page was opened to type a path.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
      />
      {moves.map(({ environmentId, name, path }) => (
        <TextField
          key={environmentId}
          stacked
          label={`New path of ${name}`}
          value={path}
          onChange={(typed) => setPath(environmentId, typed)}
        />
      ))}
    </>
  );
}

function Plan() {
  const plans = useFeature('migrate', (state) => state.plans);
  const moves = useFeature('migrate', (state) => state.form.moves);
  const [first] = moves;
  const frame = useRef<HTMLDivElement>(null);
  // It may be below the fields of many environments.
  useEffect(() => {
    if (plans !== undefined) frame.current?.scrollIntoView({ block: 'nearest' });
  }, [plans]);
  if (plans === undefined || first === undefined) return null;
  const plan = plans.get(first.environmentId)?.plan;
  if (moves.length === 1 && plan === undefined) return null;
  return (
    <div ref={frame} className="scroll-mb-5">
      {moves.length > 1 ? (
        <PlanOfSeveral plans={plans} moves={moves} />
      ) : plan === undefined ? null : (
        <PlanOfOne plan={plan} />
      )}
    </div>
  );
}

function PlanOfOne({ plan }: { readonly plan: MigrationPlan }) {
  const { migrate } = useStores();
  const { from, to, keys, refused, reachable } = plan;
  return (
    <Section title="Plan">
      <div className="grid grid-cols-1 items-stretch gap-2 @min-[34rem]:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
        <PlaceCard title="From" place={from} looked={refused === undefined} />
        <ArrowRight
          aria-hidden
          className="size-4 self-center justify-self-center text-text-3 @max-[34rem]:rotate-90"
        />
        <PlaceCard title="To" place={to} looked={refused === undefined} />
      </div>
      {keys.length === 0 ? null : (
        <Fold title={`${plural(keys.length, 'variable')} would be copied`} quiet>
          <div className="pt-1.5">
            <PathList label="Keys that would be copied" paths={keys} />
          </div>
        </Fold>
      )}
      {refused === undefined ? (
        <>
          {reachable ? null : <NotReachable provider={to.provider} />}
          <div>
            <Button variant="primary" onPress={() => void migrate.getState().start()}>
              Migrate
            </Button>
          </div>
        </>
      ) : (
        <ErrorCard report={refused} />
      )}
    </Section>
  );
}

const NotReachable = ({ provider }: { readonly provider: ProviderId }) => (
  <Card tone="warn" title="This workspace uses another provider">
    <p className="text-text-2">
      To pull the values after the migration, switch the workspace to{' '}
      {providerFacts[provider].label} in Settings → Vault.
    </p>
  </Card>
);

interface SeveralProps {
  readonly plans: ReadonlyMap<string, Planned>;
  readonly moves: readonly MigrateMove[];
}

function PlanOfSeveral({ plans, moves }: SeveralProps) {
  const { migrate } = useStores();
  const good = [...plans.values()].filter(({ refused }) => refused === undefined);
  const away = good.find(({ plan }) => plan?.reachable === false)?.plan;
  return (
    <Section title="Plan">
      <ul aria-label="Environments" className="flex flex-col gap-2">
        {moves.map(({ environmentId, name, from, path }) => (
          <PlannedRow
            key={environmentId}
            name={name}
            from={from}
            path={path}
            planned={plans.get(environmentId)}
          />
        ))}
      </ul>
      {away === undefined ? null : <NotReachable provider={away.to.provider} />}
      {good.length === 0 ? null : (
        <div className="flex flex-wrap items-center gap-3">
          <Button variant="primary" onPress={() => void migrate.getState().start()}>
            {`Migrate ${plural(good.length, 'environment')}`}
          </Button>
          {good.length === plans.size ? null : (
            <p className="text-text-2">The others stay where they are.</p>
          )}
        </div>
      )}
    </Section>
  );
}

interface PlannedRowProps extends Pick<MigrateMove, 'name' | 'from' | 'path'> {
  readonly planned: Planned | undefined;
}

function PlannedRow({ name, from, path, planned }: PlannedRowProps) {
  const refused = planned?.refused;
  const variables = planned?.plan?.from.variables;
  const note =
    refused !== undefined
      ? ', not possible'
      : variables === undefined
        ? ''
        : `, ${plural(variables, 'variable')}`;
  return (
    <li className="flex gap-2.5">
      <span className="mt-0.5 flex w-4 shrink-0 justify-center">
        {refused === undefined ? stageIcons.done : stageIcons.stopped}
      </span>
      <div className="flex min-w-0 flex-col gap-0.5">
        <p className="break-words">
          <span className="font-medium">{name}</span>
          <span className="text-text-2">{note}</span>
        </p>
        <p className="font-mono text-xs break-all text-text-2">
          {from} <span aria-hidden>→</span>
          <span className="sr-only">to</span> {path}
        </p>
        {refused === undefined ? null : <ErrorText report={refused} />}
      </div>
    </li>
  );
}

const PlaceCard = ({
  title,
  place,
  looked,
}: {
  readonly title: string;
  readonly place: MigrationPlan['from'];
  /** Whether the place was checked: a plan that is refused at once says nothing about it. */
  readonly looked: boolean;
}) => (
  <section
    aria-label={title}
    className="flex min-w-0 flex-col gap-0.5 rounded-md border border-line bg-raised p-3"
  >
    <h3 className="caps text-text-3">{title}</h3>
    <p className="text-text-2">{place.label}</p>
    <p className="font-mono text-xs break-all">{place.path}</p>
    <p className="text-xs text-text-2">
      {place.exists
        ? [
            place.variables === undefined ? 'a secret' : plural(place.variables, 'variable'),
            place.revision,
          ]
            .filter(Boolean)
            .join(', ')
        : looked
          ? 'nothing there yet'
          : ''}
    </p>
  </section>
);

interface RunProps {
  readonly run: MigrateRun;
  /** The environments of the run. */
  readonly ids: readonly string[];
  /** Whether a migration must be resumed or undone. */
  readonly unfinished: boolean;
}

function Run({ run, ids, unfinished }: RunProps) {
  const { migrate } = useStores();
  const migrating = useFeature('migrate', isMigrating);
  const { items, phase } = run;
  const [only] = items.length === 1 ? items : [];
  const done = items.filter((item) => item.phase === 'done').length;
  return (
    <Section title="Migration" note={<RunNote run={run} />}>
      {only === undefined ? (
        <ol aria-label="Environments" className="flex flex-col gap-2">
          {items.map((item) => (
            <ItemRow key={item.environmentId} item={item} />
          ))}
        </ol>
      ) : (
        <RunOfOne item={only} />
      )}
      {migrating ? (
        <div>
          <Button isDisabled={phase === 'cancelling'} onPress={() => migrate.getState().cancel()}>
            Cancel
          </Button>
        </div>
      ) : null}
      {migrating || only !== undefined ? null : (
        <output>{`${String(done)} of ${plural(items.length, 'environment')} migrated.`}</output>
      )}
      {phase === 'cancelled' ? <PendingMigrations environmentIds={ids} /> : null}
      {phase === 'done' || migrating || unfinished ? null : (
        <div className="flex flex-col items-start gap-2">
          <p className="text-text-2">
            {only === undefined
              ? 'Nothing was left behind. The secrets that were not migrated are where they were.'
              : 'Nothing was left behind. The secret is where it was.'}
          </p>
          <Button onPress={() => migrate.getState().backToPlan()}>Back to the plan</Button>
        </div>
      )}
    </Section>
  );
}

const RunOfOne = ({ item }: { readonly item: MigrateItem }) => (
  <>
    <ol className="flex flex-col gap-2">
      {migrationStages.map((stage) => (
        <Stage key={stage} stage={stage} item={item} />
      ))}
    </ol>
    {item.summary === undefined ? null : <Summary summary={item.summary} />}
    {item.error === undefined ? null : <ErrorCard report={item.error} />}
  </>
);

const itemStates = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  cancelled: 'stopped',
  failed: 'stopped',
} as const satisfies Record<MigrateItem['phase'], StageState>;

/** One of several: its state, and its outcome. */
const ItemRow = ({ item }: { readonly item: MigrateItem }) => (
  <li className="flex gap-2.5">
    <span className="mt-0.5 flex h-4 w-4 shrink-0 items-center justify-center">
      {stageIcons[itemStates[item.phase]]}
    </span>
    <div className="flex min-w-0 flex-col gap-0.5">
      <p className="break-words">
        <span className="font-medium">{item.name}</span>
        <span className="text-text-2">: {stateOf(item)}</span>
      </p>
      {item.summary === undefined ? null : (
        <p className="break-words text-text-2">
          Migrated to <PlaceText place={item.summary.to} />. <Removal of={item.summary} />
        </p>
      )}
      {item.error === undefined ? null : <ErrorText report={item.error} live />}
    </div>
  </li>
);

function stateOf({ phase, stage }: MigrateItem): string {
  if (phase === 'waiting') return 'not started';
  if (phase === 'running' && stage !== undefined) return stageWords[stage];
  return runWords[phase];
}

const runWords = {
  running: 'under way',
  cancelling: 'cancelling',
  done: 'done',
  cancelled: 'cancelled',
  failed: 'failed',
} as const satisfies Record<MigrateRun['phase'], string>;

const RunNote = ({ run }: { readonly run: MigrateRun }) => (
  <output className="text-2xs text-text-2">{runWords[run.phase]}</output>
);

type StageState = 'done' | 'running' | 'stopped' | 'waiting';

function stageState(stage: MigrationStage, { stage: at, phase }: MigrateItem): StageState {
  if (phase === 'done') return 'done';
  const reached = at === undefined ? -1 : migrationStages.indexOf(at);
  const own = migrationStages.indexOf(stage);
  if (own < reached) return 'done';
  if (own > reached) return 'waiting';
  return phase === 'running' ? 'running' : 'stopped';
}

const stageIcons = {
  done: <Check aria-hidden className="size-4 text-good" />,
  running: <Spinner className="text-text-2" />,
  stopped: <X aria-hidden className="size-4 text-bad" />,
  waiting: <Circle aria-hidden className="size-2 text-text-3" />,
} as const satisfies Record<StageState, unknown>;

const stageStateWords = {
  done: 'done',
  running: 'under way',
  stopped: 'stopped here',
  waiting: 'not reached',
} as const satisfies Record<StageState, string>;

function Stage({ stage, item }: { readonly stage: MigrationStage; readonly item: MigrateItem }) {
  const state = stageState(stage, item);
  return (
    <li className="flex items-center gap-2.5">
      <span className="flex w-4 shrink-0 justify-center">{stageIcons[state]}</span>
      <span className={cx(state === 'waiting' && 'text-text-3')}>
        {stageWords[stage]}
        <span className="sr-only">: {stageStateWords[state]}</span>
      </span>
    </li>
  );
}

function Removal({ of: { from, recoverable, until } }: { readonly of: MigrationSummary }) {
  const end = until === undefined ? '' : ` until ${formatDateTime(until)}`;
  return (
    <>
      The secret at <span className="font-mono text-xs wrap-anywhere">{from.path}</span> was
      removed.{' '}
      {recoverable === true ? `It can be undeleted there${end}.` : 'It cannot be undeleted.'}
    </>
  );
}

function Summary({ summary }: { readonly summary: MigrationSummary }) {
  const { to, reachable, durationMs } = summary;
  return (
    <output className="flex gap-2">
      <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
      <span className="break-words">
        Migrated to <PlaceText place={to} /> in {formatDuration(durationMs)}.{' '}
        <Removal of={summary} />
        {reachable
          ? ''
          : ` To pull it, switch the workspace to ${providerFacts[to.provider].label} in Settings → Vault.`}
      </span>
    </output>
  );
}
