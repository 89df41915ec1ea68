/** Shortcuts of this system, and the one listener that runs commands by them. */
import { commandEntry, commandIds, type CommandId } from '@shared/commands';
import { useEffect } from 'react';
import { keysOf, labelOf, matches, type Keys } from './keys';
import { useStores } from './stores';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys of a shortcut, as they stand on the keys of this system. */
export const shortcutKeys = (shortcut: string): readonly string[] => keysOf(shortcut, isMac);

/** As it stands beside a command: `⌘⇧L` or `Ctrl Shift L`. */
export const shortcutOf = (id: CommandId): string | undefined => {
  const { shortcut } = commandEntry(id);
  return shortcut === undefined ? undefined : labelOf(shortcut, isMac);
};

export const isShortcutOf = (id: CommandId, event: Keys): boolean => {
  const { shortcut } = commandEntry(id);
  return shortcut !== undefined && matches(shortcut, event, isMac);
};

/** The command that these keys stand for. */
export const commandOf = (event: Keys): CommandId | undefined =>
  commandIds.find((id) => isShortcutOf(id, event));

/** Whether what has the focus takes keys as text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(radio|checkbox|button)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

/** Those that are left to a text field while one types in it. */
const isPlainKey = (id: CommandId): boolean =>
  !/^((Mod|Alt)\+|F\d)/.test(commandEntry(id).shortcut ?? '');
const editsText: ReadonlySet<CommandId> = new Set(['undo', 'redo']);

/** What the browser would do with these keys is of no use in this window, whether or not they do anything. */
const neverTheBrowsers: ReadonlySet<CommandId> = new Set(['save', 'go-to-environment']);

/** Runs commands by their shortcuts, wherever the focus is. Once a window. */
export function useShortcuts(): void {
  const { commands } = useStores();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      // A dialog asks for its own answer first.
      const inDialog = document.querySelector('[role="dialog"],[role="alertdialog"]') !== null;
      const typing = isTyping(event.target);
      for (const id of commandIds) {
        if (!isShortcutOf(id, event)) continue;
        if (typing && (isPlainKey(id) || editsText.has(id))) continue;
        const ran = !inDialog && commands.getState().run(id);
        if (ran || neverTheBrowsers.has(id)) event.preventDefault();
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands]);
}
