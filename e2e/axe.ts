/** Checks a page with axe in both themes. See https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type * as Axe from 'axe-core';

declare global {
  interface Window {
    axe?: typeof Axe;
  }
}

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * The button “Workspace” shows the workspace like the value of a select, and has it as its description. axe
 * expects the shown text in the name, which is fixed.
 */
const accepted = /^label-content-name-mismatch: <button [^>]*aria-label="Workspace"/;

/**
 * The ids of active results that are not there. React Aria names one half a second after the last letter, so that a screen
 * reader says the letter first; until then it may be one of the results before.
 */
const danglingDescendants = async (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('[aria-activedescendant]')]
      .map((element) => element.getAttribute('aria-activedescendant') ?? '')
      .filter((id) => id !== '' && document.getElementById(id) === null),
  );

/** The findings of axe, one line each: rule, element and fault. `runOnly`: the only rules that are checked. */
async function findings(page: Page, runOnly?: typeof rulesOfColours): Promise<string[]> {
  await expect
    .poll(() => danglingDescendants(page), 'Active results that are not there')
    .toEqual([]);
  // The page's policy allows no added script; a script that is evaluated from outside may run.
  await page.evaluate(`window.axe === undefined && (() => { ${await source} })()`);
  return page.evaluate(async (only) => {
    // During a transition between the themes a colour belongs to neither. An element that inherits a colour
    // starts its transition when its parent has finished.
    const ending = (): Animation[] =>
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    for (let some = ending(); some.length > 0; some = ending()) {
      for (const animation of some) animation.finish();
    }
    const results = await window.axe?.run(document, {
      resultTypes: ['violations'],
      ...(only !== undefined && { runOnly: { type: only.type, values: [...only.values] } }),
    });
    if (results === undefined) return ['axe is not there'];
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
    );
  }, runOnly);
}

/** All that can differ between the themes. */
const rulesOfColours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } as const;

export async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const runOnly = colorScheme === 'dark' ? rulesOfColours : undefined;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const found = (await findings(page, runOnly)).filter((finding) => !accepted.test(finding));
    expect.soft(found, `${screen}, ${colorScheme}`).toEqual([]);
  }
}
