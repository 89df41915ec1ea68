import type { Locator, Page } from '@playwright/test';

/** Editing the variables of the environment on show. */
export class Editor {
  readonly addButton: Locator;
  readonly saveButton: Locator;
  readonly discardButton: Locator;
  readonly reviewButton: Locator;
  readonly review: Review;
  /** The number of unsaved edits, and their kinds. */
  readonly unsaved: Locator;
  readonly text: TextEditor;
  readonly import: ImportPane;
  readonly export: ExportDialog;
  readonly #main: Locator;
  readonly #grid: Locator;
  readonly #sync: Locator;

  constructor(readonly page: Page) {
    this.#main = page.getByRole('main');
    this.#grid = this.#main.getByRole('grid', { name: 'Variables' });
    this.addButton = this.#main.getByRole('button', { name: 'Add variable' });
    this.saveButton = this.#main.getByRole('button', { name: 'Save', exact: true });
    this.discardButton = this.#main.getByRole('button', { name: 'Discard', exact: true });
    this.reviewButton = this.#main.getByRole('button', { name: 'Review', exact: true });
    this.review = new Review(this.#main);
    this.#sync = this.#main.getByRole('switch', { name: /^Sync variables with / });
    this.unsaved = this.#main.getByRole('status').filter({ hasText: /\d unsaved/ });
    this.text = new TextEditor(page);
    this.import = new ImportPane(page);
    this.export = new ExportDialog(page);
  }

  /** The editor of a value, while it is open. */
  valueField(key: string): Locator {
    return this.#main.getByRole('textbox', { name: `Value of ${key}`, exact: true });
  }

  /** The editor of a key, while it is open. */
  keyField(key = 'the new variable'): Locator {
    return this.#main.getByRole('textbox', { name: `Key of ${key}`, exact: true });
  }

  editButton(key: string): Locator {
    return this.#grid.getByRole('button', { name: `Edit ${key}`, exact: true });
  }

  async setValue(key: string, value: string): Promise<void> {
    await this.editButton(key).click();
    await this.valueField(key).fill(value);
    await this.valueField(key).press('Enter');
  }

  async rename(key: string, name: string): Promise<void> {
    await this.choose(key, 'Rename key');
    await this.keyField(key).fill(name);
    await this.keyField(key).press('Enter');
  }

  async add(key: string, value: string): Promise<void> {
    await this.addButton.click();
    await this.keyField().fill(key);
    await this.keyField().press('Tab');
    await this.valueField(key).fill(value);
    await this.valueField(key).press('Enter');
  }

  /** Chooses from the menu of one variable. */
  async choose(
    key: string,
    command:
      | 'Rename key'
      | 'Where is this used…'
      | 'Mark as plain'
      | 'Mark as secret'
      | 'Disable'
      | 'Enable'
      | 'Undo changes'
      | 'Remove'
      | 'Keep',
  ): Promise<void> {
    await this.#grid.getByRole('button', { name: `More for ${key}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: command, exact: true }).click();
  }

  /** Presses Save, and again in the review that a synced environment shows first. */
  async pressSave(): Promise<void> {
    const isReviewed = await this.review.region.isVisible();
    await this.saveButton.click();
    if (!isReviewed && (await this.#sync.isChecked())) await this.review.save();
  }

  /** Saves, and waits until nothing is unsaved. */
  async save(): Promise<void> {
    await this.pressSave();
    await this.saveButton.waitFor({ state: 'detached' });
  }
}

/** The changes that a save would write. */
class Review {
  readonly region: Locator;
  readonly changes: Locator;
  readonly saveButton: Locator;
  readonly backButton: Locator;

  constructor(main: Locator) {
    this.region = main.getByRole('region', { name: 'Review changes' });
    this.changes = this.region.getByRole('grid', { name: 'Changes' });
    this.saveButton = this.region.getByRole('button', { name: 'Save', exact: true });
    this.backButton = this.region.getByRole('button', { name: 'Back to editing' });
  }

  row(key: string): Locator {
    return this.changes.getByRole('row', { name: key, exact: true });
  }

  revealButton(key: string): Locator {
    return this.changes.getByRole('button', { name: `Reveal ${key}`, exact: true });
  }

  async save(): Promise<void> {
    await this.saveButton.click();
  }
}

class TextEditor {
  readonly openButton: Locator;
  readonly area: Locator;
  readonly problems: Locator;
  readonly pane: Locator;
  readonly applyButton: Locator;
  readonly cancelButton: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole('main');
    this.openButton = main.getByRole('button', { name: 'Edit as text' });
    this.pane = main.getByRole('region', { name: 'Edit as text' });
    this.area = this.pane.getByRole('textbox', { name: 'Variables as text' });
    this.problems = this.pane.getByRole('list', { name: 'Problems' });
    this.applyButton = this.pane.getByRole('button', { name: 'Apply' });
    this.cancelButton = this.pane.getByRole('button', { name: 'Cancel' });
  }

  /** Replaces the whole text, key by key as a person does. */
  async replace(text: string): Promise<void> {
    await this.area.press('ControlOrMeta+a');
    await this.area.press('Delete');
    await this.page.keyboard.type(text);
  }
}

class ImportPane {
  readonly openButton: Locator;
  readonly pane: Locator;
  readonly pasteField: Locator;
  readonly previewButton: Locator;
  readonly overwrite: Locator;
  readonly importEmpty: Locator;
  readonly summary: Locator;
  readonly steps: Locator;
  readonly importButton: Locator;
  readonly backButton: Locator;
  readonly cancelButton: Locator;
  readonly refusal: Locator;
  readonly dropZone: Locator;
  readonly chooseButton: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole('main');
    this.openButton = main.getByRole('button', { name: 'Import…' });
    this.pane = main.getByRole('region', { name: 'Import', exact: true });
    this.pasteField = this.pane.getByRole('textbox', { name: 'Or paste it' });
    this.previewButton = this.pane.getByRole('button', { name: 'Preview' });
    this.overwrite = this.pane.getByRole('switch', { name: 'Overwrite existing keys' });
    this.importEmpty = this.pane.getByRole('switch', { name: 'Import empty values' });
    this.summary = this.pane.getByRole('status');
    this.steps = this.pane.getByRole('grid', { name: 'What is imported' });
    this.importButton = this.pane.getByRole('button', { name: 'Import', exact: true });
    this.backButton = this.pane.getByRole('button', { name: 'Back' });
    this.cancelButton = this.pane.getByRole('button', { name: 'Cancel' });
    this.refusal = this.pane.getByRole('alert');
    this.dropZone = this.pane.getByText(/^Drop a \.env file here/);
    this.chooseButton = this.pane.getByRole('button', { name: 'Choose file…' });
  }

  step(key: string): Locator {
    return this.steps.getByRole('row', { name: key, exact: true });
  }

  async paste(text: string): Promise<void> {
    await this.pasteField.fill(text);
    await this.previewButton.click();
  }

  /** Drops a file of this computer, which a script in the page cannot do. */
  async drop(path: string): Promise<void> {
    const box = await this.dropZone.boundingBox();
    if (box === null) throw new Error('There is nowhere to drop it.');
    const session = await this.page.context().newCDPSession(this.page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', {
        type,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        data: { items: [], files: [path], dragOperationsMask: 1 },
      });
    }
    await session.detach();
  }

  async chooseFile(name: string, content: string | Buffer): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.chooseButton.click();
    await (
      await chooser
    ).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
  }
}

