import type { z } from 'zod';
import { Button } from './button';
import { Dialog } from './dialog';
import { OneFieldForm } from './one-field-form';

interface Props {
  readonly title: string;
  readonly submitLabel: string;
  readonly schema: z.ZodType<string, string>;
  readonly initial?: string;
  readonly help?: string;
  readonly placeholder?: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSubmit: (name: string) => Promise<void>;
  /** Words what `onSubmit` throws; it is shown at the name. */
  readonly issueOf: (error: unknown) => string;
}

/** Asks for a name. Each time it opens it starts from `initial`. */
export const NameDialog = ({ isOpen, onClose, title, ...form }: Props) => (
  <Dialog title={title} isOpen={isOpen} onClose={onClose}>
    <OneFieldForm label="Name" takesFocus {...form}>
      <Button variant="quiet" onPress={onClose}>
        Cancel
      </Button>
    </OneFieldForm>
  </Dialog>
);
