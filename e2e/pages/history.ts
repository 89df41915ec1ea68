import type { Locator, Page } from '@playwright/test';

/** The versions of an environment, and the difference between two of them. */
export class HistoryPage {
  readonly heading: Locator;
  readonly versions: Locator;
  readonly changed: Locator;
  readonly differences: Locator;
  readonly againstButton: Locator;
  readonly rollBackButton: Locator;
  /** The changes of rolling back, shown before it is done. */
  readonly rollingBack: RollingBack;
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
    this.rollBackButton = main.getByRole('button', { name: 'Roll back to this version' });
    this.rollingBack = new RollingBack(
      main.getByRole('region', { name: 'What rolling back changes' }),
    );
    this.undeleteButton = main.getByRole('button', { name: 'Undelete', exact: true });
    this.refreshButton = main.getByRole('button', { name: 'Refresh' });
    this.backButton = main.getByRole('button', { name: 'Back to environment' });
  }

  /** `at` counts from the newest version, which is 0. */
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

  /** Compares the selected version with another one. `at` counts from the newest version, which is 0. */
  async compareWith(at: number): Promise<void> {
    await this.againstButton.click();
    await this.page
      .getByRole('menuitemradio')
      .nth(at + 1)
      .click();
  }
}

class RollingBack {
  readonly confirmButton: Locator;
  readonly cancelButton: Locator;
  readonly notice: Locator;

  constructor(readonly region: Locator) {
    this.confirmButton = region.getByRole('button', { name: /^Roll back to / });
    this.cancelButton = region.getByRole('button', { name: 'Cancel' });
    this.notice = region.getByRole('alert');
  }
}
