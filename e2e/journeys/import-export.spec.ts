/** Import from `.env` by paste, file and drop; export to `.env`, JSON and shell. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPulled, providers, test } from './peers';
import { expect } from './support';

for (const provider of providers) {
  test.describe(`with ${provider}`, () => {
    test.use({ provider });

    test('an import shows what it would do, and arrives with Save', async ({ ui, peer }) => {
      await openPulled(ui, peer, 'production', { SAME: 's', OTHER: 'old', PORT: 5432 });
      const { editor } = ui.environment;
      await editor.import.openButton.click();
      await editor.import.paste(
        '# comment\nexport NEW="two\\nlines"\nSAME=s\nOTHER=new\nBLANK=\nPORT=5433\nno assignment\n',
      );
      await expect(editor.import.summary).toHaveText('1 added, 0 changed, 4 skipped.');
      await expect(editor.import.step('NEW')).toContainText('added');
      await expect(editor.import.step('SAME')).toContainText('the same already');
      await expect(editor.import.step('OTHER')).toContainText('kept as it is');
      await expect(editor.import.step('BLANK')).toContainText('no value');
      await expect(editor.import.pane).toContainText('Line 7');
      await editor.import.overwrite.click();
      await expect(editor.import.summary).toHaveText('1 added, 2 changed, 2 skipped.');
      await editor.import.importButton.click();
      await expect(editor.unsaved).toContainText('3 unsaved');
      await editor.save();
      expect(peer.read('production')).toEqual({
        SAME: 's',
        OTHER: 'new',
        PORT: 5433,
        NEW: 'two\nlines',
      });
    });

    test('an export has what is saved, quoted right, and warns of what a format loses', async ({
      ui,
      app,
      peer,
    }) => {
      await openPulled(ui, peer, 'production', {
        PLAIN: 'simple',
        QUOTED: `it's "quoted" $HOME`,
        PORT: 5432,
        'odd-key': 'o',
        OFF: 'off',
      });
      const { editor, sync } = ui.environment;
      await expect(sync.switch(provider)).toBeChecked();
      await editor.choose('OFF', 'Disable');
      await editor.save();
      const exported = async (format: '.env' | 'JSON' | 'Shell') => {
        await editor.export.openButton.click();
        await editor.export.chooseFormat(format);
        await editor.export.downloadButton.click();
        await expect(editor.export.warnings).toContainText('1 disabled variable is left out.');
        const warnings = await editor.export.warnings.innerText();
        const file = await app.download(() => editor.export.downloadAnywayButton.click());
        return { warnings, ...file };
      };
      const json = await exported('JSON');
      expect(json.name).toBe('production.json');
      expect(JSON.parse(json.text)).toEqual({
        PLAIN: 'simple',
        QUOTED: `it's "quoted" $HOME`,
        PORT: 5432,
        'odd-key': 'o',
      });
      const shell = await exported('Shell');
      expect(shell.warnings).toContain('odd-key is left out');
      expect(shell.text).toContain(`export QUOTED='it'\\''s "quoted" $HOME'\n`);
      expect(shell.text).not.toContain('odd-key');
      const dotenv = await exported('.env');
      expect(dotenv.warnings).toContain('PORT is a number');
      expect(dotenv.text).toContain('PLAIN=simple\n');

      await editor.export.openButton.click();
      await editor.export.chooseFormat('.env');
      await editor.export.copyButton.click();
      await editor.export.copyAnywayButton.click();
      await expect(ui.announcements).toContainText('Copied. The clipboard is emptied after');
      expect(await app.readClipboard()).toBe(dotenv.text);
    });
  });
}

test('a file of the right size is read, whatever its name; others are refused with why', async ({
  ui,
}) => {
  await ui.newEnvironment.create('local');
  const { import: pane } = ui.environment.editor;
  await pane.openButton.click();
  await pane.chooseFile('.env', Buffer.alloc(5 * 1024 * 1024 + 1, 'A'));
  await expect(pane.refusal).toContainText('larger than 5 MB: it has 5,242,881 bytes');
  await pane.chooseFile('.env', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]));
  await expect(pane.refusal).toContainText('not text');
  await pane.chooseFile('notes.txt', 'nothing of the kind\n');
  await expect(pane.refusal).toContainText('no line of the form KEY=value');
  await pane.chooseFile('.env.production', 'NAME=東京\r\nURL=http://x/#anchor\r\n');
  await expect(pane.pane).toContainText('Import .env.production');
  await expect(pane.summary).toHaveText('2 added, 0 changed, 0 skipped.');
});

test('a file that is dropped is read', async ({ ui, dataDirectory }) => {
  await ui.newEnvironment.create('local');
  const { import: pane } = ui.environment.editor;
  await pane.openButton.click();
  const file = join(dataDirectory, '.env.dropped');
  await writeFile(file, 'DROPPED=yes\n');
  await pane.drop(file);
  await expect(pane.step('DROPPED')).toContainText('added');
});

test('5,000 lines are imported at once, and one undo takes them back', async ({ ui }) => {
  await ui.newEnvironment.create('local');
  const { editor, variables } = ui.environment;
  await editor.import.openButton.click();
  const lines = Array.from({ length: 5000 }, (_, index) => `KEY_${String(index)}=v\n`).join('');
  await editor.import.chooseFile('.env', lines);
  await expect(editor.import.summary).toHaveText('5,000 added, 0 changed, 0 skipped.');
  await editor.import.importButton.click();
  await expect(editor.unsaved).toContainText('5,000 unsaved');
  await variables.press('ControlOrMeta+z');
  await expect(editor.saveButton).toHaveCount(0);
});
