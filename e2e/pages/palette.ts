import type { Locator, Page } from '@playwright/test';

/** The command palette and the page of shortcuts. */
export class PalettePage {
  readonly dialog: Locator;
  readonly input: Locator;
  readonly results: Locator;
  readonly shortcuts: Locator;

  constructor(private readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Command palette' });
    this.input = this.dialog.getByRole('combobox');
    this.results = this.dialog.getByRole('listbox', { name: 'Results' });
    this.shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  }

  async open(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+k');
    await this.input.waitFor();
  }

  result(title: string): Locator {
    return this.results.getByRole('option', { name: title });
  }

  /** Types a query, expects the wanted entry to be first, and chooses it. */
  async run(text: string): Promise<void> {
    await this.open();
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
    await this.dialog.waitFor({ state: 'detached' });
  }
}
