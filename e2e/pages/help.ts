import type { Locator, Page } from '@playwright/test';

/** The user guide, next to the page it is about. */
export class HelpPane {
  /** On every page. */
  readonly button: Locator;
  readonly pane: Locator;
  readonly title: Locator;
  readonly allChapters: Locator;
  readonly closeButton: Locator;
  readonly search: Locator;
  /** What the search found. */
  readonly found: Locator;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.button = main.getByRole('button', { name: 'Help', exact: true });
    this.pane = page.getByRole('complementary', { name: 'Help' });
    this.title = this.pane.getByRole('heading', { level: 2 });
    this.allChapters = this.pane.getByRole('button', { name: 'All chapters' });
    this.search = this.pane.getByRole('searchbox').or(this.pane.getByRole('combobox'));
    this.found = this.pane.getByRole('listbox', { name: 'Found in the guide' });
    this.closeButton = this.pane.getByRole('button', { name: 'Close help' });
  }

  section(title: string): Locator {
    return this.pane.getByRole('heading', { level: 3, name: title, exact: true });
  }

  /** The words that are marked as found, in the order of the text. */
  async marked(): Promise<readonly string[]> {
    return this.pane.evaluate(() => {
      // A highlight holds its ranges; the types of the DOM do not say so.
      const marks = CSS.highlights.get('guide-search') as unknown as Iterable<Range> | undefined;
      return [...(marks ?? [])].map((range) => range.toString().toLowerCase());
    });
  }

  link(title: string): Locator {
    return this.pane.getByRole('link', { name: title, exact: true });
  }
}
