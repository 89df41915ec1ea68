import { environmentNameSchema } from '@shared/model/names';
import { useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { NameDialog } from '../../components/name-dialog';

interface Props {
  /** The path that the name starts with. */
  readonly folder: string | undefined;
  readonly onClose: () => void;
}

export function NewEnvironmentDialog({ folder, onClose }: Props) {
  const { environments, navigation } = useStores();
  return (
    <NameDialog
      title="New environment"
      placeholder="production"
      submitLabel="Create"
      schema={environmentNameSchema}
      initial={folder === undefined ? '' : `${folder}/`}
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
