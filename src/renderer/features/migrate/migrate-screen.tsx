/** Migrate…: the target, the plan, then the run stage by stage. */
import {
  migrationStages,
  type MigrationPlan,
  type MigrationStage,
  type MigrationSummary,
} from '@shared/model/migration';
import { providerDescriptors } from '@shared/providers';
import { providerIds } from '@shared/providers/descriptor';
import { ArrowRight, Check, Circle, CircleCheck, X } from 'lucide-react';
import { useEffect, type SubmitEvent } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { SegmentedChoice } from '../../components/choice';
import { Fold } from '../../components/fold';
import { PageHeader, Section } from '../../components/page';
import { PathList } from '../../components/path-list';
import { Skeleton } from '../../components/skeleton';
import { Spinner } from '../../components/spinner';
import { TextField } from '../../components/text-field';
import { cx } from '../../lib/class-names';
import { formatDateTime, formatDuration, plural } from '../../lib/format';
import { HelpButton } from '../help/help-button';
import { PendingMigrations } from './pending-migrations';
import { isMigrating, type MigrateRun } from './store';
import { PlaceText } from './place-text';
import { stageWords } from './words';

export function MigrateScreen({ id }: { readonly id: string }) {
  const { migrate, navigation } = useStores();
  const environment = useFeature('environments', (state) =>
    state.list.find((one) => one.id === id),
  );
  const run = useFeature('migrate', (state) => state.run);
  const unfinished = useFeature('migrate', (state) =>
    state.pending.some((one) => one.environmentId === id),
  );

  useEffect(() => {
    void migrate.getState().open(id);
    void migrate.getState().refreshPending();
    return () => migrate.getState().close();
  }, [migrate, id]);

  const name = environment?.name ?? 'Environment';
  return (
    <>
      <PageHeader
        title={`Migrate ${name}`}
        actions={
          <>
            <Button
              variant="quiet"
              onPress={() => navigation.getState().go({ screen: 'environment', id })}
            >
              Back to environment
            </Button>
            <HelpButton />
          </>
        }
      >
        The secret is copied, the copy is read back and compared, and only then is the source
        removed.
      </PageHeader>
      <div className="@container min-h-0 flex-1 overflow-auto">
        <div className="flex max-w-2xl flex-col gap-5 px-5 py-5">
          {run === undefined || run.phase === 'failed' ? (
            <PendingMigrations environmentId={id} />
          ) : null}
          {run === undefined ? (
            unfinished ? null : (
              <>
                <Form />
                <Plan />
              </>
            )
          ) : (
            <Run run={run} unfinished={unfinished} />
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
  const planned = useFeature('migrate', (state) => state.plan !== undefined);
  const error = useFeature('migrate', (state) => state.error);
  const issue = error?.details?.field === 'toPath' ? error.message : undefined;
  const { change, makePlan } = migrate.getState();

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
          if (chosen !== undefined) change({ provider: chosen });
        }}
        options={targets.map(({ provider, label }) => ({ value: provider, label }))}
        help={
          targets.length === 1
            ? 'To migrate to another provider, set it up in Settings → Vault first.'
            : undefined
        }
      />
      <TextField
        label="New path"
        value={form.path}
        onChange={(path) => change({ path })}
        issue={issue}
        // The page was opened to type this path.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
      />
      {error === undefined || issue !== undefined ? null : <ErrorCard report={error} />}
      <div>
        <Button
          type="submit"
          variant={planned ? 'default' : 'primary'}
          isBusy={planning}
          isDisabled={form.path.trim() === ''}
        >
          {planned ? 'Check again' : 'Show plan'}
        </Button>
      </div>
    </form>
  );
}

function Plan() {
  const { migrate } = useStores();
  const plan = useFeature('migrate', (state) => state.plan);
  if (plan === undefined) return null;
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
          {reachable ? null : (
            <Card tone="warn" title="This workspace uses another provider">
              <p className="text-text-2">
                To pull the values after the migration, switch the workspace to {to.label} in
                Settings → Vault.
              </p>
            </Card>
          )}
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
  /** Whether the migration must be resumed or undone. */
  readonly unfinished: boolean;
}

function Run({ run, unfinished }: RunProps) {
  const { migrate } = useStores();
  const migrating = useFeature('migrate', isMigrating);
  return (
    <Section title="Migration" note={<RunNote run={run} />}>
      <ol className="flex flex-col gap-2">
        {migrationStages.map((stage) => (
          <Stage key={stage} stage={stage} run={run} />
        ))}
      </ol>
      {migrating ? (
        <div>
          <Button
            isDisabled={run.phase === 'cancelling'}
            onPress={() => migrate.getState().cancel()}
          >
            Cancel
          </Button>
        </div>
      ) : null}
      {run.summary === undefined ? null : <Summary summary={run.summary} />}
      {run.error === undefined ? null : <ErrorCard report={run.error} />}
      {run.phase === 'cancelled' ? <PendingMigrations environmentId={run.environmentId} /> : null}
      {(run.phase === 'failed' || run.phase === 'cancelled') && !unfinished ? (
        <div className="flex flex-col items-start gap-2">
          <p className="text-text-2">Nothing was left behind. The secret is where it was.</p>
          <Button onPress={() => migrate.getState().backToPlan()}>Back to the plan</Button>
        </div>
      ) : null}
    </Section>
  );
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

function stageState(stage: MigrationStage, { stage: at, phase }: MigrateRun): StageState {
  if (phase === 'done') return 'done';
  const reached = at === undefined ? -1 : migrationStages.indexOf(at);
  const own = migrationStages.indexOf(stage);
  if (own < reached) return 'done';
  if (own > reached) return 'waiting';
  return phase === 'running' || phase === 'cancelling' ? 'running' : 'stopped';
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

function Stage({ stage, run }: { readonly stage: MigrationStage; readonly run: MigrateRun }) {
  const state = stageState(stage, run);
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

function Summary({ summary }: { readonly summary: MigrationSummary }) {
  const { from, to, recoverable, until, reachable, durationMs } = summary;
  const back = recoverable
    ? ` It can be undeleted there${until === undefined ? '' : ` until ${formatDateTime(until)}`}.`
    : ' It cannot be undeleted.';
  return (
    <output className="flex gap-2">
      <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
      <span className="break-words">
        Migrated to <PlaceText place={to} /> in {formatDuration(durationMs)}. The secret at{' '}
        <span className="font-mono text-xs">{from.path}</span> was removed.{back}
        {reachable
          ? ''
          : ` To pull it, switch the workspace to ${providerDescriptors[to.provider].label} in Settings → Vault.`}
      </span>
    </output>
  );
}
