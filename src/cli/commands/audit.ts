/** `strongroom audit …` */
import { AppError } from '@shared/errors';
import {
  auditEvents,
  type AuditEntry,
  type AuditFilter,
  type AuditFormat,
} from '@shared/model/audit';
import { callerKinds } from '@shared/model/caller';
import { nearNames } from '@shared/model/near-names';
import { eventsOf } from '@server/agent/connect';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { table } from '../output';
import { momentOf } from '../moment';

interface ShowOptions {
  readonly grant?: string;
  readonly event?: string;
  readonly decision?: 'allowed' | 'refused';
  readonly caller?: string;
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly limit: string;
  readonly format?: AuditFormat;
  readonly output?: string;
}

export async function show(context: Context, options: ShowOptions): Promise<void> {
  const filter = filterOf(context, options);
  if (options.format !== undefined || options.output !== undefined) {
    await exportAudit(context, filter, options);
    return;
  }
  const limit = limitOf(options);
  const entries = await context.withCore(({ client, options: call }) =>
    client.audit.list({ ...filter, limit }, call),
  );
  const { output } = context;
  await output.result(
    entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })),
    () => table([COLUMNS, ...entries.map(rowOf)]),
  );
  if (entries.length === limit && !output.json) {
    await output.say(`Only the newest ${String(limit)} are shown: see --limit and --format.`);
  }
}

async function exportAudit(
  context: Context,
  filter: AuditFilter,
  { format = 'jsonl', output: file }: ShowOptions,
): Promise<void> {
  const { output } = context;
  await context.withCore(async ({ client, options: call }) => {
    const parts = eventsOf(await client.audit.export({ ...filter, format }, call), call.signal);
    if (file === undefined) {
      for await (const part of parts) await output.data(part);
      return;
    }
    const { writeFileAtomically } = await import('@core/storage/files');
    const texts: string[] = [];
    for await (const part of parts) texts.push(part);
    await writeFileAtomically(context.path(file), new TextEncoder().encode(texts.join('')));
    await output.done({ format, file }, `Wrote ${file}.`);
  });
}

export async function verify(
  context: Context,
  { contains }: { readonly contains?: string },
): Promise<number> {
  const verdict = await context.withCore(({ client, options: call }) =>
    client.audit.verify({ ...(contains !== undefined && { contains }) }, call),
  );
  const { holds, entries, head, brokenAt, because } = verdict;
  const isLost = verdict.contains === false;
  const { output } = context;
  await output.result(verdict, () =>
    table([
      ['chain', holds ? 'holds' : `broken at entry ${String(brokenAt ?? 0)}`],
      ...(because === undefined ? [] : [['why', faults[because]]]),
      ['entries checked', String(entries)],
      ['last hash', head],
      ...(verdict.contains === undefined
        ? []
        : [['that hash', isLost ? 'is not in the audit' : 'is in the audit']]),
    ]),
  );
  return holds && !isLost ? exitCodes.done.code : exitCodes.differs.code;
}

const faults = {
  changed: 'This entry was changed after it was written.',
  missing: 'Entries before it were removed.',
  cut: 'Entries after it were removed.',
} as const;

const COLUMNS = ['TIME', 'EVENT', 'WHO', 'WHAT', 'DECISION', 'REASON'] as const;

function rowOf(entry: AuditEntry): readonly string[] {
  const { event, actor, caller, reason, decision, rule, status, error } = entry;
  const program = caller?.process?.name ?? caller?.kind;
  const result = [decision, rule, status ?? error].filter((part) => part !== undefined);
  return [
    new Date(entry.at).toISOString(),
    event,
    program === undefined ? actor : `${actor}, ${program}`,
    subjectOf(entry),
    result.join(', '),
    reason ?? '',
  ];
}

function subjectOf(entry: AuditEntry): string {
  const { grant, method, host, path, workspace, environment, secret, detail } = entry;
  const request = method === undefined ? undefined : `${method} ${host ?? ''}${path ?? ''}`;
  const place = environment ?? secret ?? (grant === undefined ? workspace : undefined);
  return [grant?.name, request, place, detail].filter((part) => part !== undefined).join(': ');
}

function filterOf(context: Context, options: ShowOptions): AuditFilter {
  const { grant, event, decision, caller, since, until, text } = options;
  const now = context.runtime.now();
  return {
    ...(grant !== undefined && { grant }),
    ...(event !== undefined && { events: namesIn(event, auditEvents, '--event') }),
    ...(decision !== undefined && { decision }),
    ...(caller !== undefined && { callers: namesIn(caller, callerKinds, '--caller') }),
    ...(since !== undefined && { since: momentOf(since, { option: '--since', now, past: true }) }),
    ...(until !== undefined && { until: momentOf(until, { option: '--until', now, past: true }) }),
    ...(text !== undefined && { text }),
  };
}

/** Names that are separated by commas. Throws `INVALID_INPUT`. */
function namesIn<Name extends string>(
  typed: string,
  known: readonly Name[],
  option: string,
): Name[] {
  return typed.split(',').map((part) => {
    const name = known.find((each) => each === part.trim());
    if (name !== undefined) return name;
    const near = nearNames(part, known);
    throw new AppError('INVALID_INPUT', {
      message: `${option} knows no “${part}”.`,
      hint:
        near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It takes ${known.join(', ')}.`,
    });
  });
}

const LARGEST_LIMIT = 1000;

function limitOf({ limit }: ShowOptions): number {
  const number = Number(limit);
  if (Number.isInteger(number) && number >= 1 && number <= LARGEST_LIMIT) return number;
  throw new AppError('INVALID_INPUT', {
    message: `${limit} is not a valid number for --limit.`,
    hint: `Give a number from 1 to ${String(LARGEST_LIMIT)}, or export all entries with --format.`,
  });
}
