import { useState, type ReactNode, type SubmitEvent } from 'react';
import type { z } from 'zod';
import { cx } from '../lib/class-names';
import { Button } from './button';
import { PasswordField, TextField } from './text-field';

interface Props {
  readonly label: string;
  /** `password`: hidden while it is typed, and cleared once it was accepted. */
  readonly kind?: 'text' | 'password';
  readonly initial?: string;
  readonly help?: string | undefined;
  readonly placeholder?: string | undefined;
  /** Checks the text; `onSubmit` gets the parsed one. */
  readonly schema: z.ZodType<string, string>;
  readonly submitLabel: string;
  readonly onSubmit: (text: string) => Promise<void>;
  /** Words what `onSubmit` throws; it is shown at the field. */
  readonly issueOf: (error: unknown) => string;
  /** Another button: before the submit button with `align` `end`, else after it. */
  readonly children?: ReactNode;
  readonly align?: 'start' | 'end';
  readonly takesFocus?: boolean;
}

/** A form with one field. It shows issues at the field, and stays while it is submitted. */
export function OneFieldForm({
  label,
  kind = 'text',
  initial = '',
  help,
  placeholder,
  schema,
  submitLabel,
  onSubmit,
  issueOf,
  children,
  align = 'end',
  takesFocus = false,
}: Props) {
  const [text, setText] = useState(initial);
  const [issue, setIssue] = useState<string>();
  const [busy, setBusy] = useState(false);
  const Field = kind === 'password' ? PasswordField : TextField;

  const send = async (): Promise<void> => {
    const parsed = schema.safeParse(text);
    if (!parsed.success) return setIssue(parsed.error.issues[0]?.message);
    setBusy(true);
    try {
      await onSubmit(parsed.data);
      if (kind === 'password') setText('');
    } catch (error) {
      setIssue(issueOf(error));
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) void send();
  };

  return (
    <form
      onSubmit={submit}
      noValidate
      className="flex flex-col gap-4 text-left text-wrap text-text"
    >
      <Field
        label={label}
        value={text}
        onChange={(typed) => {
          setText(typed);
          setIssue(undefined);
        }}
        issue={issue}
        help={help}
        placeholder={placeholder}
        // Only for a form that was opened to type into it.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={takesFocus}
        stacked
      />
      <div className={cx('flex flex-wrap gap-2', align === 'end' && 'justify-end')}>
        {align === 'end' ? children : null}
        <Button variant="primary" type="submit" isBusy={busy}>
          {submitLabel}
        </Button>
        {align === 'start' ? children : null}
      </div>
    </form>
  );
}
