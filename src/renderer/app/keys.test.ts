import { describe, expect, it } from 'vitest';
import { commandEntry, commandIds } from '@shared/commands';
import { labelOf, matches, type Keys } from './keys';

const keys = (key: string, held: Partial<Keys> = {}): Keys => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('matches', () => {
  it('takes Ctrl for Mod, and Command on a Mac', () => {
    expect(matches('Mod+K', keys('k', { ctrlKey: true }), false)).toBe(true);
    expect(matches('Mod+K', keys('k', { metaKey: true }), false)).toBe(false);
    expect(matches('Mod+K', keys('k', { metaKey: true }), true)).toBe(true);
    expect(matches('Mod+K', keys('k', { ctrlKey: true }), true)).toBe(false);
  });

  it('tells Shift from none, but not for signs that some keyboards need it for', () => {
    expect(matches('Mod+Z', keys('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matches('Mod+Shift+Z', keys('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(matches('?', keys('?', { shiftKey: true }), false)).toBe(true);
    expect(matches('/', keys('/', { shiftKey: true }), false)).toBe(true);
    expect(matches('Alt+ArrowUp', keys('ArrowUp', { altKey: true, shiftKey: true }), false)).toBe(
      false,
    );
  });

  it('compares the position of the key if its letter is not Latin', () => {
    const russian = keys('л', { code: 'KeyK', ctrlKey: true });
    expect(matches('Mod+K', russian, false)).toBe(true);
    const option = keys('˜', { code: 'KeyN', altKey: true });
    expect(matches('Alt+N', option, true)).toBe(true);
    // Dvorak: that key has another letter.
    expect(matches('Mod+K', keys('t', { code: 'KeyK', ctrlKey: true }), false)).toBe(false);
  });
});

it('writes shortcuts as the keys are labelled', () => {
  expect(labelOf('Mod+Shift+L', false)).toBe('Ctrl Shift L');
  expect(labelOf('Mod+Shift+L', true)).toBe('⌘⇧L');
  expect(labelOf('Alt+ArrowDown', false)).toBe('Alt ↓');
});

it('gives no two commands the same keys', () => {
  const shortcuts = commandIds.flatMap((id) => commandEntry(id).shortcut ?? []);
  expect(new Set(shortcuts).size).toBe(shortcuts.length);
});
