import { environmentNameSchema } from '@shared/model/environment';
import { Plus } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components';
import { useCommand } from '../../app/commands';
import { useStores } from '../../app/stores';
import { errorReport } from '../../bridge';
import { Button, IconButton } from '../../components/button';
import { TextField } from '../../components/text-field';

export function NewEnvironment() {
  const [open, setOpen] = useState(false);
  useCommand('new-environment', () => setOpen(true));
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <IconButton label="New environment" size="sm">
        <Plus aria-hidden className="size-4" />
      </IconButton>
      <Popover
        placement="bottom start"
        offset={6}
        className="w-72 rounded-lg border border-line-strong bg-panel p-3.5 shadow-overlay"
      >
        <Dialog className="outline-none">
          <NewEnvironmentForm onDone={() => setOpen(false)} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function NewEnvironmentForm({ onDone }: { readonly onDone: () => void }) {
  const { environments, navigation } = useStores();
  const [name, setName] = useState('');
  const [issue, setIssue] = useState<string>();
  const [busy, setBusy] = useState(false);

  const create = async (): Promise<void> => {
    const parsed = environmentNameSchema.safeParse(name);
    if (!parsed.success) {
      setIssue(parsed.error.issues[0]?.message);
      return;
    }
    setBusy(true);
    try {
      const environment = await environments.getState().create(parsed.data);
      navigation.getState().go({ screen: 'environment', id: environment.id });
      onDone();
    } catch (error) {
      const { message, hint } = errorReport(error);
      setIssue(`${message} ${hint}`);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) void create();
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <Heading slot="title" className="font-semibold">
        New environment
      </Heading>
      <TextField
        label="Name"
        value={name}
        onChange={(text) => {
          setName(text);
          setIssue(undefined);
        }}
        issue={issue}
        placeholder="production"
        // The popover was opened to type this name.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        stacked
      />
      <div className="flex justify-end gap-2">
        <Button variant="quiet" onPress={onDone}>
          Cancel
        </Button>
        <Button variant="primary" type="submit" isBusy={busy}>
          Create
        </Button>
      </div>
    </form>
  );
}
