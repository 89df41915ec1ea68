import type { Locator, Page } from '@playwright/test';
import { KeyChoice } from './settings';

/** The page of an empty workspace, with three doors. */
export class WelcomePage {
  readonly samplesDoor: Locator;
  readonly providerDoor: Locator;
  readonly importDoor: Locator;
  readonly failure: Locator;
  /** Shown on a computer without a keychain. */
  readonly keyChoice: KeyChoice;

  constructor(private readonly page: Page) {
    const main = page.getByRole('main');
    this.samplesDoor = main.getByRole('button', { name: /^Try it with sample data/ });
    this.providerDoor = main.getByRole('button', { name: /^Connect a provider/ });
    this.importDoor = main.getByRole('button', { name: /^Import a \.env file/ });
    this.failure = main.getByRole('alert');
    this.keyChoice = new KeyChoice(main);
  }

  async choose(file: { name: string; text: string | Buffer }): Promise<void> {
    const [chooser] = await Promise.all([
      this.page.waitForEvent('filechooser'),
      this.importDoor.click(),
    ]);
    const buffer = Buffer.from(file.text);
    await chooser.setFiles({ name: file.name, mimeType: 'text/plain', buffer });
  }
}
