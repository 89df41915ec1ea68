import type { Locator, Page } from '@playwright/test';

/** The tour through the workspace with sample data. */
export class TourPanel {
  /** On the first page. */
  readonly startButton: Locator;
  readonly panel: Locator;
  readonly title: Locator;
  readonly nextButton: Locator;
  readonly backButton: Locator;
  /** What remains after the tour was left. */
  readonly rest: Locator;
  readonly removeButton: Locator;

  constructor(page: Page) {
    this.startButton = page.getByRole('button', { name: 'Take the one-minute tour' });
    this.panel = page.getByRole('region', { name: 'Tour', exact: true });
    this.title = this.panel.getByRole('heading');
    this.nextButton = this.panel.getByRole('button', { name: 'Next' });
    this.backButton = this.panel.getByRole('button', { name: 'Back' });
    this.rest = page.getByRole('region', { name: 'Sample data', exact: true });
    this.removeButton = page.getByRole('button', { name: 'Remove the sample data' });
  }
}
