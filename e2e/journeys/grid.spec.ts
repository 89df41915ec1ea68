/** The grid as a spreadsheet: cells, ranges, typing, copy and paste, each one step to undo. */
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../axe';
import { openPulled, test } from './peers';
import { expect } from './support';

/** The clipboard as another program would read it. */
async function clipboard(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return page.evaluate(async () => navigator.clipboard.readText());
}

async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(async (copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press('ControlOrMeta+v');
}

const selected = (grid: Locator): Locator => grid.getByRole('row', { selected: true });

const letters = { A: 'a', B: 'b', C: 'c', D: 'd', E: 'e' };

test('arrows go from cell to cell, and typing replaces what is in one', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', letters);
  const { environment, page } = ui;
  const { editor } = environment;
  await environment.value('B').click();
  await page.keyboard.press('ArrowRight');
  await expect(environment.kind('B')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await expect(environment.value('C')).toBeFocused();
  await page.keyboard.type('typed at once');
  await expect(editor.valueField('C')).toHaveValue('typed at once');
  await page.keyboard.press('Enter');
  await expect(environment.value('C')).toBeFocused();
  await page.keyboard.type('not kept');
  await page.keyboard.press('Escape');
  await expect(environment.value('C')).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.type('KEY_OF_C');
  await page.keyboard.press('Enter');
  await expect(environment.row('KEY_OF_C')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.press('F2');
  await expect(editor.valueField('E')).toHaveValue('e');
  await page.keyboard.press('Shift+Tab');
  await expect(editor.keyField('E')).toHaveValue('E');
  await page.keyboard.press('Shift+Tab');
  await expect(environment.value('D')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('?');
  await expect(ui.palette.shortcuts).toBeVisible();
  await page.keyboard.press('Escape');
  await editor.save();
  expect(peer.read('production')).toEqual({
    A: 'a',
    B: 'b',
    KEY_OF_C: 'typed at once',
    D: 'd',
    E: 'e',
  });
});

test('typing over a secret does not reveal it @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', letters);
  const { environment, page } = ui;
  await environment.value('A').click();
  await page.keyboard.type('new');
  await page.keyboard.press('Enter');
  await expect(environment.editor.unsaved).toContainText('1 changed');
  const { activity } = await ui.openSettings('Activity');
  await expect(activity).toContainText('Pulled');
  await expect(activity).not.toContainText('Revealed');
});

test('a range is selected, removed, kept and disabled as one', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', letters);
  const { environment, page } = ui;
  const { editor, variables } = environment;
  await environment.value('B').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(selected(variables)).toHaveCount(3);
  await expect(page.getByRole('main')).toContainText('3 selected');
  await page.keyboard.press('Delete');
  await expect(editor.unsaved).toContainText('−3 removed');
  await expect(ui.announcements).toContainText('3 variables removed. You can undo this.');
  await expectAccessible(page, 'A range that is removed');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.saveButton).toHaveCount(0);
  await expect(environment.value('D')).toBeFocused();

  await environment.row('A').click();
  await environment.row('C').click({ modifiers: ['Shift'] });
  await expect(selected(variables)).toHaveCount(3);
  await page.keyboard.press('Space');
  await expect(editor.unsaved).toContainText('3 changed');
  await expect(environment.kind('B')).toContainText('disabled');
  await page.keyboard.press('Space');
  await expect(editor.saveButton).toHaveCount(0);

  await page.keyboard.press('ControlOrMeta+a');
  await expect(selected(variables)).toHaveCount(5);
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Remove 5 variables' }).click();
  await expect(editor.unsaved).toContainText('−5 removed');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.saveButton).toHaveCount(0);
});

