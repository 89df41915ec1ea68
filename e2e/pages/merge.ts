import type { Locator, Page } from '@playwright/test';

/** Both sides of a merge, and the choice between them. */
export class MergePage {
  readonly region: Locator;
  readonly keys: Locator;
  /** The number of decided conflicts. */
  readonly chosen: Locator;
  readonly saveButton: Locator;
  readonly cancelButton: Locator;
  readonly revealAllButton: Locator;
  readonly hideAllButton: Locator;
  readonly keepAllButton: Locator;
  readonly takeAllButton: Locator;
  /** Shown if somebody wrote again. */
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

  /** In a narrow window, where the sides are below each other. */
  side(key: string, name: 'Before' | 'Yours' | 'On the server'): Locator {
    return this.row(key)
      .getByRole('term')
      .filter({ hasText: name })
      .locator('xpath=following-sibling::dd');
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
  readonly recreateButton: Locator;
  readonly undeleteButton: Locator;
  readonly discardButton: Locator;
  readonly cancelButton: Locator;

  constructor(readonly region: Locator) {
    this.recreateButton = region.getByRole('button', { name: 'Recreate it' });
    this.undeleteButton = region.getByRole('button', { name: 'Undelete and overwrite' });
    this.discardButton = region.getByRole('button', { name: 'Discard my edits' });
    this.cancelButton = region.getByRole('button', { name: 'Cancel' });
  }
}
