/** The environments in the sidebar: a tree of which only the rows in view are drawn. */
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { environmentOf } from '../../app/navigation';
import { useFeature, useStores } from '../../app/stores';
import { TextLink } from '../../components/text-link';
import { useRowWindow } from '../../lib/use-row-window';
import { TreeItem } from './environment-row';
import { mayFindSecrets } from '../search/store';
import { useOpenHit } from '../search/use-open-hit';
import {
  moveTo,
  sidebarRows,
  sidebarTree,
  sidebarViewOf,
  type FoundVariables,
  type Move,
} from './sidebar-rows';
import { foldersAround, membersOf, siblingOf, type TreeRow } from './tree';
import { createTypeAhead } from './type-ahead';
import { laterComponent } from '../../lib/later';

const EnvironmentMenu = laterComponent(
  async () => (await import('../environment/actions/environment-menu')).EnvironmentMenu,
);
const FolderMenu = laterComponent(async () => (await import('./folder-menu')).FolderMenu);

const ROW = 28;

interface OpenMenu {
  readonly row: TreeRow;
  readonly at: HTMLElement;
}

export function EnvironmentList() {
  const { commands, navigation, environments, preferences, sidebarSearch, workspaceId } =
    useStores();
  const list = useFeature('environments', (state) => state.list);
  const search = useFeature('environments', (state) => state.search);
  const current = useFeature('navigation', ({ route }) => environmentOf(route));
  const order = useStore(preferences, (state) => state.environmentOrder);
  const view = useStore(
    preferences,
    useShallow((state) => sidebarViewOf(state, list, workspaceId)),
  );
  const variables = useFoundVariables();
  const rows = sidebarRows(list, search, view, variables);
  const isSearching = useFeature(
    'sidebarSearch',
    ({ query, found, error }) => query !== '' && found === undefined && error === undefined,
  );
  const openHit = useOpenHit();

  const { frame, rowHeight, start, end, page, onScroll, bringIntoView } = useRowWindow(
    rows.length,
    ROW,
  );
  const [focused, setFocused] = useState<string>();
  const wanted = useRef<string>(undefined);
  const [menu, setMenu] = useState<OpenMenu>();
  const { openDialog } = environments.getState();
  const [drop, setDrop] = useState<{ readonly id: string; readonly where: Move['where'] }>();
  const dragged = useRef<TreeRow>(undefined);
  const [typeAhead] = useState(createTypeAhead);

  const isSearch = search.trim() !== '';
  const onClear = (): void => {
    environments.getState().setSearch('');
    sidebarSearch.getState().find('');
  };
  const canMove = order === 'manual' && !isSearch;
  const place = (id: string | undefined): number =>
    id === undefined ? -1 : rows.findIndex((row) => row.id === id);
  const focusedAt = place(focused);
  const currentAt = place(current);
  const tabbableAt = focusedAt >= 0 ? focusedAt : Math.max(0, currentAt);

  useRevealed(current, bringIntoView);

  // A new search is read from its top.
  const searched = useRef(search);
  useEffect(() => {
    if (searched.current === search) return;
    searched.current = search;
    bringIntoView(0);
  }, [search, bringIntoView]);

  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const element = frame.current?.querySelector<HTMLElement>(
      `[data-key="${CSS.escape(wanted.current)}"]`,
    );
    if (element === null || element === undefined) return;
    wanted.current = undefined;
    element.focus({ preventScroll: true });
  });

  const focusAt = (index: number): void => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    wanted.current = row.id;
    setFocused(row.id);
    bringIntoView(rows.indexOf(row));
  };

  const fold = (path: string, folds: boolean): void =>
    preferences.getState().fold(workspaceId, [path], folds);

  const open = (row: TreeRow): void => {
    switch (row.kind) {
      case 'folder':
        return fold(row.path, row.isOpen);
      case 'environment':
        return navigation.getState().go({ screen: 'environment', id: row.environment.id });
      case 'hit':
        return openHit(row.hit);
      case 'secrets':
        return sidebarSearch.getState().findSecrets();
    }
  };

  const rowAt = (target: EventTarget): { row: TreeRow; element: HTMLElement } | undefined => {
    if (!(target instanceof Element)) return undefined;
    const element = target.closest<HTMLElement>('[role="treeitem"]');
    const row = rows[place(element?.dataset['key'])];
    return element === null || row === undefined ? undefined : { row, element };
  };

  const move = (made: Move | undefined): void => {
    if (made !== undefined) void environments.getState().move(made.ids, made.target, made.where);
  };

  /** Returns whether the key was handled. */
  const onKey = (event: KeyboardEvent, row: TreeRow, element: HTMLElement): boolean => {
    const at = rows.indexOf(row);
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey && canMove && (key === 'ArrowUp' || key === 'ArrowDown')) {
      const by = key === 'ArrowUp' ? -1 : 1;
      const sibling = siblingOf(rows, row, by);
      if (sibling !== undefined) {
        move(moveTo(membersOf(row), membersOf(sibling), by === -1 ? 'before' : 'after'));
      }
      return true;
    }
    if (altKey || ctrlKey || metaKey) return false;
    if (key === 'ContextMenu' || (key === 'F10' && shiftKey)) {
      setMenu({ row, at: element });
      return true;
    }
    switch (key) {
      case 'ArrowDown':
        focusAt(at + 1);
        return true;
      case 'ArrowUp':
        focusAt(at - 1);
        return true;
      case 'PageDown':
        focusAt(at + page);
        return true;
      case 'PageUp':
        focusAt(at - page);
        return true;
      case 'Home':
        focusAt(0);
        return true;
      case 'End':
        focusAt(rows.length - 1);
        return true;
      case 'ArrowRight':
        if (row.kind === 'folder') {
          if (row.isOpen) focusAt(at + 1);
          else fold(row.path, false);
        }
        return true;
      case 'ArrowLeft':
        if (row.kind === 'folder' && row.isOpen) fold(row.path, true);
        else if (row.parent !== undefined) focusAt(place(row.parent));
        return true;
      case 'Enter':
      case ' ':
        open(row);
        return true;
      default: {
        const found = typeAhead(
          key,
          rows.map(({ label }) => label),
          at,
        );
        if (found !== undefined) focusAt(found);
        return found !== undefined;
      }
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const on = rowAt(event.target);
    if (on === undefined || !onKey(event, on.row, on.element)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = ({ target }: MouseEvent): void => {
    const on = rowAt(target);
    if (on !== undefined) open(on.row);
  };

  const onContextMenu = (event: MouseEvent): void => {
    const on = rowAt(event.target);
    if (on === undefined) return;
    event.preventDefault();
    setFocused(on.row.id);
    setMenu({ row: on.row, at: on.element });
  };

  const onDragOver = (event: DragEvent): void => {
    const on = rowAt(event.target);
    const { current: moving } = dragged;
    if (on === undefined || moving === undefined || on.row.parent !== moving.parent) {
      return setDrop(undefined);
    }
    event.preventDefault();
    const { top, height } = on.element.getBoundingClientRect();
    const where = event.clientY < top + height / 2 ? 'before' : 'after';
    setDrop((before) =>
      before?.id === on.row.id && before.where === where ? before : { id: on.row.id, where },
    );
  };

  const onDrop = (): void => {
    const target = rows[place(drop?.id)];
    const { current: moving } = dragged;
    if (target === undefined || moving === undefined || drop === undefined) return;
    move(moveTo(membersOf(moving), membersOf(target), drop.where));
  };

  const drawn = rows.slice(start, end).map((row, at) => ({ row, at: start + at }));
  const kept = rows[tabbableAt];
  // The row that Tab leads to stays drawn, so that the focus is not lost.
  if (kept !== undefined && (tabbableAt < start || tabbableAt >= end)) {
    drawn.push({ row: kept, at: tabbableAt });
  }

  return (
    <>
      {rows.length === 0 ? (
        <p className="px-3.5 py-1.5 text-text-2">
          {list.length === 0 ? (
            <>
              None yet.{' '}
              <TextLink onPress={() => void commands.getState().run('new-environment')}>
                Create one
              </TextLink>
            </>
          ) : isSearching ? (
            'Searching'
          ) : (
            <>
              Nothing matches “{search.trim()}”.{' '}
              <TextLink onPress={onClear}>Clear the search</TextLink>
            </>
          )}
        </p>
      ) : null}
      <div ref={frame} onScroll={onScroll} className="min-h-0 flex-1 overflow-auto">
        {/* HTML has no element for a tree. Its rows take the focus. */}
        {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus */}
        <div
          role="tree"
          aria-label="Environments"
          style={{ height: rows.length * rowHeight }}
          onClick={onClick}
          onContextMenu={onContextMenu}
          onKeyDown={onKeyDown}
          onFocus={({ target }) => {
            const on = rowAt(target);
            if (on !== undefined) setFocused(on.row.id);
          }}
          onDragStart={({ target }) => {
            dragged.current = rowAt(target)?.row;
          }}
          onDragOver={onDragOver}
          onDrop={onDrop}
          onDragEnd={() => {
            dragged.current = undefined;
            setDrop(undefined);
          }}
        >
          {drawn.map(({ row, at }) => (
            <TreeItem
              // While a person types a search, elements take on other rows instead of being made again.
              key={isSearch ? at : row.id}
              row={row}
              top={at * rowHeight}
              height={rowHeight}
              isCurrent={row.kind === 'environment' && row.environment.id === current}
              isTabbable={at === tabbableAt}
              isDraggable={canMove}
              drop={drop?.id === row.id ? drop.where : undefined}
            />
          ))}
        </div>
      </div>
      {menu?.row.kind === 'environment' ? (
        <EnvironmentMenu
          environment={menu.row.environment}
          at={menu.at}
          onClose={() => setMenu(undefined)}
          onDialog={openDialog}
        />
      ) : null}
      {menu?.row.kind === 'folder' ? (
        <FolderMenu
          folder={menu.row}
          root={sidebarTree(list, order)}
          at={menu.at}
          onClose={() => setMenu(undefined)}
          onNew={(folder) => openDialog({ what: 'new', folder })}
        />
      ) : null}
    </>
  );
}

function useFoundVariables(): FoundVariables {
  const query = useFeature('sidebarSearch', (state) => state.query);
  const found = useFeature('sidebarSearch', (state) => state.found);
  const isMore = useFeature('sidebarSearch', mayFindSecrets);
  return useMemo(() => ({ query, found, isMore }), [query, found, isMore]);
}

/** Unfolds and scrolls to the environment that was opened, wherever from. */
function useRevealed(current: string | undefined, bringIntoView: (index: number) => void): void {
  const { environments, preferences, workspaceId } = useStores();
  const before = useRef(current);
  useEffect(() => {
    if (current === undefined || before.current === current) return;
    before.current = current;
    // A row of a group led there, and must not move away from under the pointer.
    const { activeElement } = document;
    const key = activeElement instanceof HTMLElement ? activeElement.dataset['key'] : undefined;
    if (key?.endsWith(` ${current}`) === true) return;
    const { list, search } = environments.getState();
    const { environmentOrder: order, folded, fold } = preferences.getState();
    const around = foldersAround(sidebarTree(list, order), current);
    const hiding = around.filter((path) => folded[workspaceId]?.includes(path) === true);
    if (hiding.length > 0) fold(workspaceId, hiding, false);
    const view = sidebarViewOf(preferences.getState(), list, workspaceId);
    const rows = sidebarRows(list, search, view);
    const at = rows.findIndex(({ id }) => id === current);
    if (at !== -1) bringIntoView(at);
  }, [current, bringIntoView, environments, preferences, workspaceId]);
}
