import { environmentNameSchema } from '@shared/model/environment';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components';
import { useCommand } from '../../app/use-command';
import { useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { Button, IconButton } from '../../components/button';
import { OneFieldForm } from '../../components/one-field-form';

export function NewEnvironment() {
  const { environments, navigation } = useStores();
  const [open, setOpen] = useState(false);
  useCommand('new-environment', () => setOpen(true));

  const create = async (name: string): Promise<void> => {
    const { id } = await environments.getState().create(name);
    navigation.getState().go({ screen: 'environment', id });
    setOpen(false);
  };

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
        <Dialog className="flex flex-col gap-3 outline-none">
          <Heading slot="title" className="font-semibold">
            New environment
          </Heading>
          <OneFieldForm
            label="Name"
            placeholder="production"
            schema={environmentNameSchema}
            submitLabel="Create"
            onSubmit={create}
            issueOf={thrownLine}
            takesFocus
          >
            <Button variant="quiet" onPress={() => setOpen(false)}>
              Cancel
            </Button>
          </OneFieldForm>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
