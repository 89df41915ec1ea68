import type { Locator, Page } from '@playwright/test';
import { KeyChoice } from './settings';

/** The page “Requests”: the list of grants, and the pane about one of them. */
export class RequestsPage {
  readonly main: Locator;
  readonly heading: Locator;
  /** In the sidebar. */
  readonly openButton: Locator;
  readonly list: Locator;
  readonly search: Locator;
  readonly newButton: Locator;
  readonly serviceSearch: Locator;
  readonly services: Locator;
  /** The card after a grant was created. */
  readonly created: Locator;
  readonly keyChoice: KeyChoice;
  readonly failure: Locator;
  /** The sentence that says what the policy means, while it is edited. */
  readonly sentence: Locator;
  readonly injected: Locator;
  readonly answer: Locator;

  constructor(private readonly page: Page) {
    this.main = page.getByRole('main');
    const { main } = this;
    this.heading = main.getByRole('heading', { level: 1, name: 'Requests' });
    this.openButton = page.getByRole('button', { name: 'Requests', exact: true });
    this.list = main.getByRole('listbox', { name: 'Grants' });
    this.search = main.getByRole('searchbox', { name: 'Search grants' });
    this.newButton = main.getByRole('button', { name: 'New grant' });
    this.serviceSearch = main.getByRole('combobox', { name: 'Find a service' });
    this.services = main.getByRole('listbox', { name: 'Services' });
    this.created = main.getByRole('alert').filter({ hasText: 'is ready' });
    this.keyChoice = new KeyChoice(main);
    this.failure = main.getByRole('alert');
    this.sentence = main.getByRole('status').filter({ hasText: 'may use it' });
    this.injected = main.getByRole('list', { name: 'Added to each request' });
    this.answer = main.getByRole('region', { name: 'Answer' });
  }

  async open(): Promise<void> {
    await this.openButton.click();
    await this.heading.waitFor();
  }

  /** The pane with this title. */
  pane(title: string): Locator {
    return this.main.getByRole('region', { name: title, exact: true });
  }

  grant(name: string): Locator {
    return this.list
      .getByRole('option')
      .filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async select(name: string): Promise<void> {
    await this.grant(name).click();
    await this.pane(name).waitFor();
  }

  async startNew(service: string): Promise<void> {
    await this.newButton.click();
    await this.services.getByText(service, { exact: true }).click();
  }

  field(label: string): Locator {
    return this.main.getByRole('textbox', { name: label, exact: true });
  }

  /** A masked field is no textbox. */
  secret(label: string): Locator {
    return this.main.getByLabel(label, { exact: true });
  }

  button(name: string): Locator {
    return this.main.getByRole('button', { name, exact: true });
  }

  radio(group: string, option: string): Locator {
    return this.main
      .getByRole('radiogroup', { name: group, exact: true })
      .getByRole('radio', { name: option, exact: true });
  }

  combo(label: string): Locator {
    return this.main.getByRole('combobox', { name: label, exact: true });
  }

  async submit(label: 'Create grant' | 'Create clone' | 'Save' | 'Replace'): Promise<void> {
    await this.button(label).click();
  }

  /** Chooses from the menu “⋯” of the grant on show. */
  async choose(action: string): Promise<void> {
    await this.button('More actions').click();
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  /** Opens the fields of the policy of a new grant. */
  async openPolicy(): Promise<void> {
    await this.button('Change the policy').click();
  }
}
