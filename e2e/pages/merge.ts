import type { Locator, Page } from '@playwright/test';

/** What somebody else did beside what was edited here, and the choice between the two. */
export class MergePage {
  readonly region: Locator;
  readonly keys: Locator;
  /** How many conflicts are decided. */
  readonly chosen: Locator;
  readonly saveButton: Locator;
  readonly cancelButton: Locator;
  readonly revealAllButton: Locator;
  readonly hideAllButton: Locator;
  readonly keepAllButton: Locator;
  readonly takeAllButton: Locator;
  /** Says so when it moved again. */
  readonly notice: Locator;
  readonly gone: Gone;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.region = main.getByRole('region', { name: 'Resolve conflicts' });
    this.keys = this.region.getByRole('grid', { name: 'Both sides' });
    this.chosen = this.region.getByRole('status');
    this.saveButton = this.region.getByRole('button', { name: 'Save merged' });
    this.cancelButton = this.region.getByRole('button', { name: 'Cancel' });
    this.revealAllButton = this.region.getByRole('button', { name: 'Reveal all' });
    this.hideAllButton = this.region.getByRole('button', { name: 'Hide all' });
    this.keepAllButton = this.region.getByRole('button', { name: 'Keep mine for all' });
    this.takeAllButton = this.region.getByRole('button', { name: 'Take theirs for all' });
    this.notice = this.region.getByRole('alert');
    this.gone = new Gone(main.getByRole('region', { name: 'Deleted on the server' }));
  }

  row(key: string): Locator {
    return this.keys.getByRole('row', { name: key, exact: true });
  }

  /** Before, yours, or on the server. */
  cell(key: string, column: 'before' | 'yours' | 'server'): Locator {
    return this.row(key).getByRole('gridcell').nth({ before: 0, yours: 1, server: 2 }[column]);
  }

  choice(side: 'Keep mine' | 'Take theirs', key: string): Locator {
    return this.keys
      .getByRole('radiogroup', { name: `${side}: ${key}`, exact: true })
      .getByRole('radio');
  }

  revealButton(key: string): Locator {
    return this.keys.getByRole('button', { name: `Reveal ${key}`, exact: true });
  }
}

class Gone {
  readonly writeAnewButton: Locator;
  readonly restoreButton: Locator;
  readonly discardButton: Locator;
  readonly cancelButton: Locator;

  constructor(readonly region: Locator) {
    this.writeAnewButton = region.getByRole('button', { name: 'Write it anew' });
    this.restoreButton = region.getByRole('button', { name: 'Restore and write' });
    this.discardButton = region.getByRole('button', { name: 'Discard my edits' });
    this.cancelButton = region.getByRole('button', { name: 'Cancel' });
  }
}