test('a range is copied as .env lines, and pasted where it is not there yet', async ({
  ui,
  peer,
  host,
}) => {
  test.skip(
    host === 'desktop',
    'A page pastes from the clipboard of the computer, which is not this test’s to use.',
  );
  peer.put('staging', { B: 'other' });
  await openPulled(ui, peer, 'production', { ...letters, B: 'two words' });
  const { environment, page } = ui;
  const { editor } = environment;
  await environment.row('A').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('ControlOrMeta+c');
  await expect(ui.announcements).toContainText('3 variables copied.');
  expect(await clipboard(page)).toBe("A=a\nB='two words'\nC=c\n");

  // What it would change is shown first.
  await ui.openEnvironment('staging');
  await environment.row('B').click();
  await page.keyboard.press('ControlOrMeta+v');
  await expect(editor.import.step('A')).toContainText('added');
  await expect(editor.import.step('B')).toContainText('skipped, value kept');
  await editor.import.importButton.click();
  await expect(editor.unsaved).toContainText('+2 added');
  await environment.row('A').waitFor();

  // One variable with a new key is added at once, and several after a preview, in one step each.
  await environment.key('B').click();
  await paste(page, 'W="one\\nvalue"\n');
  await expect(editor.unsaved).toContainText('+3 added');
  await expect(selected(environment.variables)).toHaveCount(1);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.unsaved).toContainText('+2 added');
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await environment.row('B').click();
  await paste(page, 'X=1\nY="two\\nlines"\n');
  await expect(editor.import.summary).toHaveText('2 added, 0 changed, 0 skipped.');
  await editor.import.importButton.click();
  await expect(editor.unsaved).toContainText('+5 added');
  await environment.variables.press('ControlOrMeta+z');
  await expect(editor.unsaved).toContainText('+3 added');
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await editor.save();
  expect(peer.read('staging')).toEqual({
    B: 'other',
    A: 'a',
    C: 'c',
    W: 'one\nvalue',
    X: '1',
    Y: 'two\nlines',
  });
});

test('a .env with a bad line opens the preview, wherever it is pasted @whole', async ({
  ui,
  peer,
  host,
}) => {
  test.skip(host === 'desktop', 'There the host has the clipboard, which its own tests show.');
  await openPulled(ui, peer, 'production', letters);
  const { environment, page } = ui;
  const { editor } = environment;
  const env = '# .env\nX=1\nnot a line\nexport Y="two words"\n';
  const cells = [
    () => environment.value('A').click(),
    () => environment.key('A').click(),
    // A click on the kind would change it.
    async () => {
      await environment.value('A').click();
      await page.keyboard.press('ArrowRight');
    },
  ];
  for (const goTo of cells) {
    await goTo();
    await paste(page, env);
    await expect(editor.import.summary).toHaveText('2 added, 0 changed, 0 skipped.');
    await expect(editor.import.pane).toContainText(
      'Line 3 This line is not of the form KEY=value.',
    );
    await editor.import.cancelButton.click();
    await expect(editor.saveButton).toHaveCount(0);
  }
  // In the editor of a key, too, where lines would run together.
  await environment.key('A').dblclick();
  await expect(editor.keyField('A')).toBeFocused();
  await paste(page, env);
  await expect(editor.import.summary).toHaveText('2 added, 0 changed, 0 skipped.');
  await editor.import.cancelButton.click();
  await expect(editor.saveButton).toHaveCount(0);
  // And if one key is there twice.
  await environment.value('A').click();
  await paste(page, 'X=1\nX=2');
  await expect(editor.import.summary).toHaveText('1 added, 0 changed, 0 skipped.');
  await editor.import.cancelButton.click();
  // A value of several lines is a value.
  await environment.value('A').click();
  await paste(page, '-----BEGIN KEY-----\nQUFBQQ==\n-----END KEY-----\n');
  await expect(environment.value('A')).toContainText('3 lines');
  await page.keyboard.press('ControlOrMeta+z');
  // A key cannot hold it: the advice leads to Import.
  await environment.key('B').click();
  await paste(page, '{\n  "FROM_JSON": "a=b"\n}');
  await environment.question.answer('Open Import');
  await expect(editor.import.step('FROM_JSON')).toContainText('added');
  await editor.import.cancelButton.click();
  await environment.key('B').click();
  await paste(page, 'nothing\nof the kind');
  await environment.question.answer('Open Import');
  await expect(editor.import.refusal).toContainText('no line of the form KEY=value');
  await expect(editor.import.pasteField).toHaveValue('nothing\nof the kind');
});

