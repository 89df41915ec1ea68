import { ChevronsDownUp, ChevronsUpDown, FolderInput, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Menu, MenuItem, MenuLine } from '../../components/menu';
import { foldersIn, isGroup, type Folder, type FolderRow } from './tree';

interface Props {
  readonly folder: FolderRow;
  readonly root: Folder;
  readonly at: HTMLElement;
  readonly onClose: () => void;
  /** Asks for the name of a new environment in a folder. */
  readonly onNew: (path: string) => void;
}

const icon = 'size-3.5';

export function FolderMenu({ folder, root, at, onClose, onNew }: Props) {
  const { preferences, navigation, workspaceId } = useStores();
  const list = useFeature('environments', (state) => state.list);
  const [first, ...others] = useMemo(
    () => list.flatMap(({ id, synced }) => (synced && folder.members.includes(id) ? [id] : [])),
    [list, folder],
  );
  const trigger = useMemo(() => ({ current: at }), [at]);
  const { path, label, isOpen } = folder;
  const fold = (paths: readonly string[], folds: boolean): void =>
    preferences.getState().fold(workspaceId, paths, folds);
  const act = (command: string): void => {
    if (command === 'new') onNew(path);
    else if (command === 'migrate') {
      if (first !== undefined) navigation.getState().go({ screen: 'migrate', id: first, others });
    } else if (command === 'fold') fold([path], isOpen);
    else fold(foldersIn(root), command === 'fold-all');
  };
  return (
    <Menu
      aria-label={`Actions for ${label}`}
      placement="bottom start"
      disabledKeys={first === undefined ? ['migrate'] : []}
      // The pointer or the key that opened it was not on a button.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus="first"
      onAction={(command) => {
        act(String(command));
        onClose();
      }}
      popover={{
        triggerRef: trigger,
        isOpen: true,
        onOpenChange: (isShown) => {
          if (!isShown) onClose();
        },
      }}
    >
      {isGroup(path) ? null : (
        <MenuItem id="new" icon={<Plus aria-hidden className={icon} />}>
          New environment here…
        </MenuItem>
      )}
      <MenuItem id="migrate" icon={<FolderInput aria-hidden className={icon} />}>
        {isGroup(path) ? 'Migrate these…' : 'Migrate folder…'}
      </MenuItem>
      <MenuItem id="fold">{isOpen ? 'Fold' : 'Unfold'}</MenuItem>
      <MenuLine />
      <MenuItem id="fold-all" icon={<ChevronsDownUp aria-hidden className={icon} />}>
        Fold all
      </MenuItem>
      <MenuItem id="unfold-all" icon={<ChevronsUpDown aria-hidden className={icon} />}>
        Unfold all
      </MenuItem>
    </Menu>
  );
}
