import type { Locator, Page } from '@playwright/test';

/** The request that waits for a person, across the top of the window. */
export class ApprovalBanner {
  readonly banner: Locator;
  readonly allowOnce: Locator;
  readonly allowForTenMinutes: Locator;
  readonly deny: Locator;
  readonly denyAll: Locator;
  /** What assistive technology hears. */
  readonly alert: Locator;

  constructor(page: Page) {
    this.banner = page.getByRole('region', { name: 'Waiting request' });
    this.allowOnce = this.banner.getByRole('button', { name: 'Allow once' });
    this.allowForTenMinutes = this.banner.getByRole('button', { name: 'Allow for ten minutes' });
    this.deny = this.banner.getByRole('button', { name: 'Deny', exact: true });
    this.denyAll = this.banner.getByRole('button', { name: 'Deny all' });
    this.alert = page.getByRole('alert').filter({ hasText: 'wants to send' });
  }
}
