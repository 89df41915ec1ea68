import { AppError, isAppError } from '@shared/errors';
import type { KvEngine } from '../kv';
import { listFolder } from '../listing';
import type { CheckContext } from './context';
import { passed, type Step } from '../../check/steps';

const denied = (engine: KvEngine, enginePath: string, error: AppError): AppError => {
  const area = engine.version === 2 ? `${enginePath}/metadata` : enginePath;
  return new AppError('PERMISSION_DENIED', {
    message: `The credentials are valid, but may not list the secrets in “${enginePath}”.`,
    hint: `Ask whoever administers Vault for a policy with: path "${area}/*" { capabilities = ["list"] }`,
    details: error.details,
    cause: error,
  });
};

const count = (names: readonly string[]): string => {
  const folders = names.filter((name) => name.endsWith('/')).length;
  const secrets = names.length - folders;
  const text = (number: number, word: string): string =>
    `${String(number)} ${word}${number === 1 ? '' : 's'}`;
  return `${text(secrets, 'secret')} and ${text(folders, 'folder')} at the top`;
};

/** Lists the root, which is what Pull All begins with. */
export const permissionsStep = ({ values, openApi, findEngine }: CheckContext): Step => ({
  id: 'permissions',
  label: 'Permissions',
  run: async (signal) => {
    const engine = await findEngine(signal);
    try {
      return passed(`May list: ${count(await listFolder(openApi(), engine, '', signal))}`);
    } catch (error) {
      throw isAppError(error, 'PERMISSION_DENIED')
        ? denied(engine, values.enginePath, error)
        : error;
    }
  },
});
