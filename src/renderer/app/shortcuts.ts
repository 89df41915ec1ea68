/** Shortcuts of this system, and the one listener that runs commands by them. */
import { commandEntry, commandIds, type CommandId } from '@shared/commands';
import { useEffect } from 'react';
import { keysOf, labelOf, matches, type Keys } from './keys';
import { useStores } from './stores';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys of a shortcut, as this system labels them. */
export const shortcutKeys = (shortcut: string): readonly string[] => keysOf(shortcut, isMac);

/** The shortcut to show next to a command: `⌘⇧L` or `Ctrl Shift L`. */
export const shortcutOf = (id: CommandId): string | undefined => {
  const { shortcut } = commandEntry(id);
  return shortcut === undefined ? undefined : labelOf(shortcut, isMac);
};

export const isShortcutOf = (id: CommandId, event: Keys): boolean => {
  const { shortcut } = commandEntry(id);
  return shortcut !== undefined && matches(shortcut, event, isMac);
};

/** The command with this shortcut. */
export const commandOf = (event: Keys): CommandId | undefined =>
  commandIds.find((id) => isShortcutOf(id, event));

/** Whether an element takes keys as text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(radio|checkbox|button)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

/** Whether a shortcut would also type a character; while a text field has the focus, it is not run. */
const isPlainKey = (id: CommandId): boolean =>
  !/^((Mod|Alt)\+|F\d)/.test(commandEntry(id).shortcut ?? '');
/** Text fields have these keys for themselves. */
const editsText: ReadonlySet<CommandId> = new Set(['undo', 'redo', 'back', 'forward']);

/** The browser must not handle these shortcuts, even while their commands are not available. */
const neverTheBrowsers: ReadonlySet<CommandId> = new Set(['save', 'go-to-environment']);

/** What waits for a person is over a dialog, and does not wait until it is answered. */
const alsoInDialogs: ReadonlySet<CommandId> = new Set(['waiting-request']);

/** Runs commands by their shortcuts, wherever the focus is. Used once in a window. */
export function useShortcuts(): void {
  const { commands } = useStores();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      // A dialog must be answered first.
      const inDialog = document.querySelector('[role="dialog"],[role="alertdialog"]') !== null;
      const typing = isTyping(event.target);
      for (const id of commandIds) {
        if (!isShortcutOf(id, event)) continue;
        if (typing && (isPlainKey(id) || editsText.has(id))) continue;
        const ran = (!inDialog || alsoInDialogs.has(id)) && commands.getState().run(id);
        if (ran || neverTheBrowsers.has(id)) event.preventDefault();
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands]);
}
