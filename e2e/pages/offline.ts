import type { Locator, Page } from '@playwright/test';

/** That the provider in use cannot be reached, as the window says it. */
export class OfflineNotice {
  readonly banner: Locator;
  readonly tryNowButton: Locator;

  constructor(page: Page) {
    this.banner = page.getByRole('region', { name: / is offline$/ });
    this.tryNowButton = this.banner.getByRole('button', { name: 'Try now' });
  }
}
