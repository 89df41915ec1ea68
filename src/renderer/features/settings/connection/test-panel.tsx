import type { CheckStep } from '@shared/model/connection';
import { CircleCheck, CircleSlash, CircleX, Minus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { drawRemedy } from '@renderer/app/remedy-buttons';
import { useFeature, useStores } from '@renderer/app/stores';
import { ErrorCard, RemedyContext, noRemedy } from '@renderer/components/card';
import { CopyButton } from '@renderer/components/copy-button';
import { Section } from '@renderer/components/page';
import { Spinner } from '@renderer/components/spinner';
import { tones, type Tone } from '@renderer/components/tone';
import { cx } from '@renderer/lib/class-names';
import { formatDuration } from '@renderer/lib/format';
import type { TestRun } from './store';
import { statusWords, testReport, testSummary } from './test-report';

const icons = {
  running: <Spinner className="text-text-2" />,
  passed: <CircleCheck aria-hidden className="size-4 text-good" />,
  failed: <CircleX aria-hidden className="size-4 text-bad" />,
  warned: <TriangleAlert aria-hidden className="size-4 text-warn" />,
  skipped: <CircleSlash aria-hidden className="size-4 text-text-3" />,
  'not-reached': <Minus aria-hidden className="size-4 text-text-3" />,
} as const satisfies Record<CheckStep['status'], ReactNode>;

/** How the test went, if it came to its end with the settings that are shown. */
function toneOf({ phase, steps, stale }: TestRun): Tone | undefined {
  const has = (status: CheckStep['status']): boolean =>
    steps.some((step) => step.status === status);
  if (stale || phase === 'running' || phase === 'cancelled') return undefined;
  if (phase === 'failed' || has('failed')) return 'bad';
  return has('warned') ? 'warn' : 'good';
}

function Verdict({ run }: { readonly run: TestRun }) {
  const tone = toneOf(run);
  if (tone === undefined) return <span className="text-text-2">{testSummary(run)}</span>;
  const { icon: Icon, text } = tones[tone];
  return (
    <span className={cx('font-semibold', text)}>
      <Icon aria-hidden className="mr-1.5 inline size-3.5 -translate-y-px" />
      {testSummary(run)}
    </span>
  );
}

export function TestPanel() {
  const {
    connection,
    info: { version },
  } = useStores();
  const run = useFeature('connection', (state) => state.test);
  // The tested fields are on the page only while their provider is chosen.
  const isShown = useFeature('connection', ({ provider, test }) => test?.provider === provider);

  return (
    <Section
      title="Test Connection"
      className="p-5"
      note={
        <output className="text-right text-xs text-balance tabular-nums">
          {run === undefined ? null : <Verdict run={run} />}
        </output>
      }
    >
      {run === undefined ? (
        <p className="text-text-2">
          Checks each step of the connection with the settings shown. Nothing is written.
        </p>
      ) : (
        <>
          {run.stale ? (
            <p className="text-xs text-text-2">The settings were changed after this test.</p>
          ) : null}
          <RemedyContext value={isShown ? drawRemedy : noRemedy}>
            <ol className={cx('flex flex-col gap-3', run.stale && 'opacity-75')}>
              {run.steps.map((step) => (
                <Step key={step.id} step={step} />
              ))}
            </ol>
          </RemedyContext>
          {run.error === undefined ? null : <ErrorCard report={run.error} />}
          {run.phase === 'running' || run.steps.length === 0 ? null : (
            <div>
              <CopyButton
                variant="quiet"
                size="sm"
                label="Copy report"
                text={() =>
                  testReport(run, {
                    version,
                    at: Date.now(),
                    form: connection.getState().drafts[run.provider],
                  })
                }
                className="-ml-2"
              />
            </div>
          )}
        </>
      )}
    </Section>
  );
}

function Step({ step }: { readonly step: CheckStep }) {
  const { label, status, detail, durationMs, error } = step;
  const isQuiet = status === 'not-reached' || status === 'skipped';
  return (
    <li className="flex gap-2.5">
      <span className="flex h-5 w-4 shrink-0 items-center justify-center">{icons[status]}</span>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-3">
          <span className={cx('min-w-0 flex-1', isQuiet ? 'text-text-3' : 'font-medium')}>
            {label}
            <span className="sr-only">: {statusWords[status]}</span>
          </span>
          <span className="shrink-0 text-2xs text-text-3 tabular-nums">
            {isQuiet
              ? statusWords[status]
              : durationMs === undefined
                ? ''
                : formatDuration(durationMs)}
          </span>
        </div>
        {detail === undefined ? null : (
          <p className="text-xs break-words whitespace-pre-line text-text-2">{detail}</p>
        )}
        {error === undefined ? null : (
          <div className="pt-1.5">
            <ErrorCard report={error} plain tone={status === 'warned' ? 'warn' : 'bad'} />
          </div>
        )}
      </div>
    </li>
  );
}
