import type { Locator, Page } from '@playwright/test';

/** The versions of an environment. */
export class HistoryPage {
  readonly heading: Locator;
  readonly versions: Locator;
  readonly changes: Locator;
  readonly restoreButton: Locator;
  readonly bringBackButton: Locator;
  readonly backButton: Locator;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.heading = main.getByRole('heading', { level: 1 });
    this.versions = main.getByRole('grid', { name: 'Versions' });
    this.changes = main.getByRole('grid', { name: 'What changed' });
    this.restoreButton = main.getByRole('button', { name: /^Restore/ });
    this.bringBackButton = main.getByRole('button', { name: 'Bring back what was deleted' });
    this.backButton = main.getByRole('button', { name: 'Back to the variables' });
  }

  /** Counted from the newest, which is 0. */
  version(index: number): Locator {
    return this.versions.getByRole('row').nth(index + 1);
  }

  choice(side: 'From' | 'To', index: number): Locator {
    return this.version(index).getByRole('radio', { name: new RegExp(`^${side} `) });
  }

  change(key: string): Locator {
    return this.changes.getByRole('row', { name: key, exact: true });
  }

  revealButton(key: string): Locator {
    return this.changes.getByRole('button', { name: `Reveal ${key}`, exact: true });
  }
}
