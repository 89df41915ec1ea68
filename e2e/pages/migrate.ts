import type { Locator, Page } from '@playwright/test';

/** Migrate…, for one environment. */
export class MigratePage {
  /** On the page of an environment. */
  readonly openButton: Locator;
  readonly newPath: Locator;
  /** For several environments: the folder of all paths. */
  readonly folder: Locator;
  readonly provider: Locator;
  readonly planButton: Locator;
  readonly plan: Locator;
  readonly from: Locator;
  readonly to: Locator;
  readonly migrateButton: Locator;
  readonly cancelButton: Locator;
  /** After a run that left nothing behind. */
  readonly backToPlanButton: Locator;
  readonly run: Locator;
  /** The state of the run in a word. */
  readonly phase: Locator;
  readonly failure: Locator;

  constructor(private readonly page: Page) {
    const main = page.getByRole('main');
    this.openButton = main.getByRole('button', { name: 'Migrate…', exact: true });
    this.newPath = main.getByRole('textbox', { name: 'New path', exact: true });
    this.folder = main.getByRole('textbox', { name: 'Folder' });
    this.provider = main.getByRole('radiogroup', { name: 'To' });
    this.planButton = main.getByRole('button', { name: /^(Show plan|Check again)$/ });
    this.plan = main.getByRole('region', { name: 'Plan' });
    this.from = this.plan.getByRole('region', { name: 'From' });
    this.to = this.plan.getByRole('region', { name: 'To', exact: true });
    this.migrateButton = this.plan.getByRole('button', { name: 'Migrate', exact: true });
    this.run = main.getByRole('region', { name: 'Migration', exact: true });
    this.cancelButton = this.run.getByRole('button', { name: 'Cancel' });
    this.backToPlanButton = this.run.getByRole('button', { name: 'Back to the plan' });
    this.phase = this.run.getByRole('status').first();
    this.failure = main.getByRole('alert');
  }

  heading(environment: string): Locator {
    return this.page.getByRole('heading', { level: 1, name: `Migrate ${environment}` });
  }

  pathOf(environment: string): Locator {
    return this.page.getByRole('textbox', { name: `New path of ${environment}`, exact: true });
  }

  /** What the plan says of one of several environments. */
  planned(environment: string): Locator {
    return this.plan.getByRole('listitem').filter({ hasText: environment });
  }

  /** What became of one of several environments. */
  outcome(environment: string): Locator {
    return this.run.getByRole('listitem').filter({ hasText: environment });
  }

  migrateSeveralButton(count: number): Locator {
    return this.plan.getByRole('button', { name: `Migrate ${String(count)} environments` });
  }

  /** Adds environments to those that are migrated. */
  async choose(...names: readonly string[]): Promise<void> {
    await this.page
      .getByRole('main')
      .getByRole('button', { name: /^Environments/ })
      .click();
    const picker = this.page.getByRole('dialog', { name: 'Environments to migrate' });
    for (const name of names) await picker.getByRole('option', { name, exact: true }).click();
    await this.page.keyboard.press('Escape');
    await picker.waitFor({ state: 'detached' });
  }

  stage(text: string): Locator {
    return this.run.getByRole('listitem').filter({ hasText: text });
  }

  /** The unfinished migrations, on any page. */
  get unfinished(): Locator {
    return this.page.getByRole('region', { name: 'Unfinished migrations' });
  }

  resumeButton(environment: string): Locator {
    return this.unfinished.getByRole('button', { name: `Resume migration of ${environment}` });
  }

  undoButton(environment: string): Locator {
    return this.unfinished.getByRole('button', { name: `Undo migration of ${environment}` });
  }

  async makePlan(path: string): Promise<void> {
    await this.newPath.fill(path);
    await this.planButton.click();
  }
}
