/** Finds references that lead in a circle, in the values that are in sight. */
import { formatReference } from '@shared/model/reference';
import type { EnvironmentRow } from '@core/storage/environments';
import { LEVELS } from './resolve';
import type { ValuesInSight } from './values-in-sight';

export type Endless = { readonly cycle: readonly string[] } | { readonly tooDeep: true };

/** The first circle that the value of a variable leads into, or whether its value is too far away. */
export async function endlessFrom(
  sight: ValuesInSight,
  row: EnvironmentRow,
  key: string,
): Promise<Endless | undefined> {
  const done = new Set<string>();
  const follow = async (
    at: EnvironmentRow,
    name: string,
    path: readonly string[],
  ): Promise<Endless | undefined> => {
    const here = formatReference({ vault: at.name, key: name });
    const start = path.indexOf(here);
    if (start !== -1) return { cycle: [...path.slice(start), here] };
    if (path.length >= LEVELS) return { tooDeep: true };
    if (done.has(here)) return undefined;
    for (const { vault, key: next } of await sight.namedBy(at, name)) {
      const to = sight.find(vault);
      const found = to && (await follow(to, next, [...path, here]));
      if (found !== undefined) return found;
    }
    done.add(here);
    return undefined;
  };
  return follow(row, key, []);
}

/** The sentence that the resolution of references says too. */
export const circleText = (cycle: readonly string[]): string =>
  `The references lead in a circle: ${cycle.join(' → ')}.`;