test('a plain text goes into the cell, and a copied cell is its value @whole', async ({
  ui,
  peer,
  host,
}) => {
  test.skip(
    host === 'desktop',
    'A page pastes from the clipboard of the computer, which is not this test’s to use.',
  );
  await openPulled(ui, peer, 'production', letters);
  const { environment, page } = ui;
  await environment.value('A').click();
  await page.keyboard.press('ControlOrMeta+c');
  await expect(ui.announcements).toContainText('A copied.');
  expect(await clipboard(page)).toBe('a');
  await environment.value('B').click();
  await page.keyboard.press('ControlOrMeta+v');
  await expect(environment.editor.unsaved).toContainText('1 changed');
  await environment.value('C').click();
  await paste(page, 'cGFzc3dvcmQ=');
  await page.keyboard.press('Home');
  await page.keyboard.press('ControlOrMeta+c');
  expect(await clipboard(page)).toBe('C');
  await environment.editor.save();
  expect(peer.read('production')).toEqual({ ...letters, B: 'a', C: 'cGFzc3dvcmQ=' });
});

test('columns are sorted and resized, by keys too @whole', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { KEY_10: 'x', KEY_9: 7, A: 12 });
  const { environment, page } = ui;
  const { variables, editor } = environment;
  const order = async (...keys: string[]): Promise<void> => {
    await expect(variables.getByRole('rowheader')).toHaveText(keys);
  };
  const heading = (title: string): Locator => variables.getByRole('columnheader', { name: title });
  await heading('Key').getByRole('button').click();
  await order('A', 'KEY_9', 'KEY_10');
  await expect(heading('Key')).toHaveAttribute('aria-sort', 'ascending');
  await page.keyboard.press('Enter');
  await order('KEY_10', 'KEY_9', 'A');
  await heading('Value').getByRole('button').press('Enter');
  await order('KEY_9', 'A', 'KEY_10');
  await expectAccessible(page, 'A sorted grid');
  // A new variable is at the end until it is saved.
  await editor.add('B', 'b');
  await order('KEY_9', 'A', 'KEY_10', 'B');
  await editor.discardButton.click();

  const edge = heading('Key').getByRole('separator', { name: 'Width of the column of keys' });
  const width = async (): Promise<number> => (await environment.key('A').boundingBox())?.width ?? 0;
  const before = await width();
  await edge.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(width).toBe(Math.round(before) + 32);
  await page.reload();
  await ui.ready();
  await ui.openEnvironment('production');
  await expect.poll(width).toBe(Math.round(before) + 32);
  await edge.dblclick();
  await expect.poll(width).toBe(before);
});

test('of many rows the focus and the selection stay, in sight or not @whole', async ({
  ui,
  peer,
}) => {
  const keys = Array.from({ length: 300 }, (_, index) => `KEY_${String(index).padStart(3, '0')}`);
  await openPulled(ui, peer, 'production', Object.fromEntries(keys.map((key) => [key, 'x'])));
  const { environment, page } = ui;
  const { variables } = environment;
  await environment.value('KEY_002').click();
  await environment.row('KEY_004').click({ modifiers: ['ControlOrMeta'] });
  await expect(selected(variables)).toHaveCount(2);
  await variables.evaluate((grid) => grid.scrollTo({ top: grid.scrollHeight }));
  await expect(environment.row('KEY_299')).toBeInViewport();
  await expect(environment.row('KEY_299')).toHaveAttribute('aria-rowindex', '301');
  await expect(environment.row('KEY_150')).toHaveCount(0);
  await expect(variables.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(environment.row('KEY_005')).toBeInViewport();
  await expect(selected(variables)).toHaveCount(1);
  await page.keyboard.press('ControlOrMeta+Shift+End');
  await expect(page.getByRole('main')).toContainText('295 selected');
  await page.keyboard.press('Escape');
  await expect(selected(variables)).toHaveCount(0);
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageUp');
  await expect(environment.row('KEY_299')).not.toBeInViewport();
  await environment.filter.fill('KEY_00');
  await expect(variables).toHaveAttribute('aria-rowcount', '11');
  await page.keyboard.press('ArrowDown');
  await expect(variables.locator(':focus')).toHaveCount(1);
});
