import type { Locator, Page } from '@playwright/test';

/** Vault Sync of the environment on show. */
export class SyncBar {
  readonly path: Locator;
  /** How the environment is stored, if the provider supports both layouts. */
  readonly layout: Locator;
  /** Why sync could not be switched on or off. */
  readonly failure: Locator;
  /** The variables here and the secret at the path, side by side. */
  readonly meeting: Meeting;

  constructor(readonly page: Page) {
    const main = page.getByRole('main');
    this.path = main.getByRole('textbox', { name: 'Vault path' });
    this.layout = main.getByRole('radiogroup', { name: 'Stored as' });
    this.failure = main.getByRole('alert');
    this.meeting = new Meeting(main.getByRole('region', { name: 'Both sides' }));
  }

  switch(provider: string): Locator {
    return this.page
      .getByRole('main')
      .getByRole('switch', { name: `Sync variables with ${provider}`, exact: true });
  }
}

class Meeting {
  readonly keys: Locator;
  readonly mergeButton: Locator;
  readonly takeServersButton: Locator;
  readonly replaceButton: Locator;
  readonly cancelButton: Locator;

  constructor(readonly region: Locator) {
    this.keys = region.getByRole('grid', { name: 'Both sides' });
    this.mergeButton = region.getByRole('button', { name: 'Merge' });
    this.takeServersButton = region.getByRole('button', { name: 'Take the server’s' });
    this.replaceButton = region.getByRole('button', { name: 'Replace it' });
    this.cancelButton = region.getByRole('button', { name: 'Cancel' });
  }

  async choose(side: 'Mine' | 'The server’s', key: string): Promise<void> {
    await this.region
      .getByRole('radiogroup', { name: `${side} for ${key}`, exact: true })
      .getByRole('radio')
      .check();
  }
}

/** A question that must be answered before something goes on. */
export class Question {
  readonly dialog: Locator;

  constructor(page: Page) {
    this.dialog = page.getByRole('alertdialog');
  }

  async answer(label: string): Promise<void> {
    await this.dialog.getByRole('button', { name: label, exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}

/** Delete…, for a synced environment. */
export class Deletion {
  readonly dialog: Locator;
  readonly here: Locator;
  readonly server: Locator;
  readonly name: Locator;
  readonly deleteButton: Locator;

  constructor(page: Page) {
    this.dialog = page.getByRole('alertdialog');
    this.here = this.dialog.getByRole('radio', { name: 'Remove from this computer' });
    this.server = this.dialog.getByRole('radio', { name: /^Delete / });
    this.name = this.dialog.getByRole('textbox', { name: /^Type .* to confirm$/ });
    this.deleteButton = this.dialog.getByRole('button', { name: /^Delete / });
  }
}

/** The menu “⋯” of an environment. */
export class EnvironmentActions {
  readonly button: Locator;

  constructor(readonly page: Page) {
    this.button = page.getByRole('main').getByRole('button', { name: 'More actions' });
  }

  async choose(
    command:
      | 'Rename…'
      | 'Duplicate…'
      | 'Settings…'
      | 'Set active'
      | 'Set inactive'
      | 'Move up'
      | 'Move down'
      | 'Compare'
      | 'History'
      | 'Migrate…'
      | 'Delete…',
  ): Promise<void> {
    await this.button.click();
    await this.page.getByRole('menuitem', { name: command, exact: true }).click();
  }

  /** Types a name into the dialog that asks for one. */
  async name(name: string, submit: 'Rename' | 'Duplicate'): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: new RegExp(`^${submit} `) });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: submit, exact: true }).click();
  }
}
