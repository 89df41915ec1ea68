/** Listing the environments among the parameters. */
import { AppError, isAppError } from '@shared/errors';
import { withDeadline } from '@core/network/deadline';
import { canBeAllowed } from '../aws/errors';
import type { Listing, ListOptions } from '../provider';
import type { ParameterStoreConnection } from './connection';
import { describeAll, isObject, type Description } from './describe';
import type { Names } from './names';

/** The paths of the environments that these parameters make up, in order. */
export function environmentsIn(parameters: readonly Description[], names: Names): string[] {
  const paths = parameters.map((parameter) =>
    isObject(parameter)
      ? names.pathOf(parameter.name)
      : (names.folderOf(parameter.name) ?? names.pathOf(parameter.name)),
  );
  return [...new Set(paths)].filter((path) => path !== undefined).toSorted();
}

/** Throws `PERMISSION_DENIED` if listing is refused: paths can still be typed then. */
export function listEnvironments(
  connection: ParameterStoreConnection,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  const { names } = connection;
  return withDeadline(signal, connection.options.listDeadline, async (either) => {
    const paths = new Set<string>();
    const take = (parameters: readonly Description[]): void => {
      for (const path of environmentsIn(parameters, names)) paths.add(path);
      onFound?.(paths.size);
    };
    await describeAll(connection, { below: names.prefix }, either, take).catch((error: unknown) => {
      throw isAppError(error, 'PERMISSION_DENIED') ? listingRefused(error) : error;
    });
    const secrets = [...paths].toSorted().map((path) => ({ path }));
    return { secrets, unlisted: [] };
  });
}

/** Says that environments can be linked without a listing. */
export const listingRefused = (error: AppError): AppError =>
  new AppError('PERMISSION_DENIED', {
    message: error.message,
    likelyCause: canBeAllowed(error)
      ? 'The policy lacks ssm:DescribeParameters, which AWS grants for all parameters or none.'
      : error.likelyCause,
    hint: `${error.hint}\nWithout it, link environments to paths that you type.`,
    remedy: error.remedy,
    details: error.details,
    cause: error,
  });
