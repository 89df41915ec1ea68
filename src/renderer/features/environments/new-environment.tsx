import { Plus } from 'lucide-react';
import { useCommand } from '../../app/use-command';
import { useStores } from '../../app/stores';
import { IconButton } from '../../components/button';

export function NewEnvironment() {
  const { environments } = useStores();
  const open = (): void => environments.getState().openDialog({ what: 'new', folder: undefined });
  useCommand('new-environment', open);
  return (
    <IconButton label="New environment" size="sm" aria-haspopup="dialog" onPress={open}>
      <Plus aria-hidden className="size-4" />
    </IconButton>
  );
}
