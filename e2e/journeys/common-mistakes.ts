/** Shared by the journeys of common mistakes: reads a fault from the panel, and follows its remedy. */
import type { PolicyStatement } from '@test/servers/aws/principals';
import type { AppUnderTest } from '../fixtures';
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
export async function expectFault(tab: ConnectionTab, fault: Fault): Promise<string> {
  await tab.test();
  await expect(tab.testOutcome).toContainText(`failed at ${fault.step}`);
  return follow(tab, fault);
}

/** The same for a step that only warns: the connection works, and something is missing. */
export async function expectWarning(tab: ConnectionTab, fault: Fault): Promise<string> {
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed with a warning');
  return follow(tab, fault);
}

async function follow(
  tab: ConnectionTab,
  { step: label, says, cause, remedy, field }: Fault,
): Promise<string> {
  const step = tab.testStep(label);
  await expect(step).toContainText(says, { useInnerText: true });
  if (cause !== undefined) {
    await expect(step).toContainText(`Likely cause: ${cause}`, { useInnerText: true });
  }
  await expect(step).toContainText(remedy, { useInnerText: true });
  if (field === undefined) await expect(tab.goToFieldButton).toHaveCount(0);
  else {
    await expect(tab.goToFieldButton).toHaveText(`Go to ${field}`);
    await tab.goToFieldButton.click();
    await expect(tab.target(field)).toBeFocused();
  }
  return step.innerText();
}

/** Copies the command of the step, as a person would to run it. */
export async function copiedCommand(app: AppUnderTest, tab: ConnectionTab): Promise<string> {
  await tab.copyCommand();
  return app.readClipboard();
}

/** Copies the statement of the step, to add it to a policy of a stand-in. */
export async function copiedStatement(
  app: AppUnderTest,
  tab: ConnectionTab,
): Promise<PolicyStatement> {
  await tab.copyPolicy();
  const { Action: action, Resource: resource } = JSON.parse(await app.readClipboard()) as Record<
    'Action' | 'Resource',
    string | readonly string[]
  >;
  return { effect: 'Allow', actions: [action].flat(), resources: [resource].flat() };
}

/** Tests the form, and expects every step to pass without a warning. */
export async function expectGreen(tab: ConnectionTab): Promise<void> {
  await tab.test();
  await expect(tab.testOutcome).toHaveText(/^passed, \d/);
}
