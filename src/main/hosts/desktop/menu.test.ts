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
  test.each(['linux', 'win32', 'darwin'] as const)(
    'sends what the window calls its commands on %s',
    (platform) => {
      const sent: string[] = [];
      const all = items({ platform, send: (command) => sent.push(command) });
      const ofWindow = all.filter(({ click }) => click !== undefined);
      for (const { click } of ofWindow) (click as () => void)();
      expect(sent).toEqual(ofWindow.map(({ id }) => id));
      expect(new Set(sent).size).toBe(sent.length);
      for (const id of ['settings', 'about', 'save', 'undo', 'palette', 'shortcuts']) {
        expect(sent).toContain(id);
      }
    },
  );

  test('shows the keys of a command, and leaves hearing them to the window', () => {
    const save = items({}).find(({ id }) => id === 'save');
    expect(save).toMatchObject({ accelerator: 'CmdOrCtrl+S', registerAccelerator: false });
    for (const id of ['shortcuts', 'new-environment', 'search-environments']) {
      expect(items({}).find((item) => item.id === id)).not.toHaveProperty('accelerator');
    }
  });

  test('has the menus that a system expects', () => {
    const titles = (platform: NodeJS.Platform) =>
      applicationMenu({ platform, developerTools: false, send: () => undefined }).map(
        ({ role, label }) => role ?? label,
      );
    const common = ['fileMenu', 'editMenu', 'viewMenu', 'Go', 'windowMenu', 'help'];
    expect(titles('linux')).toEqual(common);
    expect(titles('darwin')).toEqual(['appMenu', ...common]);
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

  test.each(['quit', 'copy', 'paste', 'selectAll', 'windowMenu', 'zoomIn'] as const)(
    'has %s',
    (role) => {
      expect(items({}).some((item) => item.role === role)).toBe(true);
    },
  );
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
