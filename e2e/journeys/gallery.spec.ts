/** The design system, held against its own rules in the gallery: docs/decisions/0015-visual-tests.md */
import { readdir } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../axe';
import { contrast, expect, parseColour, test, themes } from '../gallery';
import { wholeUnlessFirst } from './peers';

const variants = ['primary', 'default', 'danger', 'quiet'] as const;
const states = ['hover', 'pressed', 'focus', 'disabled'] as const;

test('every component is in it', async ({ gallery }) => {
  const folder = new URL('../../src/renderer/components/', import.meta.url);
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.tsx'))
    .map((name) => name.replace('.tsx', ''));
  const shown = await gallery.page
    .locator('[data-files]')
    .evaluateAll((sheets) =>
      sheets.flatMap((sheet) =>
        (sheet.getAttribute('data-files') ?? '').split(' ').filter(Boolean),
      ),
    );
  expect(shown.toSorted()).toEqual(files.toSorted());
});

test('axe finds nothing, and nothing where something is open', async ({ gallery }) => {
  // Many pages in one start: a busy machine needs more than a minute.
  test.slow();
  const { page } = gallery;
  // What is scrolled out of sight axe does not look at.
  const height = await page.getByRole('main').evaluate(({ scrollHeight }) => scrollHeight);
  await page.setViewportSize({ width: 1180, height });
  await expectAccessible(page, 'Gallery');
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await expectAccessible(page, 'Menu');
  await page.keyboard.press('Escape');
  for (const name of ['Open the dialog', 'Open the question', 'Open the name dialog']) {
    await page.getByRole('button', { name }).click();
    await expectAccessible(page, name);
    await page.keyboard.press('Escape');
  }
});

for (const theme of themes) {
  test.describe(theme, () => {
    const onceInAll = wholeUnlessFirst(theme, themes);

    test.beforeEach(async ({ gallery }) => {
      await gallery.show(theme);
    });

    test('nothing is painted or set but with tokens', async ({ gallery }) => {
      const palette = new Set([...(await gallery.palette()).values(), 'rgba(0, 0, 0, 0)']);
      const { colour, fontSize, radius } = await gallery.styles();
      const strangers = Object.entries(colour).filter(([value]) => !palette.has(value));
      expect(strangers).toEqual([]);
      const sizes = ['11px', '12px', '13px', '15px', '17px'];
      expect(Object.entries(fontSize).filter(([value]) => !sizes.includes(value))).toEqual([]);
      const corners = /^(0px|3px|4px|6px|10px|[\d.e+]{4,}px)$/;
      expect(Object.entries(radius).filter(([value]) => !corners.test(value))).toEqual([]);
    });

    test('text and focus stand out from every surface', async ({ gallery }) => {
      const palette = await gallery.palette();
      const colourOf = (name: string) => parseColour(palette.get(name) ?? name);
      const weak: string[] = [];
      const hold = (front: string, back: string, least: number): void => {
        const ratio = contrast(colourOf(front), colourOf(back));
        if (ratio < least) weak.push(`${front} on ${back}: ${ratio.toFixed(2)}`);
      };
      for (const back of ['bg', 'panel', 'raised', 'sunken']) {
        for (const front of ['text', 'text-2', 'text-3', 'brass', 'good', 'warn', 'bad', 'info']) {
          hold(front, back, 4.5);
        }
        hold('focus', back, 3);
      }
      for (const tone of ['brass', 'good', 'warn', 'bad', 'info']) hold(tone, `${tone}-wash`, 4.5);
      for (const fill of ['brass-fill', 'brass-fill-hover']) hold('brass-ink', fill, 4.5);
      hold('panel', 'bad', 4.5);
      expect(weak).toEqual([]);
    });

    test(
      'every state of a button can be seen, and none moves anything',
      onceInAll,
      async ({ gallery }) => {
        for (const variant of variants) {
          const name = `Button ${variant}`;
          const size = (specimen: string) =>
            gallery.specimen(specimen).getByRole('button').evaluate(sizeOf);
          const pictures = new Map([[name, await gallery.picture(name)]]);
          for (const state of states) {
            const picture = await gallery.picture(`${name} ${state}`);
            for (const [other, taken] of pictures) {
              expect(picture.equals(taken), `${name} ${state} looks like ${other}`).toBe(false);
            }
            pictures.set(`${name} ${state}`, picture);
            expect(await size(`${name} ${state}`), `${name} ${state}`).toEqual(await size(name));
          }
        }
      },
    );

    test(
      'every state of a field can be seen, and none moves anything',
      onceInAll,
      async ({ gallery }) => {
        const pictures = new Map<string, Buffer>();
        for (const state of ['', ' hover', ' focus', ' invalid', ' invalid focus', ' disabled']) {
          const box = gallery.specimen(`TextField${state}`).getByRole('textbox');
          expect(await box.evaluate(sizeOf), `TextField${state}`).toEqual({
            width: 384,
            height: 30,
          });
          const picture = await box.screenshot({ animations: 'disabled' });
          for (const [other, taken] of pictures) {
            expect(picture.equals(taken), `TextField${state} looks like ${other}`).toBe(false);
          }
          pictures.set(`TextField${state}`, picture);
        }
        for (const [off, on] of [
          ['Switch off', 'Switch on'],
          ['SegmentedChoice', 'SegmentedChoice invalid'],
        ] as const) {
          const [one, other] = [await gallery.picture(off), await gallery.picture(on)];
          expect(one.equals(other), `${on} looks like ${off}`).toBe(false);
        }
      },
    );

    test(
      'what is held still is what pointer and keyboard bring about',
      onceInAll,
      async ({ gallery }) => {
        const { page } = gallery;
        for (const variant of variants) {
          const real = gallery.specimen(`Button ${variant}`).getByRole('button');
          const held = (state: string) =>
            gallery.specimen(`Button ${variant} ${state}`).getByRole('button').evaluate(paintOf);
          await real.hover();
          await expect(real).toHaveAttribute('data-hovered');
          await gallery.settle();
          expect(await real.evaluate(paintOf)).toEqual(await held('hover'));
          await page.mouse.down();
          await expect(real).toHaveAttribute('data-pressed');
          await gallery.settle();
          expect(await real.evaluate(paintOf)).toEqual(await held('pressed'));
          await page.mouse.up();
          await page.mouse.move(0, 0);
          await expect(real).not.toHaveAttribute('data-hovered');
          await focusByKey(real);
          await gallery.settle();
          expect(await real.evaluate(paintOf)).toEqual(await held('focus'));
        }
        const field = gallery.specimen('TextField').getByRole('textbox');
        await focusByKey(field);
        await gallery.settle();
        const heldField = gallery.specimen('TextField focus').getByRole('textbox');
        expect(await field.evaluate(paintOf)).toEqual(await heldField.evaluate(paintOf));
      },
    );
  });
}

