/** `strongroom plan` and `apply` */
import { AppError, isAppError, type ErrorReport } from '@shared/errors';
import {
  countSecrets,
  hasChanges,
  type AppliedVault,
  type Declaration,
  type MarkedHere,
  type SecretAction,
  type VaultAction,
  type VaultPlan,
} from '@shared/model/declaration';
import { findConfig } from '../config/find';
import { loadConfig } from '../config/load';
import type { Context, OpenCore } from '../context';
import { exitCodes } from '../exit-codes';
import { oneLine, type Style } from '../output';

interface ConfigOptions {
  readonly config?: string;
}

interface ApplyOptions extends ConfigOptions {
  readonly adopt?: true;
  readonly deleteAll?: true;
}

type Planned = Exclude<VaultPlan, { readonly problem: ErrorReport }>;

interface Target {
  readonly declaration: Declaration;
  readonly workspace?: string;
}

/** Returns 2 if there are changes, and 1 if a vault could not be read. */
export async function plan(context: Context, options: ConfigOptions): Promise<number> {
  const target = await targetOf(context, options);
  const plans = await context.withCore(({ client, options: call }) =>
    client.declared.plan(target, call),
  );
  await showPlan(context, target, plans);
  if (plans.some((each) => 'problem' in each)) return exitCodes.failed.code;
  return plannedIn(plans).some(hasChanges) ? exitCodes.differs.code : exitCodes.done.code;
}

/** Returns 1 if a vault failed; the others are done then. */
export async function apply(context: Context, options: ApplyOptions): Promise<number> {
  const target = await targetOf(context, options);
  return context.withCore(async (core) => {
    const plans = await core.client.declared.plan(target, core.options);
    const changing = plannedIn(plans).filter(hasChanges);
    if (!context.output.json) await showPlan(context, target, plans);
    if (changing.length > 0) await agree(context, core, options, changing);
    const unread = plans.flatMap((each): AppliedVault[] =>
      'problem' in each ? [{ vault: each.vault, outcome: 'failed', error: each.problem }] : [],
    );
    const applied = await applyEach(context, core, target, changing);
    return report(context, target, [...unread, ...applied]);
  });
}

async function targetOf(context: Context, { config }: ConfigOptions): Promise<Target> {
  const loaded = await loadConfig(findConfig(context.terminal.cwd, config));
  const { declaration } = loaded;
  // A workspace that is named for the command comes first.
  const workspace = context.namedWorkspace ?? loaded.workspace;
  return { declaration, ...(workspace !== undefined && { workspace }) };
}

const plannedIn = (plans: readonly VaultPlan[]): Planned[] =>
  plans.flatMap((each) => ('problem' in each ? [] : [each]));

async function showPlan(
  context: Context,
  { declaration: { name } }: Target,
  plans: readonly VaultPlan[],
): Promise<void> {
  const { output } = context;
  const planned = plannedIn(plans);
  const view = {
    name,
    changes: planned.some(hasChanges),
    counts: countSecrets(planned),
    // What it was planned on is of no use to anybody else.
    vaults: plans.map((each) => {
      if ('problem' in each) return each;
      const { base: _, ...shown } = each;
      return shown;
    }),
  };
  await output.result(view, () => planned.flatMap((each) => linesOf(each, context)).join('\n'));
  for (const each of plans) {
    if ('problem' in each) await output.warn(`${each.vault}: ${sentencesOf(each.problem)}`);
    else for (const warning of warningsOf(each)) await output.warn(warning);
  }
  if (!output.json) await output.say(summaryOf(planned));
}

const vaultWords: Readonly<Record<VaultAction, string>> = {
  create: 'create',
  adopt: 'adopt',
  update: 'update',
  release: 'release; its secrets stay',
  unchanged: 'unchanged',
};

const secretWords: Readonly<Record<SecretAction, readonly [sign: string, style: Style]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  delete: ['-', 'red'],
  unchanged: [' ', 'dim'],
  missing: ['?', 'yellow'],
};

function linesOf({ vault, action, path, secrets }: Planned, { output }: Context): string[] {
  const place = path === undefined ? 'on this computer' : `at ${path}`;
  const head = `${oneLine(vault)} (${oneLine(place)}): ${vaultWords[action]}`;
  const changed = secrets.filter((secret) => secret.action !== 'unchanged');
  return [
    output.styledData('bold', head),
    ...changed.map(({ name, action: what }) => {
      const [sign, style] = secretWords[what];
      const note = what === 'missing' ? '  (external, and not set yet)' : '';
      return output.styledData(style, `  ${sign} ${oneLine(name)}${note}`);
    }),
  ];
}

const reasons: Readonly<Record<MarkedHere, string>> = {
  local: 'it is on this computer',
  'not-supported': 'its store has no place for one',
  'not-permitted': 'the credentials may not see or set it in the store',
};

