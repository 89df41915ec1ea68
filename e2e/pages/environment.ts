import type { Locator, Page } from '@playwright/test';
import { Editor } from './editor';
import { MergePage } from './merge';
import { Deletion, EnvironmentActions, Question, SyncBar } from './sync';

/** One environment and its variables. */
export class EnvironmentPage {
  readonly heading: Locator;
  readonly variables: Locator;
  /** The note about a secret that is not a map. */
  readonly note: Locator;
  readonly filter: Locator;
  readonly pullButton: Locator;
  /** The note while values load. */
  readonly loading: Locator;
  readonly failure: Locator;
  readonly tryAgainButton: Locator;
  readonly editor: Editor;
  readonly merge: MergePage;
  /** The note that somebody else changed or deleted the secret. */
  readonly serverNote: Locator;
  readonly sync: SyncBar;
  readonly actions: EnvironmentActions;
  readonly question: Question;
  readonly deletion: Deletion;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.heading = main.getByRole('heading', { level: 1 });
    this.variables = main.getByRole('grid', { name: 'Variables' });
    this.note = main.getByText(/^This secret is /);
    this.filter = main.getByRole('searchbox', { name: 'Filter variables' });
    this.pullButton = main.getByRole('button', { name: 'Pull from Vault' });
    this.loading = main.getByRole('status').filter({ hasText: /^Loading from / });
    this.failure = main.getByRole('alert');
    this.tryAgainButton = main.getByRole('button', { name: 'Try again' });
    this.editor = new Editor(page);
    this.merge = new MergePage(page);
    this.serverNote = main
      .getByRole('status')
      .filter({ hasText: /(changed|deleted) on the server/ });
    this.sync = new SyncBar(page);
    this.actions = new EnvironmentActions(page);
    this.question = new Question(page);
    this.deletion = new Deletion(page);
  }

  /** The row of one variable, if it is in view: the grid draws only visible rows. */
  row(key: string): Locator {
    return this.variables.getByRole('row', { name: key, exact: true });
  }

  /** The cell with the key. */
  key(key: string): Locator {
    return this.row(key).getByRole('rowheader');
  }

  /** The cell with the summary of the value, or the value while it is revealed. */
  value(key: string): Locator {
    return this.row(key).getByRole('gridcell').first();
  }

  /** The cell with the kind of the value. */
  kind(key: string): Locator {
    return this.row(key).getByRole('gridcell').last();
  }

  revealButton(key: string): Locator {
    return this.variables.getByRole('button', { name: `Reveal ${key}`, exact: true });
  }

  hideButton(key: string): Locator {
    return this.variables.getByRole('button', { name: `Hide ${key}`, exact: true });
  }

  copyButton(key: string): Locator {
    return this.variables.getByRole('button', { name: `Copy ${key}`, exact: true });
  }
}
