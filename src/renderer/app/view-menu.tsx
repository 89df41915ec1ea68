import { environmentOrders } from '@shared/model/preferences';
import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useStore } from 'zustand';
import { Menu, MenuItem, MenuLine, MenuSection, OpenedMenu } from '../components/menu';
import type { MenuOpening } from '../components/menu-trigger';
import { sidebarTree } from '../features/environments/sidebar-rows';
import { foldersIn } from '../features/environments/tree';
import { useStores } from './stores';

const orderNames = { name: 'By name', manual: 'By hand' } as const;

/** How the list of environments is ordered and folded. */
export function ViewMenu({ opening }: { readonly opening: MenuOpening }) {
  const { environments, preferences, workspaceId } = useStores();
  const order = useStore(preferences, (state) => state.environmentOrder);
  const act = (command: string): void => {
    if (command !== 'fold-all' && command !== 'unfold-all') return;
    const paths = foldersIn(sidebarTree(environments.getState().list, order));
    preferences.getState().fold(workspaceId, paths, command === 'fold-all');
  };
  return (
    <OpenedMenu opening={opening}>
      <Menu
        aria-label="View of the environments"
        placement="bottom start"
        onAction={(command) => act(String(command))}
      >
        <MenuSection
          title="Order"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[order]}
          onSelectionChange={(keys) => {
            const [chosen] = keys === 'all' ? [] : keys;
            const known = environmentOrders.find((one) => one === chosen);
            if (known !== undefined) preferences.getState().setEnvironmentOrder(known);
          }}
        >
          {environmentOrders.map((one) => (
            <MenuItem key={one} id={one}>
              {orderNames[one]}
            </MenuItem>
          ))}
        </MenuSection>
        <MenuLine />
        <MenuItem id="fold-all" icon={<ChevronsDownUp aria-hidden className="size-3.5" />}>
          Fold all
        </MenuItem>
        <MenuItem id="unfold-all" icon={<ChevronsUpDown aria-hidden className="size-3.5" />}>
          Unfold all
        </MenuItem>
      </Menu>
    </OpenedMenu>
  );
}
