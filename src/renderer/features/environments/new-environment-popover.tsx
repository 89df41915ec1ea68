import { environmentNameSchema } from '@shared/model/names';
import type { RefObject } from 'react';
import { Dialog, Heading, Popover } from 'react-aria-components';
import { useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { Button } from '../../components/button';
import { OneFieldForm } from '../../components/one-field-form';

interface Props {
  /** The button that it belongs to. */
  readonly triggerRef: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** Asks for the name of a new environment, below the button. */
export function NewEnvironmentPopover({ triggerRef, onClose }: Props) {
  const { environments, navigation } = useStores();
  const create = async (name: string): Promise<void> => {
    const { id } = await environments.getState().create(name);
    navigation.getState().go({ screen: 'environment', id });
    onClose();
  };
  return (
    <Popover
      isOpen
      triggerRef={triggerRef}
      onOpenChange={onClose}
      trigger="DialogTrigger"
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
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
        </OneFieldForm>
      </Dialog>
    </Popover>
  );
}
