/** Without a mouse: from an empty app to a synced, edited and saved environment, and a comparison. */
import type { Locator, Page } from '@playwright/test';
import { openPulled, test } from './peers';
import { expect, test as vaultTest } from './support';

const STOPS = 80;

const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => element === document.activeElement);

/** Goes on by Tab until there, as a person would; a stop that cannot be seen ends it. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press(key);
    expect(await unseenFocus(page), 'What has the focus and does not show it').toBeUndefined();
  }
  throw new Error(`The focus does not come to ${target.toString()} by ${key}.`);
}

/** Chooses one of some radios by arrows. */
async function choose(page: Page, group: Locator, name: string): Promise<void> {
  const checked = group.getByRole('radio', { checked: true });
  const isChosen = (await checked.count()) > 0;
  await tabTo(page, isChosen ? checked : group.getByRole('radio').first());
  const wanted = group.getByRole('radio', { name });
  for (let step = 0; step < STOPS && !(await wanted.isChecked()); step += 1) {
    await page.keyboard.press('ArrowRight');
  }
  await expect(wanted).toBeChecked();
}

/** The focused element, if neither it nor an element around it shows the focus. */
const unseenFocus = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const { activeElement } = document;
    // Between the last stop and the first one the focus is the browser's.
    if (activeElement === null || activeElement === document.body) return undefined;
    const outlined = (element: Element): boolean =>
      getComputedStyle(element).outlineStyle !== 'none';
    for (let at: Element | null = activeElement; at !== null; at = at.parentElement) {
      if (outlined(at)) return undefined;
    }
    // The edge of a pane becomes a thick line.
    if (activeElement.role === 'separator') return undefined;
    const label = activeElement.closest('label');
    const isDrawnBeside = [...(label?.querySelectorAll('*') ?? [])].some(outlined);
    return isDrawnBeside ? undefined : activeElement.outerHTML.slice(0, 200);
  });

vaultTest(
  'from an empty app to a synced, edited, saved environment, and a comparison',
  async ({ ui, vault }) => {
    const { page, palette, environment, settings } = ui;
    const { connection: tab } = settings;
    vault.kv('secret').put('staging', { API_KEY: 'sk-staging' });

    await tabTo(page, page.getByRole('button', { name: /^Connect a provider/ }));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await tabTo(page, tab.provider);
    await page.keyboard.press('Enter');
    await page.keyboard.type('hashi');
    await page.keyboard.press('Enter');
    await expect(tab.provider).toContainText('HashiCorp Vault');
    await tabTo(page, tab.field('Vault URL'));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(vault.url);
    await tabTo(page, tab.field('Token'));
    await page.keyboard.type(vault.rootToken);
    await tabTo(page, tab.field('Engine Path'));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('secret');
    await tabTo(page, tab.saveButton);
    await page.keyboard.press('Enter');
    await choose(page, tab.keyChoice.group, 'Don’t store: forget when I quit');
    await tabTo(page, tab.keyChoice.continueButton);
    await page.keyboard.press('Enter');
    await tab.savedMark.waitFor();
    await palette.run('pull all');
    await expect(tab.pullOutcome).toContainText('1 secret pulled');

    await page.keyboard.press('Alt+n');
    await page.keyboard.type('production');
    await page.keyboard.press('Enter');
    await expect(environment.heading).toHaveText('production');
    await expect(environment.variables).toBeVisible();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(environment.editor.keyField()).toBeFocused();
    await page.keyboard.type('API_KEY');
    await page.keyboard.press('Tab');
    await page.keyboard.type('sk-production');
    await page.keyboard.press('ControlOrMeta+s');
    await expect(environment.editor.saveButton).toHaveCount(0);
    await palette.run('vault sync');
    await expect(environment.sync.switch('HashiCorp Vault')).toBeChecked();
    expect(vault.kv('secret').read('production')).toEqual({ API_KEY: 'sk-production' });

    await page.keyboard.press('ControlOrMeta+f');
    await page.keyboard.type('api');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('sk-second');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ControlOrMeta+s');
    await expect(environment.editor.review.saveButton).toBeFocused();
    await page.keyboard.press('ControlOrMeta+s');
    await expect(environment.editor.saveButton).toHaveCount(0);
    expect(vault.kv('secret').read('production')).toEqual({ API_KEY: 'sk-second' });

    await page.keyboard.press('ControlOrMeta+d');
    await expect(ui.compare.heading).toBeVisible();
    await tabTo(page, ui.compare.filter);
    await page.keyboard.type('API');
    await expect(ui.compare.grid.getByRole('row', { name: 'API_KEY' })).toBeVisible();
  },
);

test('the focus is never lost: after Save, Discard, a removal, a menu, and an undo', async ({
  ui,
  peer,
}) => {
  await openPulled(ui, peer, 'production', { A: 'a', B: 'b', C: 'c' });
  const { page, environment } = ui;
  const { editor, variables } = environment;
  const within = variables.locator(':focus');

  await environment.value('B').click();
  await page.keyboard.type('edited');
  await page.keyboard.press('Enter');
  await tabTo(page, editor.saveButton);
  await page.keyboard.press('Enter');
  await expect(editor.review.saveButton).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(editor.saveButton).toHaveCount(0);
  await expect(within).toBeVisible();

  await page.keyboard.press('Delete');
  await tabTo(page, editor.discardButton);
  await page.keyboard.press('Enter');
  await expect(editor.discardButton).toHaveCount(0);
  await expect(within).toBeVisible();

  await editor.add('NEW', 'n');
  await expect(environment.value('NEW')).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Remove' }).press('Enter');
  await expect(environment.row('NEW')).toHaveCount(0);
  await expect(within).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(environment.row('NEW')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(environment.row('NEW')).toHaveCount(0);
  await expect(within).toBeVisible();

  await page.keyboard.press('ControlOrMeta+e');
  await editor.text.cancelButton.focus();
  await page.keyboard.press('Enter');
  await expect(within).toBeVisible();
});
