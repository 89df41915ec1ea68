/** What Parameter Store says about parameters without their values. */
import type {
  DescribeParametersResult,
  ParameterStringFilter,
  ParameterTier,
} from '@aws-sdk/client-ssm';
import { isAppError } from '@shared/errors';
import { unexpectedAnswer } from '../aws/errors';
import { eachPage } from '../aws/pages';
import type { ParameterStoreConnection } from './connection';

/**
 * A region holds 100,000 parameters at most, on 10,000 pages of ten. All of them may be empty, since AWS
 * applies a filter after it has filled a page.
 */
export const PAGE_BOUNDS = { pages: 20_000, barren: 10_001 };

/** The most that DescribeParameters returns. */
const PAGE = 50;

/**
 * The description of a parameter that holds a whole environment. Neither name nor type of a parameter tells
 * that, and values are not in a listing.
 */
export const OBJECT_DESCRIPTION = 'An environment of Strongroom: a JSON object of its variables.';

export interface Description {
  readonly name: string;
  readonly type: string | undefined;
  readonly number: number;
  readonly modifiedAt: Date | undefined;
  readonly description: string | undefined;
  readonly keyId: string | undefined;
  readonly tier: ParameterTier | undefined;
}

/** The same for one that came to hold a text. It takes the place of the one above. */
export const TEXT_DESCRIPTION = 'An environment of Strongroom: one text.';

export const isObject = ({ description }: Description): boolean =>
  description === OBJECT_DESCRIPTION;

/**
 * One parameter by its name, those directly in a folder (with a tag, and a value of it), or all below a prefix;
 * `{}` is all there are.
 */
export type Which =
  | { readonly name: string }
  | {
      readonly folder: string;
      readonly tag?: { readonly key: string; readonly value?: string | undefined } | undefined;
    }
  | { readonly below?: string | undefined };

function filtersOf(which: Which): ParameterStringFilter[] {
  if ('name' in which) return [{ Key: 'Name', Option: 'Equals', Values: [which.name] }];
  if ('folder' in which) {
    const { folder, tag } = which;
    return [
      { Key: 'Path', Option: 'OneLevel', Values: [folder] },
      ...(tag === undefined
        ? []
        : [{ Key: `tag:${tag.key}`, ...(tag.value !== undefined && { Values: [tag.value] }) }]),
    ];
  }
  const { below = '' } = which;
  return below === '' ? [] : [{ Key: 'Path', Option: 'Recursive', Values: [below] }];
}

export interface DescribedPage {
  readonly parameters: readonly Description[];
  readonly nextToken: string | undefined;
}

export async function describePage(
  connection: ParameterStoreConnection,
  which: Which,
  signal: AbortSignal,
  token?: string,
): Promise<DescribedPage> {
  const operation = 'DescribeParameters';
  const filters = filtersOf(which);
  const answer: DescribeParametersResult = await connection.call(
    { operation, signal },
    (client, http) =>
      client.describeParameters(
        {
          MaxResults: PAGE,
          ...(filters.length > 0 && { ParameterFilters: filters }),
          ...(token !== undefined && { NextToken: token }),
        },
        http,
      ),
  );
  // Some other service that answers in JSON must not pass for an account without parameters.
  if (!Array.isArray(answer.Parameters)) throw unexpectedAnswer(operation);
  return {
    parameters: answer.Parameters.map((one) => {
      if (one.Name === undefined || one.Version === undefined) throw unexpectedAnswer(operation);
      return {
        name: one.Name,
        type: one.Type,
        number: one.Version,
        modifiedAt: one.LastModifiedDate,
        description: one.Description,
        keyId: one.KeyId,
        tier: one.Tier,
      };
    }),
    nextToken: answer.NextToken || undefined,
  };
}

/** All pages. `onPage` gets the parameters of each. Throws as `eachPage` does. */
export async function describeAll(
  connection: ParameterStoreConnection,
  which: Which,
  signal: AbortSignal,
  onPage?: (parameters: readonly Description[]) => void,
): Promise<Description[]> {
  const found: Description[] = [];
  await eachPage(
    (token) => describePage(connection, which, signal, token),
    ({ parameters }) => {
      found.push(...parameters);
      onPage?.(parameters);
      return parameters.length > 0;
    },
    PAGE_BOUNDS,
  );
  return found;
}

/** As `describeAll`; `undefined` if ssm:DescribeParameters is not permitted. */
export async function describeIfPermitted(
  connection: ParameterStoreConnection,
  which: Which,
  signal: AbortSignal,
): Promise<Description[] | undefined> {
  try {
    return await describeAll(connection, which, signal);
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return undefined;
    throw error;
  }
}
