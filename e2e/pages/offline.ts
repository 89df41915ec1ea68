import type { Locator, Page } from '@playwright/test';

/** The banner that says that the current provider is out of reach. */
export class OfflineNotice {
  readonly banner: Locator;
  readonly tryNowButton: Locator;

  constructor(page: Page) {
    this.banner = page.getByRole('region', { name: / is offline$/ });
    this.tryNowButton = this.banner.getByRole('button', { name: 'Try now' });
  }
}
