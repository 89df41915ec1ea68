import type { Locator, Page } from '@playwright/test';

/** The user guide, next to the page it is about. */
export class HelpPane {
  /** On every page. */
  readonly button: Locator;
  /** On a part of a page with its own section in the guide. */
  readonly partButton: Locator;
  readonly pane: Locator;
  readonly title: Locator;
  readonly allChapters: Locator;
  readonly closeButton: Locator;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.button = main.getByRole('button', { name: 'Help', exact: true });
    this.partButton = main.getByRole('button', { name: 'Help on this', exact: true });
    this.pane = page.getByRole('complementary', { name: 'Help' });
    this.title = this.pane.getByRole('heading', { level: 2 });
    this.allChapters = this.pane.getByRole('button', { name: 'All chapters' });
    this.closeButton = this.pane.getByRole('button', { name: 'Close help' });
  }

  section(title: string): Locator {
    return this.pane.getByRole('heading', { level: 3, name: title, exact: true });
  }

  link(title: string): Locator {
    return this.pane.getByRole('link', { name: title, exact: true });
  }
}
