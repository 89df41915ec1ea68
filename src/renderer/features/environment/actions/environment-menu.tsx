/** What can be done with an environment: in the menu “⋯” of its page, and in the sidebar. */
import type { Environment } from '@shared/model/environment';
import {
  ArrowDown,
  ArrowUp,
  ClipboardCopy,
  Columns2,
  CopyPlus,
  FolderInput,
  History,
  Link,
  Settings2,
  Star,
  StarOff,
  Target,
  TextCursor,
  Trash2,
} from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { shortcutOf } from '@renderer/app/shortcuts';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Menu, MenuItem, MenuLine } from '@renderer/components/menu';
import type { EnvironmentDialog } from '../../environments/store';
import { stepOf, type Move } from '../../environments/sidebar-rows';
import { useCopyLink } from '../use-copy-link';
import { useCopyText } from '../use-copy-text';

interface Props {
  readonly environment: Environment;
  /** The element that the menu belongs to; absent inside a `MenuTrigger`. */
  readonly at?: HTMLElement;
  readonly onClose?: () => void;
  readonly onDialog: (dialog: EnvironmentDialog) => void;
}

const icon = 'size-3.5';

export function EnvironmentMenu({ environment, at, onClose, onDialog }: Props) {
  const { environments, navigation, announcements, preferences, workspaceId } = useStores();
  const { id, name, path, active, synced } = environment;
  const list = useFeature('environments', (state) => state.list);
  const isManual = useStore(preferences, (state) => state.environmentOrder === 'manual');
  const isFavourite = useStore(
    preferences,
    ({ favourites }) => favourites[workspaceId]?.includes(id) === true,
  );
  const trigger = useMemo(() => ({ current: at ?? null }), [at]);
  // The commands are offered in the manual order only.
  const [up, down] = useMemo(
    () => (isManual ? [stepOf(list, id, -1), stepOf(list, id, 1)] : []),
    [isManual, list, id],
  );
  const copyText = useCopyText();
  const copyLink = useCopyLink();

  /** Announces the error of an action that has no other place to show it. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      announcements.getState().say(thrownLine(error), 'bad');
    }
  };
  const move = (step: Move | undefined): void => {
    if (step === undefined) return;
    void attempt(() => environments.getState().move(step.ids, step.target, step.where));
  };

  const act = (command: string): void => {
    switch (command) {
      case 'rename':
      case 'duplicate':
      case 'delete':
      case 'settings':
        return onDialog({ what: command, environment });
      case 'favourite':
        return preferences.getState().toggleFavourite(workspaceId, id);
      case 'active':
        return void attempt(() => environments.getState().setActive(active ? null : id));
      case 'up':
        return move(up);
      case 'down':
        return move(down);
      case 'copy-path':
        return void copyText(path);
      case 'copy-link':
        return void copyLink(name);
      case 'compare':
        return navigation.getState().go({ screen: 'compare' });
      case 'history':
        return navigation.getState().go({ screen: 'history', id });
      case 'migrate':
        return navigation.getState().go({ screen: 'migrate', id });
      default:
        return undefined;
    }
  };

  const duplicateKeys = shortcutOf('duplicate');
  const renameKeys = shortcutOf('rename');
  const compareKeys = shortcutOf('compare');
  return (
    <Menu
      aria-label={`Actions for ${name}`}
      onAction={(command) => {
        act(String(command));
        onClose?.();
      }}
      disabledKeys={[
        ...(up === undefined ? ['up'] : []),
        ...(down === undefined ? ['down'] : []),
        ...(synced ? [] : ['history', 'migrate', 'copy-path']),
        ...(list.length < 2 ? ['compare'] : []),
      ]}
      {...(at !== undefined && {
        // The pointer or the key that opened it was not on a button.
        autoFocus: 'first' as const,
        placement: 'bottom start' as const,
        popover: {
          triggerRef: trigger,
          isOpen: true,
          onOpenChange: (isOpen: boolean) => {
            if (!isOpen) onClose?.();
          },
        },
      })}
    >
      <MenuItem
        id="favourite"
        icon={
          isFavourite ? (
            <StarOff aria-hidden className={icon} />
          ) : (
            <Star aria-hidden className={icon} />
          )
        }
      >
        {isFavourite ? 'Remove from favourites' : 'Add to favourites'}
      </MenuItem>
      <MenuItem id="active" icon={<Target aria-hidden className={icon} />}>
        {active ? 'Set inactive' : 'Set active'}
      </MenuItem>
      <MenuLine />
      <MenuItem
        id="rename"
        icon={<TextCursor aria-hidden className={icon} />}
        {...(renameKeys !== undefined && { keys: renameKeys })}
      >
        Rename…
      </MenuItem>
      <MenuItem
        id="duplicate"
        icon={<CopyPlus aria-hidden className={icon} />}
        {...(duplicateKeys !== undefined && { keys: duplicateKeys })}
      >
        Duplicate…
      </MenuItem>
      <MenuItem id="settings" icon={<Settings2 aria-hidden className={icon} />}>
        Settings…
      </MenuItem>
      <MenuItem id="copy-path" icon={<ClipboardCopy aria-hidden className={icon} />}>
        Copy path
      </MenuItem>
      <MenuItem id="copy-link" icon={<Link aria-hidden className={icon} />}>
        Copy link
      </MenuItem>
      {isManual ? (
        <>
          <MenuLine />
          <MenuItem id="up" icon={<ArrowUp aria-hidden className={icon} />}>
            Move up
          </MenuItem>
          <MenuItem id="down" icon={<ArrowDown aria-hidden className={icon} />}>
            Move down
          </MenuItem>
        </>
      ) : null}
      <MenuLine />
      <MenuItem
        id="compare"
        icon={<Columns2 aria-hidden className={icon} />}
        {...(compareKeys !== undefined && { keys: compareKeys })}
      >
        Compare
      </MenuItem>
      <MenuItem id="history" icon={<History aria-hidden className={icon} />}>
        History
      </MenuItem>
      <MenuItem id="migrate" icon={<FolderInput aria-hidden className={icon} />}>
        Migrate…
      </MenuItem>
      <MenuLine />
      <MenuItem id="delete" icon={<Trash2 aria-hidden className={icon} />} destructive>
        Delete…
      </MenuItem>
    </Menu>
  );
}
