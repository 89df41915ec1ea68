import type { PendingApproval } from '@shared/model/approval';
import type { Caller } from '@shared/model/caller';

const kinds = {
  window: 'A window of Strongroom',
  cli: 'The command line',
  sdk: 'A program',
  mcp: 'An MCP client',
  serve: 'A program on another machine',
} as const satisfies Record<Caller['kind'], string>;

/** Who asks: the name of the program if it has one, else what kind of caller it is. */
export const callerName = ({ caller }: PendingApproval): string =>
  caller === undefined ? 'Strongroom' : (caller.name ?? kinds[caller.kind]);

/** More about who asks: `MCP client, process 7, user ann`. */
export function callerDetails({ caller }: PendingApproval): string {
  if (caller === undefined) return '';
  const { kind, name, pid, user, claimed } = caller;
  return [
    name === undefined ? undefined : kinds[kind].replace(/^(An?|The) /, ''),
    pid === undefined ? undefined : `process ${String(pid)}`,
    user === undefined ? undefined : `user ${user}`,
    claimed === true ? 'by its own account' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** One sentence for assistive technology, without the path and the reason. */
export const questionSentence = (question: PendingApproval): string =>
  `${callerName(question)} wants to send ${question.method} to ${question.host} with the grant ${question.grant.name}.`;
