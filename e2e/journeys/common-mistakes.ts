/** Shared by the journeys of common mistakes: reads a fault from the panel, and follows its remedy. */
import type { ConnectionTab } from '../pages/settings';
import { expect } from './support';

export interface Fault {
  /** The step that fails. */
  readonly step: string;
  /** The message shown there. */
  readonly says: string | RegExp;
  /** The likely cause; absent if the message says it. */
  readonly cause?: string;
  /** The next step shown there. */
  readonly remedy: string | RegExp;
  /** The field that the panel leads to; absent if the form is right. */
  readonly field?: string;
}

/** Tests the form, checks the fault, and follows the panel to the field. Returns the text of the step. */
export async function expectFault(
  tab: ConnectionTab,
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

/** Tests the form, and expects every step to pass without a warning. */
export async function expectGreen(tab: ConnectionTab): Promise<void> {
  await tab.test();
  await expect(tab.testOutcome).toHaveText(/^passed, \d/);
}
