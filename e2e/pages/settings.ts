import type { Locator, Page } from '@playwright/test';

/** Settings, a page of the same window. */
export class SettingsPage {
  readonly connection: ConnectionTab;
  readonly security: SecurityTab;
  readonly activity: Locator;
  readonly theme: Locator;
  readonly reviewBeforeSave: Locator;
  readonly loadOnOpen: Locator;

  constructor(page: Page) {
    this.connection = new ConnectionTab(page);
    this.security = new SecurityTab(page);
    this.activity = page.getByRole('grid', { name: 'Activity' });
    this.theme = page.getByRole('radiogroup', { name: 'Theme' });
    this.loadOnOpen = page.getByRole('switch', { name: 'Load values on open' });
    this.reviewBeforeSave = page.getByRole('switch', { name: 'Review before Save' });
  }
}

type Provider =
  | 'HashiCorp Vault'
  | 'AWS Secrets Manager'
  | 'AWS Parameter Store'
  | 'Google Secret Manager'
  | 'Azure Key Vault'
  | 'Local vault'
  | 'Plain files';

export interface TokenForm {
  readonly url: string;
  readonly token: string;
  readonly enginePath: string;
}

export interface AppRoleForm {
  readonly url: string;
  readonly roleId: string;
  readonly secretId: string;
  readonly namespace?: string;
  readonly enginePath: string;
}

export interface AwsForm {
  readonly endpoint: string;
  readonly region: string;
}

export interface AccessKeysForm extends AwsForm {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface ParameterStoreForm extends AccessKeysForm {
  readonly prefix: string;
}

export interface GoogleForm {
  readonly endpoint: string;
  readonly project: string;
  /** The content of a key file. */
  readonly key: string;
}

export interface KeyVaultForm {
  /** Its name, or its address. */
  readonly vault: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The form of the connection and its outcome. */
export class ConnectionTab {
  readonly testButton: Locator;
  readonly cancelTestButton: Locator;
  readonly saveButton: Locator;
  readonly discardButton: Locator;
  readonly pullAllButton: Locator;
  readonly pushAllButton: Locator;
  /** In the place of Pull All while the form has unsaved changes. */
  readonly saveAndPullButton: Locator;
  /** Gives the workspace its own configuration. */
  readonly overrideButton: Locator;
  /** Takes the workspace's own configuration away. */
  readonly useGlobalButton: Locator;
  readonly testPanel: Locator;
  readonly paneEdge: Locator;
  readonly pullPanel: Locator;
  readonly keyChoice: KeyChoice;
  readonly #panel: Locator;

