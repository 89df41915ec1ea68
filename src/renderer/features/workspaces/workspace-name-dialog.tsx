import { workspaceNameSchema } from '@shared/model/names';
import { thrownLine } from '../../app/thrown-line';
import { useFeature, useStores } from '../../app/stores';
import { NameDialog } from '../../components/name-dialog';

interface Props {
  readonly what: 'new' | 'rename';
  readonly onClose: () => void;
}

/** Asks for the name of a new workspace, or for another name of the current one. */
export function WorkspaceNameDialog({ what, onClose }: Props) {
  const { workspaces } = useStores();
  const { create, rename } = workspaces.getState();
  const name = useFeature('workspaces', ({ current }) => current.name);
  const form = {
    schema: workspaceNameSchema,
    isOpen: true,
    onClose,
    issueOf: thrownLine,
  };
  return what === 'new' ? (
    <NameDialog
      {...form}
      title="New workspace"
      help="It starts empty, on the global defaults."
      submitLabel="Create"
      onSubmit={create}
    />
  ) : (
    <NameDialog
      {...form}
      title="Rename workspace"
      submitLabel="Rename"
      initial={name}
      onSubmit={rename}
    />
  );
}
