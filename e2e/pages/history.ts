import type { Locator, Page } from '@playwright/test';

/** The versions of an environment, and what is different between two of them. */
export class HistoryPage {
  readonly heading: Locator;
  readonly versions: Locator;
  readonly changed: Locator;
  readonly differences: Locator;
  readonly againstButton: Locator;
  readonly restoreButton: Locator;
  /** What restoring would change, before it is done. */
  readonly restoring: Restoring;
  readonly undeleteButton: Locator;
  readonly refreshButton: Locator;
  readonly backButton: Locator;
  readonly main: Locator;

  constructor(private readonly page: Page) {
    this.main = page.getByRole('main');
    const { main } = this;
    this.heading = main.getByRole('heading', { level: 1, name: /^History of/ });
    this.versions = main.getByRole('listbox', { name: 'Versions' });
    this.changed = main.getByRole('region', { name: 'What changed' });
    this.differences = main.getByRole('grid', { name: 'Differences' });
    this.againstButton = main.getByRole('button', { name: /^Compare with/ });
    this.restoreButton = main.getByRole('button', { name: 'Restore this version' });
    this.restoring = new Restoring(main.getByRole('region', { name: 'What restoring changes' }));
    this.undeleteButton = main.getByRole('button', { name: 'Bring back' });
    this.refreshButton = main.getByRole('button', { name: 'Refresh' });
    this.backButton = main.getByRole('button', { name: 'Back to environment' });
  }

  /** Counted from the newest, which is 0. */
  version(at: number): Locator {
    return this.versions.getByRole('option').nth(at);
  }

  row(key: string): Locator {
    return this.differences.getByRole('row', { name: key, exact: true });
  }

  async reveal(key: string): Promise<void> {
    await this.row(key).hover();
    await this.row(key)
      .getByRole('button', { name: `Reveal ${key}`, exact: true })
      .click();
  }

  /** Holds the selected version against one of the others, counted from the newest, which is 0. */
  async compareWith(at: number): Promise<void> {
    await this.againstButton.click();
    await this.page
      .getByRole('menuitemradio')
      .nth(at + 1)
      .click();
  }
}

class Restoring {
  readonly confirmButton: Locator;
  readonly cancelButton: Locator;
  readonly notice: Locator;

  constructor(readonly region: Locator) {
    this.confirmButton = region.getByRole('button', { name: /^Restore .+ as a new version$/ });
    this.cancelButton = region.getByRole('button', { name: 'Cancel' });
    this.notice = region.getByRole('alert');
  }
}
