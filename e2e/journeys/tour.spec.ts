/** The tour on sample data: offered on the first page, walked by keys, and gone without a trace. */
import { expectAccessible } from '../axe';
import { expect, filesHolding, test } from './support';

test.describe('with a keychain', () => {
  test.use({ keychain: 'unlocked' });

  test('is walked by keys, left with Escape, taken up again, and removed with one button', async ({
    dataDirectory,
    ui,
  }) => {
    // Many pages in one start: a busy machine needs more than a minute.
    test.slow();
    const { page, tour, environment } = ui;
    await tour.startButton.press('Enter');
    await expect(tour.title).toHaveText('Open an environment');
    await expect(tour.title).toBeFocused();
    await expect(environment.heading).toHaveText('production');
    await expectAccessible(page, 'Tour, first step');

    await tour.nextButton.press('Enter');
    await expect(tour.title).toHaveText('Reveal a value');
    await expect(tour.nextButton).toBeFocused();
    await environment.value('SESSION_SECRET').click();
    await page.keyboard.press('Alt+r');
    await expect(environment.value('SESSION_SECRET')).toContainText('sample-session-secret');
    // The panel is a key away from the page that it explains.
    await page.keyboard.press('Alt+t');
    await expect(tour.title).toBeFocused();

    await tour.nextButton.press('Enter');
    await expect(tour.title).toHaveText('Edit and save');
    await environment.editor.setValue('LOG_LEVEL', 'info');
    await expect(environment.editor.unsaved).toContainText('1 changed');

    await tour.nextButton.press('Enter');
    await expect(tour.title).toHaveText('Compare environments');
    await expect(ui.compare.grid.getByRole('columnheader')).toHaveText([
      'Key',
      'development',
      'staging',
      'production',
    ]);
    await expectAccessible(page, 'Tour, compare');
    await page.keyboard.press('Enter');
    await expect(tour.title).toHaveText('Go back');
    await expect(environment.heading).toHaveText('production');
    await page.keyboard.press('Enter');
    await expect(tour.title).toHaveText('Give the values to a program');
    await expect(tour.panel).toContainText(
      'strongroom run --workspace "Sample shop" -e production -- npm start',
    );
    // The button that removes everything is not under the key that led here.
    await expect(tour.title).toBeFocused();
    await expectAccessible(page, 'Tour, last step');

    await tour.backButton.press('Enter');
    await expect(tour.title).toHaveText('Go back');
    await page.keyboard.press('Escape');
    await expect(tour.panel).toHaveCount(0);
    await expect(tour.rest).toBeVisible();
    await expectAccessible(page, 'The sample workspace, without the tour');
    await ui.palette.run('take the tour');
    await expect(tour.title).toBeFocused();
    await page.keyboard.press('Escape');

    expect(await filesHolding(dataDirectory, Buffer.from('sample-session-secret'))).toEqual([]);
    // Nobody is asked about an unsaved edit of a sample.
    await tour.removeButton.press('Enter');
    await expect(tour.startButton).toBeVisible();
    await expect(tour.rest).toHaveCount(0);
    await expect(ui.workspaces.button).toContainText('Personal');
    await ui.workspaces.button.click();
    await expect(ui.workspaces.entry('Sample shop')).toHaveCount(0);
  });
});

test('asks how to keep the key first, and fits a narrow window @whole', async ({ ui }) => {
  const { page, tour, welcome, help } = ui;
  await page.setViewportSize({ width: 720, height: 600 });
  await tour.startButton.click();
  await welcome.keyChoice.onlyForThisSession();
  await expect(tour.title).toHaveText('Open an environment');
  await expect(tour.nextButton).toBeInViewport();
  await expectAccessible(page, 'Tour, narrow');
  // The guide offers it too.
  await page.keyboard.press('Escape');
  await page.keyboard.press('F1');
  await help.allChapters.click();
  await help.link('Take the one-minute tour').click();
  await expect(tour.title).toBeFocused();
});