  constructor(page: Page) {
    this.#panel = page.getByRole('tabpanel', { name: 'Vault' });
    this.testButton = this.#panel.getByRole('button', { name: 'Test Connection' });
    this.cancelTestButton = this.#panel.getByRole('button', { name: 'Cancel test' });
    this.saveButton = this.#panel.getByRole('button', { name: 'Save', exact: true });
    this.discardButton = this.#panel.getByRole('button', { name: 'Discard' });
    this.pullAllButton = this.#panel.getByRole('button', { name: 'Pull All' });
    this.saveAndPullButton = this.#panel.getByRole('button', { name: 'Save and pull' });
    this.pushAllButton = this.#panel.getByRole('button', { name: 'Push All' });
    this.overrideButton = this.#panel.getByRole('button', { name: 'Override for this workspace' });
    this.useGlobalButton = this.#panel.getByRole('button', { name: 'Use global defaults' });
    this.paneEdge = page.getByRole('separator', { name: 'Width of the pane at the right' });
    this.testPanel = this.#panel.getByRole('region', { name: 'Test Connection' });
    this.pullPanel = this.#panel.getByRole('region', { name: 'Pull All' });
    this.keyChoice = new KeyChoice(this.#panel);
  }

  /** Gives the workspace its own configuration, which replaces what is in the form. */
  async override(): Promise<void> {
    await this.overrideButton.click();
    await this.banner('This workspace has its own configuration.').waitFor();
  }

  /** The strip that says where the settings come from. */
  banner(text: string): Locator {
    return this.#panel.getByText(text);
  }

  /** A field to type in, by its label; not a radio button with the same label. */
  field(label: string): Locator {
    return this.#panel
      .getByLabel(label, { exact: true })
      .and(this.#panel.locator('input:not([type="radio"])'));
  }

  /** A group of radios, by its label. */
  choice(label: 'Authentication' | 'Proxy' | 'Tier'): Locator {
    return this.#panel.getByRole('radiogroup', { name: label });
  }

  /** What “Go to …” focuses: a field to type in, or the chosen option of a group. */
  target(label: string): Locator {
    const chosen = this.#panel
      .getByRole('radiogroup', { name: label, exact: true })
      .getByRole('radio', { checked: true });
    return this.field(label).or(chosen);
  }

  /** The button that names the chosen provider, and opens the list of all. */
  get provider(): Locator {
    return this.#panel.getByRole('button', { name: /Provider$/ });
  }

  /** A credential that is stored: its group says so. */
  saved(label: string): Locator {
    return this.#panel.getByRole('group', { name: label, exact: true });
  }

  /** Fills the form with what other tools left on this computer. */
  get useFoundButton(): Locator {
    return this.#panel.getByRole('button', { name: 'Use them' });
  }

  get signInButton(): Locator {
    return this.#panel.getByRole('button', { name: /^Sign in( again)?$/ });
  }

  get signInLink(): Locator {
    return this.#panel.getByRole('link', { name: /^Open the sign-in page/ });
  }

  /** Why the last sign-in failed. */
  get signInError(): Locator {
    return this.#panel.locator('[data-field$="Token"]');
  }

  replaceButton(label: string): Locator {
    return this.#panel.getByRole('button', { name: `Replace ${label}` });
  }

  removeButton(label: string): Locator {
    return this.#panel.getByRole('button', { name: `Remove ${label}` });
  }

  switch(label: 'Verify SSL' | 'Auto Sync' | 'Secret ID is wrapped'): Locator {
    return this.#panel.getByRole('switch', { name: label });
  }

  /** Unfolds the fields that most people leave alone. */
  async openMore(): Promise<void> {
    await this.#panel.getByRole('button', { name: 'More ways to connect' }).click();
  }

  async chooseProvider(provider: Provider): Promise<void> {
    await this.provider.click();
    await this.provider.page().getByRole('option', { name: provider, exact: true }).click();
  }

  async authenticateBy(
    method:
      | 'Token'
      | 'AppRole'
      | 'Userpass'
      | 'OIDC'
      | 'Identity Center'
      | 'Access Keys'
      | 'Profile'
      | 'Default Chain'
      | 'Default Credentials'
      | 'Service Account Key'
      | 'Client Secret',
  ): Promise<void> {
    await this.#choose('Authentication', method);
  }

  async fillToken({ url, token, enginePath }: TokenForm): Promise<void> {
    await this.chooseProvider('HashiCorp Vault');
    await this.field('Vault URL').fill(url);
    await this.authenticateBy('Token');
    await this.field('Token').fill(token);
    await this.field('Engine Path').fill(enginePath);
  }

  async fillAppRole(form: AppRoleForm): Promise<void> {
    await this.chooseProvider('HashiCorp Vault');
    await this.field('Vault URL').fill(form.url);
    await this.authenticateBy('AppRole');
    await this.field('Role ID').fill(form.roleId);
    await this.field('Secret ID').fill(form.secretId);
    await this.field('Namespace').fill(form.namespace ?? '');
    await this.field('Engine Path').fill(form.enginePath);
  }

  async fillAws({ endpoint, region }: AwsForm): Promise<void> {
    await this.chooseProvider('AWS Secrets Manager');
    await this.field('Endpoint Override').fill(endpoint);
    await this.field('Region').fill(region);
  }

  async fillAccessKeys(form: AccessKeysForm): Promise<void> {
    await this.fillAws(form);
    await this.authenticateBy('Access Keys');
    await this.field('Access Key ID').fill(form.accessKeyId);
    await this.field('Secret Access Key').fill(form.secretAccessKey);
  }

  async fillParameterStore(form: ParameterStoreForm): Promise<void> {
    await this.chooseProvider('AWS Parameter Store');
    await this.field('Endpoint Override').fill(form.endpoint);
    await this.field('Region').fill(form.region);
    await this.field('Path Prefix').fill(form.prefix);
    await this.authenticateBy('Access Keys');
    await this.field('Access Key ID').fill(form.accessKeyId);
    await this.field('Secret Access Key').fill(form.secretAccessKey);
  }

  async fillGoogle({ endpoint, project, key }: GoogleForm): Promise<void> {
    await this.chooseProvider('Google Secret Manager');
    await this.field('Project ID').fill(project);
    await this.authenticateBy('Service Account Key');
    await this.field('Service Account Key').fill(key);
    await this.openMore();
    await this.field('Endpoint Override').fill(endpoint);
  }

  async fillGoogleDefaults({ endpoint, project }: Omit<GoogleForm, 'key'>): Promise<void> {
    await this.chooseProvider('Google Secret Manager');
    await this.field('Project ID').fill(project);
    await this.authenticateBy('Default Credentials');
    await this.openMore();
    await this.field('Endpoint Override').fill(endpoint);
  }

  async fillKeyVault({ vault, clientId, clientSecret }: KeyVaultForm): Promise<void> {
    await this.chooseProvider('Azure Key Vault');
    await this.field('Key vault').fill(vault);
    await this.authenticateBy('Client Secret');
    await this.field('Client ID').fill(clientId);
    await this.field('Client Secret').fill(clientSecret);
  }

  /** Shown while the form is as it is stored. */
  get savedMark(): Locator {
    return this.#panel.getByRole('status').filter({ hasText: /^Saved$/ });
  }

  get unsavedMark(): Locator {
    return this.#panel.getByRole('status').filter({ hasText: 'Unsaved changes' });
  }

  async save(): Promise<void> {
    await this.saveButton.click();
    await this.savedMark.waitFor();
  }

  /** Saves on a computer without a keychain, for this session only. */
  async saveForThisSession(): Promise<void> {
    await this.saveButton.click();
    await this.keyChoice.onlyForThisSession();
    await this.savedMark.waitFor();
  }

  /** Where it has been chosen already how credentials are kept, nothing more is asked. */
  async saveCredentials(): Promise<void> {
    await this.saveButton.click();
    await this.savedMark.or(this.keyChoice.group).waitFor();
    if (await this.keyChoice.group.isVisible()) await this.keyChoice.onlyForThisSession();
    await this.savedMark.waitFor();
  }

  /** Tests the form, and waits for the end of the test. */
  async test(): Promise<void> {
    await this.testButton.click();
    await this.testButton.waitFor();
  }

  /** The state of the last test in a few words. */
  get testOutcome(): Locator {
    return this.testPanel.getByRole('status');
  }

  /** Leads from the failed step to the field that fixes it. */
  get goToFieldButton(): Locator {
    return this.testPanel.getByRole('button', { name: /^Go to / });
  }

  /** Takes over what the failed step suggests. */
  async useSuggestion(text: string): Promise<void> {
    await this.testPanel.getByRole('button', { name: `Use ${text}`, exact: true }).click();
  }

  /** Empties a field, as the failed step suggests. */
  async emptyField(label: string): Promise<void> {
    await this.testPanel.getByRole('button', { name: `Empty ${label}`, exact: true }).click();
  }

  /** Copies the policy that a step hands over to the clipboard. */
  async copyPolicy(): Promise<void> {
    await this.testPanel.getByRole('button', { name: 'Copy policy' }).click();
    await this.testPanel.getByRole('button', { name: 'Copied' }).waitFor();
  }

  /** Copies the command that a step hands over to the clipboard. */
  async copyCommand(): Promise<void> {
    await this.testPanel.getByRole('button', { name: 'Copy command' }).click();
    await this.testPanel.getByRole('button', { name: 'Copied' }).waitFor();
  }

  /** Copies the report of the last test to the clipboard. */
  async copyReport(): Promise<void> {
    await this.testPanel.getByRole('button', { name: 'Copy report' }).click();
    await this.testPanel.getByRole('button', { name: 'Copied' }).waitFor();
  }

  /** A step of the test, by its label. */
  testStep(label: string): Locator {
    return this.testPanel.getByRole('listitem').filter({ hasText: new RegExp(`^${label}: `) });
  }

  get pullProgress(): Locator {
    return this.pullPanel.getByRole('progressbar', { name: 'Pull All' });
  }

  get cancelPullButton(): Locator {
    return this.pullPanel.getByRole('button', { name: 'Cancel' });
  }

  /** The outcome of the last run. */
  get pullOutcome(): Locator {
    return this.pullPanel.getByRole('status');
  }

  /** A heading of the summary with its count, which is the button that unfolds the paths. */
  pulled(
    heading:
      | 'Created'
      | 'Already there'
      | 'Skipped'
      | 'No longer on the server'
      | 'Deleted, and used by no environment',
  ): Locator {
    return this.pullPanel.getByRole('button', { name: heading });
  }

  /** The paths that were skipped for one reason. */
  skipped(reason: string | RegExp): Locator {
    return this.pullPanel.getByRole('grid', { name: reason });
  }

  /** A run that ended in an error. */
  get pullFailure(): Locator {
    return this.pullPanel.getByRole('alert');
  }

  /** The button that unfolds one section of the set-up guide. */
  guide(title: string): Locator {
    return this.#panel.getByRole('button', { name: title });
  }

  guideText(title: string): Locator {
    return this.#panel.getByRole('group', { name: title });
  }

  async #choose(group: 'Authentication', option: string): Promise<void> {
    await this.choice(group).getByRole('radio', { name: option, exact: true }).check();
  }
}

/** The choice of protection, which a save without a keychain and Settings → Security ask for. */
export class KeyChoice {
  readonly group: Locator;
  readonly currentPassphrase: Locator;
  readonly newPassphrase: Locator;
  readonly repeatedPassphrase: Locator;
  readonly continueButton: Locator;
  readonly #frame: Locator;

