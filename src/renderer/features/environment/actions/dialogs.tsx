/** The dialogs that the menu of an environment opens. */
import { environmentNameSchema } from '@shared/model/names';
import { useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { NameDialog } from '@renderer/components/name-dialog';
import type { EnvironmentDialog } from '../../environments/store';
import { DeleteDialog } from './delete-dialog';
import { SettingsDialog } from './settings-dialog';

interface Props {
  readonly open: EnvironmentDialog;
  readonly onClose: () => void;
}

export function EnvironmentDialogs({ open, onClose }: Props) {
  const { environments, navigation, owners, references, environment: screen } = useStores();
  const { what, environment } = open;
  const { id, name, path, synced } = environment;
  switch (what) {
    case 'rename':
      return (
        <NameDialog
          title={`Rename ${name}`}
          submitLabel="Rename"
          schema={environmentNameSchema}
          initial={name}
          {...(synced && { help: `Its path stays ${path}. Migrate… changes it.` })}
          isOpen
          onClose={onClose}
          onSubmit={async (typed) => {
            if (!(await owners.getState().mayChange(id))) return;
            const followed = await environments.getState().rename(id, typed);
            await screen.getState().refresh();
            onClose();
            await references.getState().follow(followed);
          }}
          issueOf={thrownLine}
        />
      );
    case 'duplicate':
      return (
        <NameDialog
          title={`Duplicate ${name}`}
          submitLabel="Duplicate"
          schema={environmentNameSchema}
          initial={`${name} copy`}
          help="Copies what was last saved or pulled. The copy is on this computer, not synced."
          isOpen
          onClose={onClose}
          onSubmit={async (typed) => {
            const copy = await environments.getState().duplicate(id, typed);
            onClose();
            navigation.getState().go({ screen: 'environment', id: copy.id });
          }}
          issueOf={thrownLine}
        />
      );
    case 'settings':
      return <SettingsDialog environment={environment} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog environment={environment} onClose={onClose} />;
  }
}
