import { AppError, isAppError } from '@shared/errors';
import { passed, warned, type Step, type StepResult } from '../../check/steps';
import { askCapabilities } from '../capabilities';
import type { KvEngine } from '../kv';
import { listText } from '../../check/texts';
import { listableFolders } from '../listable-folders';
import { listFolder, SYNC_BY_PATH } from '../listing';
import { inPolicy } from '../mounts';
import type { CheckContext } from './context';
import { judgeRights, listed, pathsToAsk, policyFor, type Verdict } from './rights';

const count = (names: readonly string[]): string => {
  const folders = names.filter((name) => name.endsWith('/')).length;
  const secrets = names.length - folders;
  const text = (number: number, word: string): string =>
    `${String(number)} ${word}${number === 1 ? '' : 's'}`;
  return `${text(secrets, 'secret')} and ${text(folders, 'folder')}`;
};

/** What may be listed: the root, whose path is empty, or the first of some folders in it. */
interface Top {
  readonly folder: string;
  /** Names in that folder. */
  readonly names: readonly string[];
  /** The folders that may be listed instead of the root. */
  readonly folders: readonly string[];
}

const topText = ({ folder, names, folders }: Top): string =>
  folder === ''
    ? `${count(names)} at the top`
    : `${count(names)} in ${folder}\nOnly these folders may be listed: ${listText(folders, 5)}`;

/** A secret to ask about: a real one if there is one, for policies may name secrets. */
function sampleOf({ folder, names }: Pick<Top, 'folder' | 'names'>): string {
  const secret = names.find((name) => !name.endsWith('/'));
  return `${folder === '' ? '' : `${folder}/`}${secret ?? `${names[0] ?? ''}example`}`;
}

/** An entry without a name cannot be asked about. */
const isNamed = (name: string): boolean => name !== '' && name !== '/';

/** The names at the top, or why there are none that may be listed. */
async function listTop(
  { openApi, values }: CheckContext,
  engine: KvEngine,
  signal: AbortSignal,
): Promise<Top | AppError> {
  const api = openApi();
  const listOne = async (folder: string): Promise<string[]> =>
    (await listFolder(api, engine, folder, signal)).filter(isNamed);
  try {
    return { folder: '', names: await listOne(''), folders: [] };
  } catch (error) {
    if (!isAppError(error, 'PERMISSION_DENIED')) throw error;
    const folders = await listableFolders(api, values, engine.version, signal);
    const [folder] = folders;
    return folder === undefined ? error : { folder, names: await listOne(folder), folders };
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
  `your Vault administrator for a policy with:\n${policy}`;

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
    hint: `${SYNC_BY_PATH} Or ask ${administrator(policy)}`,
    remedy: { handOver: policy },
    likelyCause: 'None of their policies grants “list” there.',
    details: error.details,
    cause: error,
  });
}

function judge(
  context: CheckContext,
  engine: KvEngine,
  top: Top,
  verdict: Verdict | undefined,
): StepResult {
  if (verdict === undefined) {
    return passed(
      `${topText(top)}\nMay list. Other permissions are unknown: sys/capabilities-self cannot be read`,
    );
  }
  const detail = `${topText(top)}\n${mayText(verdict, true)}`;
  const needed = verdict.missing.filter(({ optional = false }) => !optional);
  if (needed.length === 0) return passed(detail);
  const lacking = listed(
    needed.map(({ name }) => name),
    'or',
  );
  const policy = policyFor(engine.version, inPolicy(context.values), verdict, true, top.folder);
  return warned(
    detail,
    new AppError('PERMISSION_DENIED', {
      message: `The credentials may not ${lacking} secrets, asked about “${sampleOf(top)}”.`,
      likelyCause: 'None of their policies grants it.',
      hint: `If they are not meant to, all is well. Otherwise ask ${administrator(policy)}`,
      remedy: { handOver: policy },
    }),
  );
}

/** Lists what Pull All begins with, mostly the root, and asks what else is permitted. Writes nothing. */
export const permissionsStep = (context: CheckContext): Step => ({
  id: 'permissions',
  label: 'Permissions',
  run: async (signal) => {
    const { values, openApi, findEngine } = context;
    const engine = await findEngine(signal);
    const top = await listTop(context, engine, signal);
    const sample = sampleOf(top instanceof AppError ? { folder: '', names: [] } : top);
    const { version } = engine;
    const paths = pathsToAsk(version, values.enginePath, sample);
    const capabilities = await askCapabilities(openApi(), values, paths, signal);
    const verdict = capabilities && judgeRights(version, values.enginePath, sample, capabilities);
    if (top instanceof AppError) throw cannotList(context, engine, verdict, top);
    return judge(context, engine, top, verdict);
  },
});
