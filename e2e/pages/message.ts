import type { Locator, Page } from '@playwright/test';

/** The page that shows only a message, instead of the app. */
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
