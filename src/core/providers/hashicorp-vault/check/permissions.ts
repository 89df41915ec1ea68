import { AppError, isAppError } from '@shared/errors';
import { passed, warned, type Step, type StepResult } from '../../check/steps';
import { askCapabilities } from '../capabilities';
import type { KvEngine } from '../kv';
import { listFolder } from '../listing';
import { inPolicy } from '../mounts';
import type { CheckContext } from './context';
import { judgeRights, listed, pathsToAsk, policyFor, type Verdict } from './rights';

const count = (names: readonly string[]): string => {
  const folders = names.filter((name) => name.endsWith('/')).length;
  const secrets = names.length - folders;
  const text = (number: number, word: string): string =>
    `${String(number)} ${word}${number === 1 ? '' : 's'}`;
  return `${text(secrets, 'secret')} and ${text(folders, 'folder')} at the top`;
};

/** A secret to ask about: a real one if there is one, for policies may name secrets. */
function sampleOf(names: readonly string[]): string {
  const secret = names.find((name) => !name.endsWith('/'));
  return secret ?? `${names[0] ?? ''}example`;
}

/** The names at the top, or why they may not be listed. */
async function listRoot(
  { openApi }: CheckContext,
  engine: KvEngine,
  signal: AbortSignal,
): Promise<readonly string[] | AppError> {
  try {
    return await listFolder(openApi(), engine, '', signal);
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return error;
    throw error;
  }
}

const mayText = (verdict: Verdict, mayList: boolean): string => {
  const names = (rights: Verdict['granted']): string[] => rights.map(({ name }) => name);
  const may = [...(mayList ? ['list'] : []), ...names(verdict.granted)];
  const mayNot = [...(mayList ? [] : ['list']), ...names(verdict.missing)];
  return [
    ...(may.length === 0 ? [] : [`May ${listed(may)}`]),
    ...(mayNot.length === 0 ? [] : [`May not ${listed(mayNot, 'or')}`]),
  ].join('\n');
};

const administrator = (policy: string): string =>
  `whoever administers Vault for a policy with:\n${policy}`;

function cannotList(
  context: CheckContext,
  engine: KvEngine,
  verdict: Verdict | undefined,
  error: AppError,
): AppError {
  const { enginePath } = context.values;
  const may = verdict?.granted.map(({ name }) => name) ?? [];
  const rest = may.length === 0 ? '' : ` They may ${listed(may)}.`;
  const known = verdict ?? { granted: [], missing: [] };
  const policy = policyFor(engine.version, inPolicy(context.values), known, false);
  return new AppError('PERMISSION_DENIED', {
    message: `The credentials are valid, but may not list the secrets in “${enginePath}”.${rest}`,
    hint: `Ask ${administrator(policy)}`,
    remedy: { handOver: policy },
    likelyCause: 'No policy of theirs grants “list” there.',
    details: error.details,
    cause: error,
  });
}

function judge(
  context: CheckContext,
  engine: KvEngine,
  names: readonly string[],
  verdict: Verdict | undefined,
): StepResult {
  if (verdict === undefined) {
    return passed(
      `${count(names)}\nMay list. What else is permitted cannot be seen: these credentials may not ask for it (sys/capabilities-self)`,
    );
  }
  const detail = `${count(names)}\n${mayText(verdict, true)}`;
  const needed = verdict.missing.filter(({ optional = false }) => !optional);
  if (needed.length === 0) return passed(detail);
  const lacking = listed(
    needed.map(({ name }) => name),
    'or',
  );
  const policy = policyFor(engine.version, inPolicy(context.values), verdict, true);
  return warned(
    detail,
    new AppError('PERMISSION_DENIED', {
      message: `The credentials may not ${lacking} secrets, asked about “${sampleOf(names)}”.`,
      likelyCause: 'No policy of theirs grants it.',
      hint: `If they are not meant to, all is well. Otherwise ask ${administrator(policy)}`,
      remedy: { handOver: policy },
    }),
  );
}

/** Lists the root, which is what Pull All begins with, and asks what else is permitted. Writes nothing. */
export const permissionsStep = (context: CheckContext): Step => ({
  id: 'permissions',
  label: 'Permissions',
  run: async (signal) => {
    const { values, openApi, findEngine } = context;
    const engine = await findEngine(signal);
    const names = await listRoot(context, engine, signal);
    const sample = sampleOf(names instanceof AppError ? [] : names);
    const { version } = engine;
    const paths = pathsToAsk(version, values.enginePath, sample);
    const capabilities = await askCapabilities(openApi(), values, paths, signal);
    const verdict = capabilities && judgeRights(version, values.enginePath, sample, capabilities);
    if (names instanceof AppError) throw cannotList(context, engine, verdict, names);
    return judge(context, engine, names, verdict);
  },
});