function warningsOf({ vault, action, owner, empties, markedHere }: Planned): string[] {
  return [
    ...(action === 'adopt'
      ? [
          owner === undefined
            ? `${vault} exists, and the configuration does not own it.`
            : `${vault} is owned by the configuration “${owner}”.`,
        ]
      : []),
    ...(empties ? [`Everything that ${vault} holds would be deleted.`] : []),
    // A vault on this computer can have its mark nowhere else.
    ...(markedHere !== undefined && markedHere !== 'local'
      ? [
          `The mark that says who owns ${vault} is kept on this computer, since ${reasons[markedHere]}. Others do not see it.`,
        ]
      : []),
  ];
}

function summaryOf(planned: readonly Planned[]): string {
  if (!planned.some(hasChanges)) return 'No changes: the vaults are what the configuration says.';
  return `${countsOf(planned)}.`;
}

/** `3 to create, 1 to delete, in 2 vaults` */
function countsOf(planned: readonly Planned[]): string {
  const changing = planned.filter(hasChanges);
  const counts = countSecrets(changing);
  const parts = [
    [counts.create, 'to create'],
    [counts.update, 'to update'],
    [counts.delete, 'to delete'],
  ] as const;
  const counted = parts.filter(([count]) => count > 0);
  const secrets = counted.map(([count, what]) => `${String(count)} ${what}`).join(', ');
  const vaults = changing.length === 1 ? '1 vault' : `${String(changing.length)} vaults`;
  return `${secrets || 'no secret to change'}, in ${vaults}`;
}

const sentencesOf = ({ message, cause, hint }: ErrorReport): string =>
  [message, cause, hint].filter((sentence) => sentence !== undefined).join(' ');

/**
 * Asks what has to be decided, and lets go of the data directory meanwhile. Throws `CANCELLED` for no, and what
 * names the option if nobody can answer.
 */
async function agree(
  { prompt }: Context,
  core: OpenCore,
  { adopt, deleteAll }: ApplyOptions,
  changing: readonly Planned[],
): Promise<void> {
  const strange = changing.filter(({ action }) => action === 'adopt');
  const emptied = changing.filter(({ empties }) => empties);
  const questions = async (): Promise<void> => {
    if (adopt !== true && strange.length > 0) {
      const names = namesOf(strange);
      await prompt.decide(
        `Adopt ${names}? From then on, the configuration decides what is in there.`,
        new AppError('NOT_ADOPTED', { message: `The configuration does not own ${names}.` }),
      );
    }
    if (deleteAll !== true && emptied.length > 0) {
      const names = namesOf(emptied);
      await prompt.decide(
        `Delete everything that ${names} now holds?`,
        new AppError('WOULD_DELETE_ALL', {
          message: `The configuration would delete everything that ${names} now holds.`,
        }),
      );
    }
    await prompt.confirm(`Apply: ${countsOf(changing)}?`);
  };
  await (prompt.isPossible ? core.aside(questions) : questions());
}

const namesOf = (vaults: readonly Planned[]): string =>
  vaults.map(({ vault }) => `“${vault}”`).join(', ');

/** One vault at a time, so that an interrupted run can tell what is done. */
async function applyEach(
  { output, terminal }: Context,
  core: OpenCore,
  target: Target,
  changing: readonly Planned[],
): Promise<AppliedVault[]> {
  const applied: AppliedVault[] = [];
  for (const { vault, base, action, empties } of changing) {
    output.progress(`Applying ${vault} …`);
    const order = {
      ...target,
      agreed: [{ vault, base }],
      adopt: action === 'adopt' ? [vault] : [],
      deleteAll: empties ? [vault] : [],
    };
    try {
      terminal.signal.throwIfAborted();
      applied.push(...(await core.client.declared.apply(order, core.options)));
    } catch (error) {
      const cancelled = terminal.signal.aborted ? new AppError('CANCELLED') : undefined;
      const failure =
        cancelled ?? (isAppError(error) ? error : new AppError('INTERNAL', { cause: error }));
      applied.push({ vault, outcome: 'failed', error: failure.report() });
    }
  }
  return applied;
}

async function report(
  { output, terminal }: Context,
  { declaration: { name } }: Target,
  applied: readonly AppliedVault[],
): Promise<number> {
  const failed = applied.filter(({ outcome }) => outcome === 'failed');
  if (output.json) await output.result({ name, vaults: applied }, () => '');
  for (const { vault, outcome, error } of applied) {
    if (outcome === 'applied' && !output.json) await output.say(`Applied ${vault}.`);
    if (error !== undefined)
      await output.say(`${output.styled('red', 'Failed:')} ${vault}. ${sentencesOf(error)}`);
  }
  if (failed.length === 0) return exitCodes.done.code;
  const left = failed.map(({ vault }) => vault).join(', ');
  await output.say(`Left to do: ${left}. Apply again: it makes a new plan, and finishes.`);
  return terminal.signal.aborted ? exitCodes.cancelled.code : exitCodes.failed.code;
}
