/** Calls whose answers are values: that is what they are for. */

export const windowGivesValues: ReadonlySet<string> = new Set([
  'edits.take',
  'environments.reveal',
  'environments.revealAt',
  'environments.revealVersion',
  'environments.revealAll',
  'app.copySecret',
  'environments.copy',
  'environments.copyLines',
  'environments.export',
  'references.reveal',
  'references.copy',
  'compare.copyVariables',
  'environments.versionVariable',
]);

export const agentGivesValues: ReadonlySet<string> = new Set([
  'environments.export',
  'resolve',
  'run.references',
  'run.variables',
  'variables.get',
  'variables.values',
]);