export type ExportFormat =
  '.env' | 'Docker Compose (.env)' | 'docker run (--env-file)' | 'JSON' | 'Shell';

class ExportDialog {
  readonly openButton: Locator;
  readonly dialog: Locator;
  readonly downloadButton: Locator;
  readonly downloadAnywayButton: Locator;
  readonly copyButton: Locator;
  readonly copyAnywayButton: Locator;
  readonly warnings: Locator;
  readonly cancelButton: Locator;

  constructor(page: Page) {
    this.openButton = page.getByRole('main').getByRole('button', { name: 'Export…' });
    this.dialog = page.getByRole('dialog', { name: /^Export / });
    this.downloadButton = this.dialog.getByRole('button', { name: 'Download', exact: true });
    this.downloadAnywayButton = this.dialog.getByRole('button', { name: 'Download anyway' });
    this.copyButton = this.dialog.getByRole('button', { name: 'Copy', exact: true });
    this.copyAnywayButton = this.dialog.getByRole('button', { name: 'Copy anyway' });
    this.warnings = this.dialog.getByRole('alert');
    this.cancelButton = this.dialog.getByRole('button', { name: 'Cancel' });
  }

  async chooseFormat(format: ExportFormat): Promise<void> {
    await this.dialog.getByRole('radio', { name: format, exact: true }).check();
  }
}
