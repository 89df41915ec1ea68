const NAMED = 5;

/** The first few names, and how many more there are. */
export function namesOf(variables: readonly { readonly key: string }[]): string {
  const names = variables.slice(0, NAMED).map(({ key }) => key);
  const more = variables.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${String(more)} more`;
}
