import type { Locator, Page } from '@playwright/test';

/** Environments side by side. */
export class ComparePage {
  /** On the page of an environment. */
  readonly openButton: Locator;
  readonly heading: Locator;
  readonly grid: Locator;
  readonly filter: Locator;
  readonly pickerButton: Locator;
  readonly picker: Locator;
  readonly failure: Locator;

  constructor(private readonly page: Page) {
    const main = page.getByRole('main');
    this.openButton = main.getByRole('button', { name: 'Compare', exact: true });
    this.heading = main.getByRole('heading', { level: 1, name: 'Compare' });
    this.grid = main.getByRole('grid', { name: 'Comparison' });
    this.filter = main.getByRole('searchbox', { name: 'Filter keys' });
    this.pickerButton = main.getByRole('button', { name: /^Environments/ });
    this.picker = page.getByRole('dialog', { name: 'Environments to compare' });
    this.failure = main.getByRole('alert');
  }

  async choose(...names: readonly string[]): Promise<void> {
    await this.pickerButton.click();
    for (const name of names) {
      const option = this.picker.getByRole('option', { name, exact: true });
      if ((await option.getAttribute('aria-selected')) !== 'true') await option.click();
    }
    await this.page.keyboard.press('Escape');
    await this.picker.waitFor({ state: 'detached' });
    for (const name of names) await this.#column(name).waitFor();
  }

  async chooseOnly(...names: readonly string[]): Promise<void> {
    await this.choose(...names);
    await this.pickerButton.click();
    const chosen = await this.picker.getByRole('option', { selected: true }).allTextContents();
    for (const name of chosen.filter((one) => !names.includes(one))) {
      await this.picker.getByRole('option', { name, exact: true }).click();
    }
    await this.page.keyboard.press('Escape');
    await this.picker.waitFor({ state: 'detached' });
  }

  /** The button that shows or hides a group of rows, and has their number. */
  group(label: string, count?: number): Locator {
    const name = `${label} ${count === undefined ? '' : String(count)}`;
    return this.page
      .getByRole('toolbar', { name: 'Show' })
      .getByRole('button', { name, exact: count !== undefined });
  }

  /** The index of an environment's column, from 0. */
  async place(name: string): Promise<number> {
    return Number(await this.#column(name).getAttribute('aria-colindex')) - 2;
  }

  row(key: string): Locator {
    const header = this.page.getByRole('rowheader');
    const name = this.page.getByText(key, { exact: true });
    return this.grid.getByRole('row').filter({ has: header.filter({ has: name }) });
  }

  /** The cell of a key in the n-th environment, from 0. */
  cell(key: string, at: number): Locator {
    return this.row(key).getByRole('gridcell').nth(at);
  }

  /** The place of an environment in a narrow window, where they are below each other. */
  line(key: string, environment: string): Locator {
    return this.row(key)
      .getByRole('term')
      .filter({ hasText: environment })
      .locator('xpath=following-sibling::dd');
  }

  revealButton(key: string): Locator {
    return this.grid.getByRole('button', { name: `Reveal ${key}`, exact: true });
  }

  /** Copies from the only environment that has another value. */
  async copy(key: string, from: string, to: string): Promise<void> {
    await this.grid
      .getByRole('button', { name: `Copy ${key} from ${from} to ${to}`, exact: true })
      .click();
  }

  /** Copies from one of several environments that have another value. */
  async copyFromOneOf(key: string, from: string, to: string): Promise<void> {
    const name = `Copy ${key} to ${to}`;
    await this.grid.getByRole('button', { name, exact: true }).click();
    await this.page
      .getByRole('menu', { name, exact: true })
      .getByRole('menuitem', { name: `From ${from}`, exact: true })
      .click();
  }

  /** Leads to an environment that has an unsaved edit of the key. */
  unsavedLink(key: string, environment: string): Locator {
    const name = `Unsaved edit of ${key} in ${environment}`;
    return this.grid.getByRole('link', { name, exact: true });
  }

  pullButton(environment: string): Locator {
    return this.page.getByRole('button', { name: `Pull ${environment}`, exact: true });
  }

  #column(name: string): Locator {
    return this.grid.getByRole('columnheader', { name, exact: true });
  }
}
