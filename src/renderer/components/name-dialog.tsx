import { useState, type SubmitEvent } from 'react';
import type { z } from 'zod';
import { errorReport } from '../bridge';
import { Button } from './button';
import { Dialog } from './dialog';
import { TextField } from './text-field';

interface Props {
  readonly title: string;
  readonly submitLabel: string;
  readonly schema: z.ZodType<string, string>;
  readonly initial?: string;
  readonly help?: string;
  readonly placeholder?: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What it throws is shown beside the name. */
  readonly onSubmit: (name: string) => Promise<void>;
}

/** Asks for a name. */
export const NameDialog = ({ isOpen, onClose, title, ...form }: Props) => (
  <Dialog title={title} isOpen={isOpen} onClose={onClose}>
    <NameForm {...form} onClose={onClose} />
  </Dialog>
);

/** Begins anew each time the dialog opens. */
function NameForm({
  submitLabel,
  schema,
  initial = '',
  help,
  placeholder,
  onClose,
  onSubmit,
}: Omit<Props, 'isOpen' | 'title'>) {
  const [name, setName] = useState(initial);
  const [issue, setIssue] = useState<string>();
  const [busy, setBusy] = useState(false);

  const send = async (): Promise<void> => {
    const parsed = schema.safeParse(name);
    if (!parsed.success) return setIssue(parsed.error.issues[0]?.message);
    setBusy(true);
    try {
      await onSubmit(parsed.data);
    } catch (error) {
      const { message, hint } = errorReport(error);
      setIssue(`${message} ${hint}`);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) void send();
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label="Name"
        value={name}
        onChange={(text) => {
          setName(text);
          setIssue(undefined);
        }}
        issue={issue}
        help={help}
        placeholder={placeholder}
        // The dialog was opened to type this name.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        stacked
      />
      <div className="flex justify-end gap-2">
        <Button variant="quiet" onPress={onClose}>
          Cancel
        </Button>
        <Button variant="primary" type="submit" isBusy={busy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
