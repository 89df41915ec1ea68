import type { CheckStep } from '@shared/model/connection';
import type { FieldDescriptor } from '@shared/providers/descriptor';
import { CircleCheck, CircleSlash, CircleX, Minus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { CopyButton } from '@renderer/components/copy-button';
import { Section } from '@renderer/components/page';
import { Spinner } from '@renderer/components/spinner';
import { TextLink } from '@renderer/components/text-link';
import { cx } from '@renderer/lib/class-names';
import { formatDuration } from '@renderer/lib/format';
import { fieldAtFault } from './field-at-fault';
import { statusWords, testReport, testSummary } from './test-report';

const icons = {
  running: <Spinner className="text-text-2" />,
  passed: <CircleCheck aria-hidden className="size-4 text-good" />,
  failed: <CircleX aria-hidden className="size-4 text-bad" />,
  warned: <TriangleAlert aria-hidden className="size-4 text-warn" />,
  skipped: <CircleSlash aria-hidden className="size-4 text-text-3" />,
  'not-reached': <Minus aria-hidden className="size-4 text-text-3" />,
} as const satisfies Record<CheckStep['status'], ReactNode>;

export function TestPanel() {
  const {
    navigation,
    connection,
    info: { version },
  } = useStores();
  const run = useFeature('connection', (state) => state.test);

  return (
    <Section
      title="Test Connection"
      className="p-5"
      note={
        <output className="text-right text-2xs text-text-2 tabular-nums">
          {run === undefined ? '' : testSummary(run)}
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
          <ol className={cx('flex flex-col gap-3', run.stale && 'opacity-75')}>
            {run.steps.map((step) => (
              <Step key={step.id} step={step} />
            ))}
          </ol>
          {run.error === undefined ? null : (
            <ErrorCard
              report={run.error}
              {...(run.error.code === 'KEY_LOCKED' && {
                actions: (
                  <TextLink onPress={() => navigation.getState().go({ screen: 'unlock' })}>
                    Enter passphrase
                  </TextLink>
                ),
              })}
            />
          )}
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
  const field = useFeature('connection', ({ provider, drafts, test }) =>
    error === undefined || test?.provider !== provider
      ? undefined
      : fieldAtFault(provider, drafts[provider].values, error),
  );
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
            <ErrorCard
              report={error}
              plain
              tone={status === 'warned' ? 'warn' : 'bad'}
              {...(field !== undefined && {
                actions: <Fix field={field} suggestion={error.details?.suggestion} />,
              })}
            />
          </div>
        )}
      </div>
    </li>
  );
}

interface FixProps {
  readonly field: FieldDescriptor;
  readonly suggestion: string | undefined;
}

/** Takes over the suggestion, or leads to the field. */
function Fix({ field: { name, label }, suggestion }: FixProps) {
  const { connection } = useStores();
  const current = useFeature('connection', ({ provider, drafts }) => drafts[provider].values[name]);
  const { seek, setValue } = connection.getState();
  const isSuggested = suggestion !== undefined && suggestion !== current;
  return (
    <>
      {isSuggested ? (
        <Button
          size="sm"
          onPress={() => {
            setValue(name, suggestion);
            seek(name);
          }}
        >
          Use {suggestion}
        </Button>
      ) : null}
      <Button size="sm" variant={isSuggested ? 'quiet' : 'default'} onPress={() => seek(name)}>
        Go to {label}
      </Button>
    </>
  );
}