  constructor(frame: Locator) {
    this.#frame = frame;
    this.group = frame.getByRole('radiogroup', { name: 'Keep secrets' });
    this.newPassphrase = frame.getByLabel('New passphrase', { exact: true });
    this.repeatedPassphrase = frame.getByLabel('Repeat passphrase', { exact: true });
    this.continueButton = frame.getByRole('button', {
      name: /^(Continue|Apply|Give up the old key)$/,
    });
    this.currentPassphrase = frame.getByLabel('Current passphrase', { exact: true });
  }

  async onlyForThisSession(): Promise<void> {
    await this.group.getByRole('radio', { name: 'Don’t store: forget when I quit' }).check();
    await this.continueButton.click();
  }

  /** Beside the keychain. */
  async pin(pin: string): Promise<void> {
    await this.group.getByRole('radio', { name: 'and a PIN' }).check();
    await this.#frame.getByLabel('New PIN', { exact: true }).fill(pin);
    await this.#frame.getByLabel('Repeat PIN', { exact: true }).fill(pin);
    await this.continueButton.click();
  }

  async passphrase(passphrase: string): Promise<void> {
    await this.group.getByRole('radio', { name: 'A passphrase' }).check();
    await this.newPassphrase.fill(passphrase);
    await this.repeatedPassphrase.fill(passphrase);
    await this.continueButton.click();
  }
}

class SecurityTab {
  readonly credentials: Locator;
  readonly changeButton: Locator;
  readonly lockButton: Locator;
  readonly startOverButton: Locator;
  readonly keyChoice: KeyChoice;

  constructor(page: Page) {
    const panel = page.getByRole('tabpanel', { name: 'Security' });
    this.credentials = panel.getByRole('region', { name: 'Credentials' });
    this.changeButton = panel.getByRole('button', { name: /^Change/ });
    this.lockButton = panel.getByRole('button', { name: 'Lock now' });
    this.startOverButton = panel.getByRole('button', { name: 'Start over…' });
    this.keyChoice = new KeyChoice(panel);
  }
}
