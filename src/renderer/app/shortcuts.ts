/** Shortcuts: how they are written in the table of commands, on the keys, and in events. */
import { useEffect } from 'react';
import { commandEntry, commandIds, type CommandId } from './commands';
import { useStores } from './stores';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const MODIFIERS = ['Mod', 'Alt', 'Shift'] as const;
type Modifier = (typeof MODIFIERS)[number];

const macLabels: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };
const otherLabels: Record<string, string> = { Mod: 'Ctrl' };
const arrows: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓' };

/** The keys of a shortcut, as they stand on the keys of this system. */
export function shortcutKeys(shortcut: string, mac = isMac): readonly string[] {
  const labels = mac ? macLabels : otherLabels;
  return shortcut.split('+').map((key) => arrows[key] ?? labels[key] ?? key);
}

/** `⌘⇧L` or `Ctrl Shift L`. */
export const shortcutLabel = (shortcut: string, mac = isMac): string =>
  shortcutKeys(shortcut, mac).join(mac ? '' : ' ');

export const shortcutOf = (id: CommandId): string | undefined => {
  const { shortcut } = commandEntry(id);
  return shortcut === undefined ? undefined : shortcutLabel(shortcut);
};

/** The part of a keyboard event that a shortcut looks at. */
export type Keys = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'
>;

export function matches(shortcut: string, event: Keys, mac = isMac): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1) ?? '';
  const wants = (modifier: Modifier): boolean => parts.slice(0, -1).includes(modifier);
  const isLetter = /^[A-Z]$/.test(key);
  const pressed = {
    Mod: mac ? event.metaKey : event.ctrlKey,
    Alt: event.altKey,
    // Which keys a sign such as `?` needs is the keyboard's business.
    Shift: isLetter || key.length > 1 ? event.shiftKey : wants('Shift'),
  };
  const isOther = mac ? event.ctrlKey : event.metaKey;
  if (isOther || MODIFIERS.some((modifier) => pressed[modifier] !== wants(modifier))) return false;
  // With Alt a Mac types another letter; with another script's layout the key says another one too.
  return isLetter
    ? event.key.toUpperCase() === key || (!/^[a-z]$/i.test(event.key) && event.code === `Key${key}`)
    : event.key === key;
}

/** Whether what has the focus takes keys as text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(radio|checkbox|button)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

/** Those that are left to a text field while one types in it. */
const isPlainKey = (shortcut: string): boolean => !/^(Mod|Alt)\+/.test(shortcut);
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
        const { shortcut } = commandEntry(id);
        if (shortcut === undefined || !matches(shortcut, event)) continue;
        if (typing && (isPlainKey(shortcut) || editsText.has(id))) continue;
        const ran = !inDialog && commands.getState().run(id);
        if (ran || neverTheBrowsers.has(id)) event.preventDefault();
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands]);
}
