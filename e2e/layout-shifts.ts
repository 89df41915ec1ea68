/** Records layout shifts in the window. See https://wicg.github.io/layout-instability/ */
import type { Page } from '@playwright/test';

interface Shift {
  readonly value: number;
  readonly moved: readonly string[];
}

declare global {
  interface Window {
    layoutShifts?: Shift[];
  }
}

/** Written out, since the DOM's own types have neither yet. */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly { readonly node?: Node | null }[];
}

/** Reloads the page, and records from the start what moves by itself, even right after a click. */
export async function watchLayout(page: Page): Promise<LayoutWatch> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    window.layoutShifts = shifts;
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as LayoutShift[]) {
        const moved = sources.map(({ node }) =>
          node instanceof Element ? node.outerHTML.slice(0, 160) : String(node?.textContent),
        );
        shifts.push({ value, moved });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.reload();
  return new LayoutWatch(page);
}

export class LayoutWatch {
  constructor(private readonly page: Page) {}

  /** The elements that moved since the last call. */
  async moved(): Promise<readonly Shift[]> {
    return this.page.evaluate(async () => {
      // An entry arrives one frame after the shift.
      for (let frame = 0; frame < 2; frame += 1) {
        await new Promise((drawn) => requestAnimationFrame(drawn));
      }
      return window.layoutShifts?.splice(0) ?? [];
    });
  }
}
