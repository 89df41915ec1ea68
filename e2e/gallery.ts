/** The gallery in a browser, with measurements that do not depend on the fonts of the machine. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { previewGallery } from '../scripts/lib/gallery.mjs';

export { expect };

interface WorkerFixtures {
  galleryUrl: string;
}

interface Fixtures {
  gallery: GalleryPage;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  galleryUrl: [
    async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'strongroom-gallery-'));
      const { url, close } = await previewGallery(directory);
      await use(url);
      await close();
      await rm(directory, { recursive: true });
    },
    { scope: 'worker' },
  ],
  gallery: async ({ page, galleryUrl }, use) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(galleryUrl);
    await page.getByRole('heading', { name: 'Gallery' }).waitFor();
    await use(new GalleryPage(page));
  },
});

export const themes = ['light', 'dark'] as const;
type Scheme = (typeof themes)[number];

export type Colour = readonly [red: number, green: number, blue: number];

export class GalleryPage {
  constructor(readonly page: Page) {}

  async show(theme: Scheme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await this.page.locator(`html[data-theme="${theme}"]`).waitFor();
    await this.settle();
  }

  /**
   * Ends the transitions that a change has started, and those that start at their end: an element that
   * inherits a colour starts again when its parent is done.
   */
  async settle(): Promise<void> {
    await expect
      .poll(() =>
        this.page.evaluate(() => {
          const passing = document
            .getAnimations()
            .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
          for (const animation of passing) animation.finish();
          return passing.length;
        }),
      )
      .toBe(0);
  }

  specimen(name: string): Locator {
    return this.page.locator(`[data-specimen="${name}"]`);
  }

  /** The content of a specimen, without the name below it. */
  picture(name: string): Promise<Buffer> {
    return this.specimen(name).locator('> div').screenshot({ animations: 'disabled' });
  }

  /** Every specimen with something that sticks out of its frame. */
  spills(): Promise<string[]> {
    return this.page.evaluate(() => {
      const clips = (element: Element): boolean =>
        getComputedStyle(element).overflowX !== 'visible' ||
        getComputedStyle(element).position === 'absolute';
      const isClipped = (element: Element, frame: Element): boolean => {
        for (let at = element.parentElement; at !== null && at !== frame; at = at.parentElement) {
          if (clips(at)) return true;
        }
        return false;
      };
      return [...document.querySelectorAll('[data-specimen]')].flatMap((frame) => {
        const { left, right } = frame.getBoundingClientRect();
        const out = [...frame.querySelectorAll('*')].find((element) => {
          const box = element.getBoundingClientRect();
          // The content of a button is in one line with its label.
          const button = element.parentElement?.closest('button')?.getBoundingClientRect();
          if (button !== undefined && box.width > 1) {
            const off = (box.top + box.bottom - button.top - button.bottom) / 2;
            if (box.height > button.height + 1 || Math.abs(off) > button.height / 4) return true;
          }
          if (box.width <= 1 || isClipped(element, frame) || clips(element)) return false;
          return box.left < left - 1 || box.right > right + 1;
        });
        return out === undefined
          ? []
          : [`${frame.getAttribute('data-specimen') ?? ''}: ${out.outerHTML.slice(0, 120)}`];
      });
    });
  }

  /** The colours, sizes of type and radii in use on the page, each with the first place of its use. */
  styles(): Promise<Record<'colour' | 'fontSize' | 'radius', Record<string, string>>> {
    return this.page.evaluate(() => {
      const found = {
        colour: {} as Record<string, string>,
        fontSize: {} as Record<string, string>,
        radius: {} as Record<string, string>,
      };
      // The mark has the colours of the icon in both themes; hidden inputs have none.
      const others =
        'svg[viewBox="0 0 32 32"], svg[viewBox="0 0 32 32"] *, input[type="radio"], input[type="checkbox"]';
      for (const element of document.querySelectorAll('main *')) {
        if (element.matches(others)) continue;
        const style = getComputedStyle(element);
        const where = `${element.tagName.toLowerCase()} in ${element.closest('[data-specimen]')?.getAttribute('data-specimen') ?? 'the page'}`;
        const colours = [style.color, style.backgroundColor];
        for (const side of ['Top', 'Right', 'Bottom', 'Left'] as const) {
          if (style[`border${side}Width`] !== '0px') colours.push(style[`border${side}Color`]);
        }
        if (style.outlineStyle !== 'none') colours.push(style.outlineColor);
        if (element instanceof SVGElement) {
          colours.push(...[style.fill, style.stroke].filter((paint) => paint !== 'none'));
        }
        for (const colour of colours) found.colour[colour] ??= where;
        if (element.textContent !== '') found.fontSize[style.fontSize] ??= where;
        found.radius[style.borderTopLeftRadius] ??= where;
      }
      return found;
    });
  }

  /** The palette as this theme resolves it, by name. */
  async palette(): Promise<ReadonlyMap<string, string>> {
    const names = await tokenNames();
    const colours = await this.page.evaluate(
      (tokens) =>
        tokens.map((name): [string, string] => {
          // One element for each: a repainted element starts a transition from its last colour.
          const probe = document.createElement('div');
          probe.style.color = `var(--${name})`;
          document.body.append(probe);
          const { color } = getComputedStyle(probe);
          probe.remove();
          return [name, color];
        }),
      names,
    );
    return new Map(colours);
  }
}

/** The names of the colours of styles.css. */
async function tokenNames(): Promise<string[]> {
  const path = fileURLToPath(new URL('../src/renderer/app/styles.css', import.meta.url));
  const css = await readFile(path, 'utf8');
  return [...css.matchAll(/--([\w-]+):\s*light-dark\(/g)].map(([, name]) => name ?? '');
}

export function parseColour(css: string): Colour {
  const [red, green, blue] = (css.match(/[\d.]+/g) ?? []).map(Number);
  if (red === undefined || green === undefined || blue === undefined) {
    throw new Error(`${css} is no colour`);
  }
  return [red, green, blue];
}

const luminance = (colour: Colour): number => {
  const [red, green, blue] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** WCAG 2.2, “contrast ratio”: from 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}