test('the themes differ in every surface and text', async ({ gallery }) => {
  const light = await gallery.palette();
  await gallery.show('dark');
  const dark = await gallery.palette();
  const alike = [...light].filter(([name, colour]) => dark.get(name) === colour);
  expect(alike).toEqual([]);
  await gallery.page.getByRole('radiogroup', { name: 'Theme' }).getByText('Light').click();
  expect(await gallery.palette()).toEqual(light);
});

for (const [width, text, size] of [
  [720, '100%', ''],
  [1180, '100%', ' @whole'],
  [1600, '100%', ' @whole'],
  [1180, '200%', ''],
] as const) {
  const title = `nothing stands out of its frame at ${String(width)} px with ${text} text`;
  test(title + size, async ({ gallery }) => {
    await gallery.page.setViewportSize({ width, height: 900 });
    await gallery.page.evaluate((size) => {
      document.documentElement.style.fontSize = size;
    }, text);
    await expect(gallery.specimen('Table').getByRole('row', { name: 'DB_POOL' })).toBeVisible();
    expect(await gallery.spills()).toEqual([]);
    const main = gallery.page.getByRole('main');
    expect(await main.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(
      0,
    );
  });
}

test('nothing keeps moving where less motion is asked for', async ({ gallery }) => {
  const moving = () =>
    gallery.page.evaluate(
      () =>
        document
          .getAnimations()
          .filter(({ effect }) => effect?.getComputedTiming().endTime === Infinity).length,
    );
  expect(await moving()).toBe(0);
  await gallery.page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect.poll(moving).toBeGreaterThan(0);
});

const sizeOf = (element: Element) => {
  const { width, height } = element.getBoundingClientRect();
  return { width, height };
};

/** What a state changes, without what is not looked at. */
const paintOf = (element: Element) => {
  const { color, backgroundColor, borderTopColor, opacity, outlineColor, outlineStyle } =
    getComputedStyle(element);
  return {
    color,
    backgroundColor,
    borderTopColor,
    opacity,
    outline: outlineStyle === 'none' ? 'none' : outlineColor,
  };
};

/** As Tab does: the ring is for those who use the keys. */
async function focusByKey(element: Locator): Promise<void> {
  await element.blur();
  await element.page().keyboard.press('Escape');
  await element.focus();
  await expect(element).toHaveAttribute('data-focus-visible');
}
