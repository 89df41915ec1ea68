import type { Locator, Page } from '@playwright/test';
import { ApprovalBanner } from './approvals';
import { ComparePage } from './compare';
import { EnvironmentPage } from './environment';
import { HelpPane } from './help';
import { HistoryPage } from './history';
import { MigratePage } from './migrate';
import { OfflineNotice } from './offline';
import { PalettePage } from './palette';
import { PushPage } from './push';
import { RequestsPage } from './requests';
import { SettingsPage } from './settings';
import { TourPanel } from './tour';
import { WelcomePage } from './welcome';
import { QuestionBox, WorkspaceSwitcher } from './workspaces';

/** The window: the sidebar, and parts of every screen. Finds elements only by roles and accessible names. */
export class AppPage {
  readonly environments: Locator;
  readonly search: Locator;
  readonly newEnvironment: NewEnvironmentDialog;
  readonly settingsButton: Locator;
  readonly sidebarEdge: Locator;
  readonly providerStatus: Locator;
  readonly announcements: Locator;
  readonly offline: OfflineNotice;
  readonly unlock: UnlockForm;
  /** Of the page that takes the whole window after Lock. */
  readonly lockedHeading: Locator;
  readonly settings: SettingsPage;
  readonly welcome: WelcomePage;
  readonly environment: EnvironmentPage;
  readonly workspaces: WorkspaceSwitcher;
  readonly question: QuestionBox;
  readonly push: PushPage;
  readonly migrate: MigratePage;
  readonly history: HistoryPage;
  readonly compare: ComparePage;
  readonly requests: RequestsPage;
  readonly palette: PalettePage;
  readonly help: HelpPane;
  readonly tour: TourPanel;
  readonly approvals: ApprovalBanner;

  constructor(readonly page: Page) {
    this.environments = page.getByRole('navigation', { name: 'Environments' });
    this.search = page.getByRole('searchbox', { name: 'Search environments' });
    this.newEnvironment = new NewEnvironmentDialog(page);
    this.settingsButton = page.getByRole('button', { name: 'Settings', exact: true });
    this.sidebarEdge = page.getByRole('separator', { name: 'Width of the sidebar' });
    this.providerStatus = page.getByRole('region', { name: 'Provider status' });
    this.announcements = page.getByRole('status', { name: 'Announcements' });
    this.offline = new OfflineNotice(page);
    this.unlock = new UnlockForm(page.getByRole('main'));
    this.lockedHeading = page.getByRole('heading', { name: 'Strongroom is locked' });
    this.settings = new SettingsPage(page);
    this.welcome = new WelcomePage(page);
    this.environment = new EnvironmentPage(page);
    this.workspaces = new WorkspaceSwitcher(page);
    this.question = new QuestionBox(page);
    this.push = new PushPage(page);
    this.migrate = new MigratePage(page);
    this.history = new HistoryPage(page);
    this.compare = new ComparePage(page);
    this.requests = new RequestsPage(page);
    this.palette = new PalettePage(page);
    this.help = new HelpPane(page);
    this.tour = new TourPanel(page);
    this.approvals = new ApprovalBanner(page);
  }

  /** Opens the app and waits until it is ready. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.ready();
  }

  async ready(): Promise<void> {
    // The only selector without a role: the app marks the page as ready.
    await this.page.locator('html[data-app-state="ready"]').waitFor();
    // Each page of the app is loaded by itself.
    await this.page.locator('main > *').first().waitFor({ state: 'attached' });
  }

  /** The row of one environment, in whatever state. */
  row(name: string): Locator {
    return this.environments
      .getByRole('treeitem', { name: startsWith(name) })
      .and(this.page.locator(':not([data-key^="recent "])'));
  }

  folder(name: string): Locator {
    return this.environments.getByRole('treeitem', { name: startsWith(`Folder ${name}`) });
  }

  /** Chooses something in the menu of the list of environments. */
  async view(choice: string): Promise<void> {
    await this.environments.getByRole('button', { name: 'View of the environments' }).click();
    await this.page.getByRole('menu').getByText(choice, { exact: true }).click();
    await this.page.keyboard.press('Escape');
    await this.page.getByRole('menu').waitFor({ state: 'detached' });
  }

  /** A strip across the top, about something that the app recovered from. */
  notice(title: string): Locator {
    return this.page.getByRole('region', { name: title });
  }

  async dismissNotice(title: string): Promise<void> {
    await this.page.getByRole('button', { name: `Dismiss: ${title}` }).click();
  }

  async openEnvironment(name: string): Promise<void> {
    await this.search.fill(name);
    await this.row(name).click();
    await this.search.clear();
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  /** Lock now, by its shortcut. */
  async lock(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Shift+KeyL');
  }

  async openSettings(
    tab: 'General' | 'Vault' | 'Security' | 'Activity' | 'Audit' | 'About',
  ): Promise<SettingsPage> {
    await this.settingsButton.click();
    await this.page.getByRole('tab', { name: tab }).click();
    return this.settings;
  }
}

/** A name that is followed by nothing or by a state. */
const startsWith = (name: string): RegExp =>
  new RegExp(`^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(,|$)`);

/** The button next to the list, and the form that it opens. */
class NewEnvironmentDialog {
  readonly button: Locator;
  readonly dialog: Locator;
  readonly name: Locator;
  readonly createButton: Locator;
  readonly cancelButton: Locator;

  constructor(page: Page) {
    this.button = page.getByRole('button', { name: 'New environment' });
    this.dialog = page.getByRole('dialog', { name: 'New environment' });
    this.name = this.dialog.getByRole('textbox', { name: 'Name' });
    this.createButton = this.dialog.getByRole('button', { name: 'Create' });
    this.cancelButton = this.dialog.getByRole('button', { name: 'Cancel' });
  }

  async create(name: string): Promise<void> {
    await this.button.click();
    await this.name.fill(name);
    await this.createButton.click();
  }
}

/** The form that asks for the passphrase: on the first page, and in Settings → Security. */
class UnlockForm {
  readonly passphrase: Locator;
  readonly unlockButton: Locator;
  readonly continueWithout: Locator;

  constructor(frame: Locator) {
    this.passphrase = frame.getByLabel(/^(Passphrase|PIN)$/);
    this.unlockButton = frame.getByRole('button', { name: 'Unlock' });
    this.continueWithout = frame.getByRole('button', { name: 'Continue without' });
  }

  async with(passphrase: string): Promise<void> {
    await this.passphrase.fill(passphrase);
    await this.unlockButton.click();
  }
}
