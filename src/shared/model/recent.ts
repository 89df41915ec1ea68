/** The environments that a person used last. */
/** How entries of the palette that lead to an environment are named in `recent`. */
const PREFIX = 'environment ';

export const recentEntryOf = (environmentId: string): string => `${PREFIX}${environmentId}`;

/**
 * The ids of these environments that were opened last, the last one first. `ids`: those of the workspace; others are left
 * out, as are environments that are gone.
 */
export function recentEnvironments(
  {
    recent,
    lastEnvironments,
  }: {
    readonly recent: readonly string[];
    readonly lastEnvironments: Readonly<Record<string, string>>;
  },
  workspaceId: string,
  ids: ReadonlySet<string>,
): readonly string[] {
  const last = lastEnvironments[workspaceId];
  const used = recent.flatMap((entry) =>
    entry.startsWith(PREFIX) ? [entry.slice(PREFIX.length)] : [],
  );
  const all = last === undefined ? used : [last, ...used];
  return [...new Set(all)].filter((id) => ids.has(id));
}
