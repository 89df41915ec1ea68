import type { ContextMenuParams, MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { applicationMenu, contextMenu, type MenuOptions } from './menu';

const flatten = (template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);

const items = (options: Partial<MenuOptions>): MenuItemConstructorOptions[] =>
  flatten(
    applicationMenu({
      platform: 'linux',
      developerTools: false,
      send: () => undefined,
      ...options,
    }),
  );

describe('the application menu', () => {
  test.each(['linux', 'win32', 'darwin'] as const)('opens the settings on %s', (platform) => {
    const sent: string[] = [];
    const settings = items({ platform, send: (command) => sent.push(command) }).find(
      ({ label }) => label === 'Settings…',
    );
    const { click } = settings!;
    (click as () => void)();
    expect(sent).toEqual(['open-settings']);
  });

  test.each(['toggleDevTools', 'reload', 'forceReload'] as const)(
    'has %s for developers only',
    (role) => {
      const has = (developerTools: boolean): boolean =>
        items({ developerTools }).some((item) => item.role === role);
      expect(has(true)).toBe(true);
      expect(has(false)).toBe(false);
    },
  );

  test.each(['quit', 'editMenu', 'windowMenu', 'zoomIn'] as const)('has %s', (role) => {
    expect(items({}).some((item) => item.role === role)).toBe(true);
  });
});

describe('the context menu', () => {
  const editFlags: ContextMenuParams['editFlags'] = {
    canUndo: false,
    canRedo: false,
    canCut: false,
    canCopy: false,
    canPaste: true,
    canDelete: false,
    canSelectAll: true,
    canEditRichly: false,
  };

  test('offers in a field what can be done there now', () => {
    const template = contextMenu({ isEditable: true, selectionText: '', editFlags });
    const enabled = template.filter((item) => item.enabled).map(({ role }) => role);
    expect(enabled).toEqual(['paste', 'selectAll']);
  });

  test('offers to copy what is selected', () => {
    const template = contextMenu({
      isEditable: false,
      selectionText: 'API_KEY',
      editFlags: { ...editFlags, canCopy: true },
    });
    expect(template).toEqual([{ role: 'copy', enabled: true }]);
  });

  test('stays away where there is nothing to do', () => {
    expect(contextMenu({ isEditable: false, selectionText: '', editFlags })).toEqual([]);
  });
});
