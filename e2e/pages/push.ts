import type { Locator, Page } from '@playwright/test';

/** Push All: the plan and the run. */
export class PushPage {
  readonly heading: Locator;
  readonly plan: Locator;
  readonly checkAgainButton: Locator;
  /** Pushes everything in the plan that was not pushed yet. */
  readonly pushButton: Locator;
  readonly cancelButton: Locator;
  readonly progress: Locator;
  /** The summary of the plan, and at the end of the run. */
  readonly outcome: Locator;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.heading = main.getByRole('heading', { level: 1, name: 'Push All' });
    this.plan = main.getByRole('grid', { name: 'Plan' });
    this.checkAgainButton = main.getByRole('button', { name: 'Check again' });
    this.pushButton = main.getByRole('button', { name: /^Push [\d,]+ environments?$/ });
    this.cancelButton = main.getByRole('button', { name: 'Cancel' });
    this.progress = main.getByRole('progressbar', { name: 'Push All' });
    this.outcome = main.getByRole('status', { name: 'Push All' });
  }

  row(environment: string): Locator {
    const header = this.plan.page().getByRole('rowheader');
    const name = this.plan.page().getByText(environment, { exact: true }).first();
    return this.plan.getByRole('row').filter({ has: header.filter({ has: name }) });
  }

  tryAgainButton(environment: string): Locator {
    return this.plan.getByRole('button', { name: `Try again: ${environment}`, exact: true });
  }

  /** Unfolds the names of the keys of one environment. */
  async showKeys(environment: string): Promise<Locator> {
    await this.row(environment)
      .getByRole('button', { name: /added|changed|removed/ })
      .click();
    return this.plan.getByRole('list', { name: `Keys of ${environment}` });
  }
}
