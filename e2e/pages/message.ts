import type { Locator, Page } from '@playwright/test';

/** What stands in place of the app where there is nothing to show but a message. */
export class MessagePage {
  readonly heading: Locator;
  readonly text: Locator;
  readonly reloadButton: Locator;

  constructor(page: Page) {
    this.text = page.getByRole('main');
    this.heading = this.text.getByRole('heading', { level: 1 });
    this.reloadButton = this.text.getByRole('button', { name: /^(Reload|Try again)$/ });
  }
}
