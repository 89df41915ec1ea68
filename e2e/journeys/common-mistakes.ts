/** What the journeys of the commonest mistakes share: the fault read from the panel, and its remedy applied. */
import type { VaultTab } from '../pages/settings';
import { expect } from './support';

export interface Fault {
  /** The step that fails. */
  readonly step: string;
  /** What happened, as it is said there. */
  readonly says: string | RegExp;
  /** What it most likely means; left out where what happened says that. */
  readonly cause?: string;
  /** What to do, as it is said there. */
  readonly remedy: string | RegExp;
  /** The field that the panel leads to; left out where the form is right. */
  readonly field?: string;
}

/** Tests the form as it stands, and follows what the panel says as far as to the field. */
export async function expectFault(
  tab: VaultTab,
  { step, says, cause, remedy, field }: Fault,
): Promise<string> {
  await tab.test();
  await expect(tab.testOutcome).toContainText(`failed at ${step}`);
  const failed = tab.testStep(step);
  await expect(failed).toContainText(says, { useInnerText: true });
  if (cause !== undefined) {
    await expect(failed).toContainText(`Likely cause: ${cause}`, { useInnerText: true });
  }
  await expect(failed).toContainText(remedy, { useInnerText: true });
  if (field === undefined) await expect(tab.goToFieldButton).toHaveCount(0);
  else {
    await expect(tab.goToFieldButton).toHaveText(`Go to ${field}`);
    await tab.goToFieldButton.click();
    await expect(tab.field(field)).toBeFocused();
  }
  return failed.innerText();
}

/** Every step passes, none with a warning. */
export async function expectGreen(tab: VaultTab): Promise<void> {
  await tab.test();
  await expect(tab.testOutcome).toHaveText(/^passed, \d/);
}
