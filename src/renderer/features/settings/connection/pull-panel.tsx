import type { PullSummary, Skipped } from '@shared/model/transfer';
import { mayBeUndeleted, type ErrorDetails, type ErrorReport } from '@shared/errors';
import { providerFacts } from '@shared/providers/facts';
import { CircleCheck, CircleSlash, X } from 'lucide-react';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button, IconButton } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { ErrorText } from '@renderer/components/error-text';
import { Fold } from '@renderer/components/fold';
import { Section } from '@renderer/components/page';
import { PathList } from '@renderer/components/path-list';
import { Progress } from '@renderer/components/progress';
import { formatCount, plural } from '@renderer/lib/format';
import { causeLabel, progressText, summaryText } from '../../pull/words';
import type { PullRun } from '../../pull/store';

/** The run of Pull All or Auto Sync, and the outcome of the last one if it is the form's provider. */
export function PullPanel() {
  const run = useFeature('pull', (state) => state.run);
  const provider = useFeature('connection', (state) => state.provider);
  if (run.phase === 'idle') return null;
  if (run.phase !== 'running' && run.provider !== provider) return null;
  return (
    <Section
      title={causeLabel[run.cause]}
      className="border-b border-line p-5"
      note={run.phase === 'running' ? undefined : <DismissRun />}
    >
      <Run run={run} />
    </Section>
  );
}

function DismissRun() {
  const { pull } = useStores();
  return (
    <IconButton
      size="sm"
      label="Dismiss summary"
      hint="Dismiss"
      className="-my-1 -mr-1.5 self-center"
      onPress={() => pull.getState().dismiss()}
    >
      <X aria-hidden className="size-3.5" />
    </IconButton>
  );
}

function Run({ run }: { readonly run: Exclude<PullRun, { phase: 'idle' }> }) {
  const { pull } = useStores();
  const { label } = providerFacts[run.provider];
  switch (run.phase) {
    case 'running': {
      const { progress } = run;
      const text = progressText(run);
      return (
        <div className="flex flex-col gap-2">
          <Progress
            label={causeLabel[run.cause]}
            valueLabel={text}
            {...(progress?.type === 'reading' && { value: progress.done, max: progress.total })}
          />
          <div className="flex items-center gap-3">
            <span className="min-w-0 flex-1 text-text-2 tabular-nums">{text}</span>
            <Button size="sm" isDisabled={run.cancelling} onPress={() => pull.getState().cancel()}>
              Cancel
            </Button>
          </div>
        </div>
      );
    }
    case 'failed':
      return (
        <>
          <p className="text-text-2">Nothing was pulled from {label}.</p>
          <ErrorCard
            report={run.error}
            actions={
              run.error.code === 'KEY_LOCKED' ? null : (
                <Button size="sm" onPress={() => void pull.getState().pullAll()}>
                  Try again
                </Button>
              )
            }
          />
        </>
      );
    case 'cancelled':
      return (
        <output className="flex gap-2">
          <CircleSlash aria-hidden className="mt-0.5 size-4 shrink-0 text-text-3" />
          <span>
            Cancelled after {plural(run.done, 'secret')} from {label}. Secrets pulled before are
            kept.
          </span>
        </output>
      );
    case 'done':
      return <Summary summary={run.summary} />;
  }
}

function Summary({ summary }: { readonly summary: PullSummary }) {
  const { created, existing, skipped, deleted, missing } = summary;
  return (
    <div className="flex flex-col gap-2">
      <output className="flex gap-2">
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
        <span className="text-balance">{summaryText(summary)}</span>
      </output>
      <div className="flex flex-col divide-y divide-line border-line empty:hidden border-t">
        <Paths title="Created" paths={created} />
        <Paths title="Already there" paths={existing} />
        <SkippedPaths skipped={skipped} />
        <Paths title="No longer on the server" paths={missing} />
        <DeletedPaths deleted={deleted} />
      </div>
    </div>
  );
}

function Paths({ title, paths }: { readonly title: string; readonly paths: readonly string[] }) {
  if (paths.length === 0) return null;
  return (
    <Fold title={title} note={formatCount(paths.length)}>
      <PathList label={title} paths={paths} />
    </Fold>
  );
}

function UndeleteButton({ path }: { readonly path: string }) {
  const { pull } = useStores();
  const busy = useFeature('pull', ({ undeleting }) => undeleting.has(path));
  return (
    <Button
      size="sm"
      className="h-5 font-sans"
      isBusy={busy}
      aria-label={`Undelete ${path}`}
      onPress={() => void pull.getState().undelete(path)}
    >
      Undelete
    </Button>
  );
}

const undeleteButton = (path: string) => <UndeleteButton path={path} />;

/** The error that the skipped secrets have in common. Details that differ, such as the path, are left out. */
function inCommon([first, ...others]: readonly [Skipped, ...Skipped[]]): ErrorReport {
  const { details = {}, ...report } = first.error;
  const isShared = (name: keyof ErrorDetails): boolean =>
    others.every(({ error }) => error.details?.[name] === details[name]);
  return {
    ...report,
    details: {
      serverCode: isShared('serverCode') ? details.serverCode : undefined,
      status: isShared('status') ? details.status : undefined,
      method: isShared('method') ? details.method : undefined,
      path: isShared('path') ? details.path : undefined,
      requestId: isShared('requestId') ? details.requestId : undefined,
    },
  };
}

/** What no environment uses. Only an undelete that failed is worth a word. */
function DeletedPaths({ deleted }: { readonly deleted: readonly Skipped[] }) {
  if (deleted.length === 0) return null;
  const failed = deleted.filter(({ error }) => !mayBeUndeleted(error.code));
  return (
    <Fold title="Deleted, and used by no environment" note={formatCount(deleted.length)}>
      <div className="flex flex-col gap-3">
        <PathList
          label="Deleted, and used by no environment"
          paths={deleted.map(({ path }) => path)}
          actionFor={undeleteButton}
        />
        <Reasons skipped={failed} />
      </div>
    </Fold>
  );
}

function SkippedPaths({ skipped }: { readonly skipped: readonly Skipped[] }) {
  if (skipped.length === 0) return null;
  return (
    <Fold title="Skipped" note={formatCount(skipped.length)} defaultOpen>
      <div className="flex flex-col gap-3">
        <Reasons skipped={skipped} />
      </div>
    </Fold>
  );
}

/** The paths under each reason. */
function Reasons({ skipped }: { readonly skipped: readonly Skipped[] }) {
  const byReason = new Map<string, [Skipped, ...Skipped[]]>();
  for (const one of skipped) {
    const group = byReason.get(one.error.message);
    if (group === undefined) byReason.set(one.error.message, [one]);
    else group.push(one);
  }
  return [...byReason].map(([message, group]) => (
    <div key={message} className="flex flex-col gap-1">
      <ErrorText report={inCommon(group)} />
      <PathList
        label={message}
        paths={group.map(({ path }) => path)}
        {...(group.every(({ error }) => mayBeUndeleted(error.code)) && {
          actionFor: undeleteButton,
        })}
      />
    </div>
  ));
}
