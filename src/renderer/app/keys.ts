/** Shortcuts: as the table of commands writes them, as the system's keys are labelled, and in events. */

const MODIFIERS = ['Mod', 'Alt', 'Shift'] as const;
type Modifier = (typeof MODIFIERS)[number];

const macLabels: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };
const otherLabels: Record<string, string> = { Mod: 'Ctrl' };
const signs: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Pg Up',
  PageDown: 'Pg Down',
};

/** The keys of a shortcut, as a system labels them. */
export function keysOf(shortcut: string, mac: boolean): readonly string[] {
  const labels = mac ? macLabels : otherLabels;
  return shortcut.split('+').map((key) => signs[key] ?? labels[key] ?? key);
}

/** `⌘⇧L` or `Ctrl Shift L`. */
export const labelOf = (shortcut: string, mac: boolean): string =>
  keysOf(shortcut, mac).join(mac ? '' : ' ');

/** The part of a keyboard event that a shortcut is compared with. */
export type Keys = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'
>;

export function matches(shortcut: string, event: Keys, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1) ?? '';
  const wants = (modifier: Modifier): boolean => parts.slice(0, -1).includes(modifier);
  const isLetter = /^[A-Z]$/.test(key);
  const pressed = {
    Mod: mac ? event.metaKey : event.ctrlKey,
    Alt: event.altKey,
    // A sign such as `?` needs Shift on some keyboards and not on others.
    Shift: isLetter || key.length > 1 ? event.shiftKey : wants('Shift'),
  };
  const isOther = mac ? event.ctrlKey : event.metaKey;
  if (isOther || MODIFIERS.some((modifier) => pressed[modifier] !== wants(modifier))) return false;
  // On a Mac, Alt makes a key type another letter; so does the layout of another script.
  return isLetter
    ? event.key.toUpperCase() === key || (!/^[a-z]$/i.test(event.key) && event.code === `Key${key}`)
    : event.key === key;
}
