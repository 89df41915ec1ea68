/** The frame of the pane at the right: a title with actions, content that scrolls, and the buttons of a form. */
import { isKeyQuestion, type ErrorReport } from '@shared/errors';
import { useEffect, useId, useRef, useState, type ReactNode, type SubmitEvent } from 'react';
import { ErrorCard } from '../../components/card';
import { ActionBar } from '../../components/page';
import { Button } from '../../components/button';
import { errorReport } from '../../bridge';
import { KeyQuestion } from '../security/key-question';

interface PaneProps {
  readonly title: string;
  /** Shown at the right of the title. */
  readonly actions?: ReactNode;
  /** One line under the title. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

export const Pane = ({ title, actions, note, children }: PaneProps) => (
  <section aria-label={title} className="flex min-h-0 min-w-0 flex-1 flex-col">
    <PaneHead title={title} actions={actions} note={note} />
    <PaneBody>{children}</PaneBody>
  </section>
);

export const PaneHead = ({ title, actions, note }: Omit<PaneProps, 'children'>) => (
  <header className="flex flex-col gap-0.5 border-b border-line px-5 py-2.5">
    <div className="flex min-h-7 flex-wrap items-center gap-x-2 gap-y-1">
      <h2 className="max-w-full min-w-0 flex-auto truncate text-lg font-semibold" title={title}>
        {title}
      </h2>
      {actions}
    </div>
    {note === undefined ? null : <div className="text-text-2">{note}</div>}
  </header>
);

export const PaneBody = ({ children }: { readonly children: ReactNode }) => (
  <div className="@container min-h-40 flex-1 overflow-auto">
    <div className="flex max-w-2xl flex-col gap-5 px-5 py-4">{children}</div>
  </div>
);

interface FormPaneProps extends PaneProps {
  readonly submitLabel: string;
  readonly onCancel: () => void;
  /** Throws what the call throws; resolves with whether something was sent. */
  readonly onSubmit: () => Promise<void> | undefined;
  /** Whether an error is shown at a field. */
  readonly isAtField: (error: ErrorReport) => boolean;
  readonly onError: (error: ErrorReport) => void;
}

/** A form in the pane. `onSubmit` returns nothing if an issue keeps the form from being sent. */
export function FormPane({
  title,
  actions,
  note,
  children,
  submitLabel,
  onCancel,
  onSubmit,
  isAtField,
  onError,
}: FormPaneProps) {
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport>();

  /** How often issues kept the form from being sent. */
  const [refusals, setRefusals] = useState(0);

  // The issues are drawn by then.
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);

  const toFirstIssue = (): void => setRefusals((before) => before + 1);

  const send = async (): Promise<void> => {
    if (busy) return;
    setError(undefined);
    const sent = onSubmit();
    if (sent === undefined) return toFirstIssue();
    setBusy(true);
    try {
      await sent;
    } catch (thrown) {
      const report = errorReport(thrown);
      onError(report);
      if (isAtField(report)) toFirstIssue();
      else setError(report);
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void send();
  };

  // The question about the key is another form, so this form ends before it.
  return (
    <section aria-label={title} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <PaneHead title={title} actions={actions} note={note} />
      <form
        id={formId}
        ref={form}
        aria-label={title}
        onSubmit={submit}
        noValidate
        className="flex min-h-40 flex-1 flex-col"
      >
        <PaneBody>{children}</PaneBody>
      </form>
      {error === undefined ? null : (
        <div className="max-h-1/2 shrink-0 overflow-auto border-t border-line px-5 py-3">
          {isKeyQuestion(error.code) ? (
            <KeyQuestion
              report={error}
              what="credentials"
              onRetry={() => void send()}
              onDismiss={() => setError(undefined)}
            />
          ) : (
            <ErrorCard report={error} onDismiss={() => setError(undefined)} />
          )}
        </div>
      )}
      <ActionBar>
        <span className="flex-1" />
        <Button variant="quiet" onPress={onCancel}>
          Cancel
        </Button>
        <Button variant="primary" type="submit" form={formId} isBusy={busy}>
          {submitLabel}
        </Button>
      </ActionBar>
    </section>
  );
}
