/** Test Connection: from the address to what is permitted, step by step, writing nothing. */
import { AppError } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import { networkSteps } from '../../check/network';
import { passed, runSteps, warned, type StepResult } from '../../check/steps';
import { countText, listText } from '../../check/texts';
import { apiUrl } from '../api';
import type { GoogleConnection } from '../connection';
import { environmentsIn, isListingRefused, listingRefused } from '../list';
import { lastPart } from '../names';
import { firstSecrets, testPermissions, type GoogleSecret } from '../secrets';

/** How many secrets are looked at. */
const PAGE = 100;

/** How many secrets are asked about to see whether reading is permitted. No value is fetched. */
const SAMPLE = 5;

const CONNECT_MS = 5000;

export function checkConnection(
  connection: GoogleConnection,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  const { api, network, runtime, settings } = connection;
  let found: readonly GoogleSecret[] = [];
  return runSteps(
    [
      ...networkSteps({
        url: () => Promise.resolve(apiUrl(settings.values)),
        field: 'endpoint',
        network,
        runtime,
        deadlineMs: CONNECT_MS,
      }),
      {
        id: 'credentials',
        label: 'Credentials',
        run: async () => {
          const { source, account } = await api.credentials.find();
          return passed(
            account === undefined || source.includes(account) ? source : `${source}, ${account}`,
          );
        },
      },
      {
        id: 'token',
        label: 'Access token',
        run: async (signal) => {
          await api.credentials.token(signal);
          const quota = await api.quotaProject();
          return passed(quota === undefined ? undefined : `Calls count against ${quota}`);
        },
      },
      {
        id: 'list',
        label: 'List secrets',
        run: async (signal) => {
          try {
            const page = await firstSecrets(api, signal, PAGE);
            found = page.secrets;
            return describeFound(connection, page);
          } catch (error) {
            if (!isListingRefused(error)) throw error;
            const { project } = await api.credentials.find();
            return warned(undefined, listingRefused(error, settings.values.project, project));
          }
        },
      },
      { id: 'read', label: 'Read secrets', run: (signal) => tryReading(connection, found, signal) },
      {
        id: 'permissions',
        label: 'Permissions',
        run: (signal) => tryPermissions(connection, found, signal),
      },
    ],
    runtime,
    signal,
  );
}

function describeFound(
  { settings }: GoogleConnection,
  { secrets, hasMore }: { readonly secrets: readonly GoogleSecret[]; readonly hasMore: boolean },
): StepResult {
  if (secrets.length > 0) {
    return passed(
      `${String(secrets.length)}${hasMore ? ' and more' : ''} found, in ${countText(environmentsIn(secrets).size, 'environment')}`,
    );
  }
  const { project, location } = settings.values;
  return warned(
    'None there yet',
    new AppError('NOT_FOUND', {
      message:
        location === ''
          ? `There are no global secrets in the project ${project}.`
          : `There are no secrets in ${location} in the project ${project}.`,
      likelyCause: 'That is right for a new project, or they are somewhere else.',
      hint:
        location === ''
          ? 'If yours are regional, enter their Location. If they are in another project, change Project ID.'
          : 'If yours are global, empty Location. If they are in another project, change Project ID.',
      remedy: { open: 'connection' },
      details: { field: location === '' ? 'project' : 'location' },
    }),
  );
}

/** Asks about a sample, and claims no more than that. Throws if not one of all secrets can be read. */
async function tryReading(
  { api, settings }: GoogleConnection,
  found: readonly GoogleSecret[],
  signal: AbortSignal,
): Promise<StepResult> {
  const sample = found.slice(0, SAMPLE).map(({ name }) => lastPart(name));
  if (sample.length === 0) return passed('Not tried: no secret is known to read');
  const refused: string[] = [];
  for (const id of sample) {
    const held = await testPermissions(api, id, [READ], signal);
    if (!held.includes(READ)) refused.push(id);
  }
  const tried = `${String(sample.length - refused.length)} of ${String(sample.length)} tried`;
  if (refused.length === 0) return passed(sample.length === found.length ? 'Permitted' : tried);
  const message = `Reading is refused for ${listText(refused, SAMPLE)}.`;
  const role = `Ask for the role Secret Manager Secret Accessor in the project ${settings.values.project}.`;
  if (refused.length === found.length) {
    throw new AppError('PERMISSION_DENIED', {
      message,
      likelyCause: 'The credentials may list secrets and not read their values.',
      hint: role,
    });
  }
  return warned(
    tried,
    new AppError('PERMISSION_DENIED', {
      message,
      likelyCause: 'The role Secret Manager Secret Accessor is granted for single secrets only.',
      hint: `If that is intended, nothing needs to be done. Otherwise: ${role}`,
    }),
  );
}

const READ = 'secretmanager.versions.access';

const asked = [
  READ,
  'secretmanager.versions.add',
  'secretmanager.versions.list',
  'secretmanager.secrets.delete',
];

/** Google answers for one secret, and tells nothing of a secret that does not exist. */
async function tryPermissions(
  { api }: GoogleConnection,
  found: readonly GoogleSecret[],
  signal: AbortSignal,
): Promise<StepResult> {
  const [first] = found;
  if (first === undefined) {
    return passed('Not tried: Google answers only for a secret that exists');
  }
  const id = lastPart(first.name);
  const held = await testPermissions(api, id, asked, signal);
  const short = (all: readonly string[]): string =>
    all.map((one) => one.replace('secretmanager.', '')).join(', ');
  const missing = asked.filter((one) => !held.includes(one));
  const detail = [
    `For ${id}: ${held.length === 0 ? 'none' : short(held)}`,
    ...(missing.length === 0 ? [] : [`Not permitted: ${short(missing)}`]),
    'Not checked, since it is granted by project: secrets.create',
  ].join('\n');
  if (!missing.includes('secretmanager.versions.add')) return passed(detail);
  return warned(
    detail,
    new AppError('PERMISSION_DENIED', {
      message: `Values of ${id} can be read and not changed.`,
      likelyCause: 'The role is for reading only.',
      hint: 'If that is intended, nothing needs to be done. Otherwise ask for the role Secret Manager Secret Version Adder, or Secret Manager Admin to create and delete as well.',
    }),
  );
}
