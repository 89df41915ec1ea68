import type { Locator, Page } from '@playwright/test';

/** The button at the top of the sidebar, its menu, and the dialogs behind it. */
export class WorkspaceSwitcher {
  readonly button: Locator;
  readonly menu: Locator;

  constructor(private readonly page: Page) {
    this.button = page.getByRole('button', { name: 'Workspace', exact: true });
    this.menu = page.getByRole('menu', { name: 'Workspace' });
  }

  /** A workspace in the open menu. */
  entry(name: string): Locator {
    return this.menu.getByRole('menuitemradio', { name, exact: true });
  }

  dialog(title: 'New workspace' | 'Rename workspace'): Locator {
    return this.page.getByRole('dialog', { name: title });
  }

  /** Creates a workspace and waits until the window shows it. */
  async create(name: string): Promise<void> {
    await this.startCreate();
    await this.fill('New workspace', name, 'Create');
    await this.#isShown(name);
  }

  async startCreate(): Promise<void> {
    await this.#act('New workspace…');
  }

  async rename(name: string): Promise<void> {
    await this.#act('Rename workspace…');
    await this.fill('Rename workspace', name, 'Rename');
  }

  async startDelete(): Promise<void> {
    await this.#act('Delete workspace…');
  }

  /** Switches to a workspace, if no question is expected. */
  async switchTo(name: string): Promise<void> {
    await this.startSwitch(name);
    await this.#isShown(name);
  }

  async startSwitch(name: string): Promise<void> {
    await this.button.click();
    await this.entry(name).click();
  }

  async fill(
    title: 'New workspace' | 'Rename workspace',
    name: string,
    submit: string,
  ): Promise<void> {
    const dialog = this.dialog(title);
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: submit }).click();
  }

  async #isShown(name: string): Promise<void> {
    await this.button.getByText(name, { exact: true }).waitFor();
  }

  async #act(item: string): Promise<void> {
    await this.button.click();
    await this.menu.getByRole('menuitem', { name: item }).click();
  }
}

/** A question that must be answered before something goes on. */
export class QuestionBox {
  readonly box: Locator;

  constructor(page: Page) {
    this.box = page.getByRole('alertdialog');
  }

  async answer(label: string): Promise<void> {
    await this.box.getByRole('button', { name: label, exact: true }).click();
    await this.box.waitFor({ state: 'detached' });
  }
}
