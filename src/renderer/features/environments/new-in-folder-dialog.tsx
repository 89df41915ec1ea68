import { environmentNameSchema } from '@shared/model/names';
import { useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { NameDialog } from '../../components/name-dialog';

interface Props {
  /** The path of the folder. */
  readonly folder: string;
  readonly onClose: () => void;
}

/** Asks for the name of a new environment, which begins with the folder. */
export function NewInFolderDialog({ folder, onClose }: Props) {
  const { environments, navigation } = useStores();
  return (
    <NameDialog
      title="New environment"
      submitLabel="Create"
      schema={environmentNameSchema}
      initial={`${folder}/`}
      isOpen
      onClose={onClose}
      onSubmit={async (name) => {
        const { id } = await environments.getState().create(name);
        onClose();
        navigation.getState().go({ screen: 'environment', id });
      }}
      issueOf={thrownLine}
    />
  );
}
