/** Import from `.env` by paste, file and drop; export to `.env`, JSON and shell. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportFormat } from '../pages/editor';
import { openPulled, providers, wholeUnlessFirst, test } from './peers';
import { expect } from './support';

for (const provider of providers) {
  test.describe(`with ${provider}`, wholeUnlessFirst(provider, providers), () => {
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
      await expect(editor.import.step('SAME')).toContainText('same value');
      await expect(editor.import.step('OTHER')).toContainText('value kept');
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
      const exported = async (format: ExportFormat) => {
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
      expect(dotenv.text).toContain(`QUOTED=it's "quoted" $HOME\n`);
      expect(dotenv.warnings).toContain('would run parts of QUOTED as commands');
      const compose = await exported('Docker Compose (.env)');
      expect(compose.name).toBe('production.env');
      expect(compose.text).toContain(`QUOTED="it's \\"quoted\\" \\$HOME"\n`);
      const docker = await exported('docker run (--env-file)');
      expect(docker.text).toContain(`QUOTED=it's "quoted" $HOME\n`);

      await editor.export.openButton.click();
      await editor.export.chooseFormat('.env');
      await editor.export.copyButton.click();
      await editor.export.copyAnywayButton.click();
      await expect(ui.announcements).toContainText(
        /Copied\. (The clipboard is emptied after|This browser does not let Strongroom empty)/,
      );
      expect(await app.readClipboard()).toBe(dotenv.text);
    });
  });
}

test('a file of the right size is read, whatever its name; others are refused with why @whole', async ({
  ui,
}) => {
  await ui.newEnvironment.create('local');
  const { import: pane } = ui.environment.editor;
  await pane.openButton.click();
  await pane.chooseFile('.env', Buffer.alloc(5 * 1024 * 1024 + 1, 'A'));
  await expect(pane.refusal).toContainText('larger than 5 MB: it has 5,242,881 bytes');
  await pane.chooseFile('.env', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]));
  await expect(pane.refusal).toContainText('not UTF-8 text');
  await pane.chooseFile('notes.txt', 'nothing of the kind\n');
  await expect(pane.refusal).toContainText('no line of the form KEY=value');
  await pane.chooseFile('.env.production', 'NAME=東京\r\nURL=http://x/#anchor\r\n');
  await expect(pane.pane).toContainText('Import .env.production');
  await expect(pane.summary).toHaveText('2 added, 0 changed, 0 skipped.');
});

test('an import never cuts a value without a notice', async ({ ui, peer }) => {
  await openPulled(ui, peer, 'production', { GOOD: 'kept', EMPTIED: 'was' });
  const { editor } = ui.environment;
  const { import: pane } = editor;
  await pane.openButton.click();
  await pane.paste(
    [
      String.raw`export SHELL='it'\''s'`,
      'CFG="{"a": 1}"',
      'COLOUR={"c":"red #fff","d":1}',
      String.raw`LINES=$'x\ny'`,
      "GOOD='x',",
      'OPEN="oops',
      'NEXT=read',
      'API\u200bKEY=1',
      'MIIEvQIBADANBg==',
      'EMPTIED=',
      'NEXT="x" y',
    ].join('\n'),
  );
  await pane.overwrite.click();
  await expect(pane.pane).toContainText('Check 6 lines');
  await expect(pane.pane).toContainText(
    'Line 5 GOOD: the quotes on this line do not match, so GOOD was not read.',
  );
  await expect(pane.pane).toContainText(
    'Line 6 OPEN: the quote on this line is not closed, so OPEN was not read. The lines after it were read by themselves.',
  );
  await expect(pane.pane).toContainText(
    'Line 8 API[U+200B]KEY: the key holds a character that cannot be seen.',
  );
  await expect(pane.pane).toContainText('Line 9 This line is base64, not KEY=value.');
  await expect(pane.pane).toContainText('Line 11 NEXT: text after the closing quote was ignored.');
  await expect(pane.pane).toContainText('Line 11 NEXT appears twice; the last value is used.');
  await expect(pane.step('GOOD')).toContainText('skipped, not read');
  await expect(pane.step('EMPTIED')).toContainText('skipped, no value');
  await expect(pane.summary).toHaveText('5 added, 0 changed, 3 skipped.');
  await pane.importEmpty.click();
  await expect(pane.step('EMPTIED')).toContainText('changed');
  await pane.importButton.click();
  await editor.save();
  expect(peer.read('production')).toEqual({
    GOOD: 'kept',
    EMPTIED: '',
    SHELL: "it's",
    CFG: '{"a": 1}',
    COLOUR: '{"c":"red #fff","d":1}',
    LINES: 'x\ny',
    NEXT: 'x',
  });
});

test('JSON, YAML and UTF-16 files are read as such, and key material is not @whole', async ({
  ui,
}) => {
  await ui.newEnvironment.create('local');
  const { import: pane } = ui.environment.editor;
  await pane.openButton.click();
  await pane.paste('{"URL":"pg://h/db?ssl=true","PORT":5432}');
  await expect(pane.step('URL')).toContainText('added');
  await expect(pane.pane).toContainText('PORT is not text. A new variable holds the text.');
  await pane.backButton.click();
  await pane.chooseFile('values.yaml', 'URL: pg://h/db?ssl=true\nLIMITS:\n  daily: 5\n');
  await expect(pane.summary).toHaveText('2 added, 0 changed, 0 skipped.');
  await expect(pane.pane).toContainText('LIMITS is nested. A new variable holds it as JSON text.');
  await pane.backButton.click();
  await pane.chooseFile('.env', Buffer.from('\ufeffA=東京\r\n', 'utf16le'));
  await expect(pane.step('A')).toContainText('added');
  await pane.backButton.click();
  await pane.chooseFile('.env', Buffer.from('A=1\n', 'utf16le'));
  await expect(pane.refusal).toContainText('Save it as UTF-8 and import it again');
  await pane.paste('-----BEGIN PRIVATE KEY-----\nQUFBQQ==\n-----END PRIVATE KEY-----');
  await expect(pane.refusal).toContainText('Lines 1–3 are key material (PRIVATE KEY)');
  await pane.paste('{"A": 1,\n"B": }');
  await expect(pane.refusal).toContainText('JSON, but it cannot be read from line 2 on');
});

test('a file that is dropped is read', async ({ ui, dataDirectory }) => {
  await ui.newEnvironment.create('local');
  const { import: pane } = ui.environment.editor;
  await pane.openButton.click();
  const file = join(dataDirectory, '.env.dropped');
  await writeFile(file, 'DROPPED=yes\n');
  await pane.drop(file);
  await expect(pane.pane).toContainText('Import .env.dropped');
  await expect(pane.step('DROPPED')).toContainText('added');
});

test('5,000 lines are imported at once, and one undo takes them back @whole', async ({ ui }) => {
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
