/** The calls of the API that concern secrets and their versions, each one request, or one for each page. */
import { crc32c } from './crc32c';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import { isRegional } from '@shared/providers/google-secret-manager';
import type { GoogleApi } from './api';
import { checkId } from './limits';
import { lastPart } from './names';

/** The most that a page holds, see https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/list */
const PAGE = 25_000;

/** No project has as many secrets as this many pages hold. */
const MAX_PAGES = 1000;

const secretSchema = z.object({
  name: z.string(),
  etag: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  expireTime: z.string().optional(),
});
export type GoogleSecret = z.infer<typeof secretSchema>;

const versionStates = ['ENABLED', 'DISABLED', 'DESTROYED', 'STATE_UNSPECIFIED'] as const;

const versionSchema = z.object({
  name: z.string(),
  createTime: z.string().optional(),
  destroyTime: z.string().optional(),
  state: z.enum(versionStates).catch('STATE_UNSPECIFIED'),
  etag: z.string().optional(),
});
export type GoogleVersion = z.infer<typeof versionSchema>;

const accessSchema = z.object({
  name: z.string(),
  payload: z.object({ data: z.string().default(''), dataCrc32c: z.string().optional() }),
});

/** The content of one version. */
export interface Accessed {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Throws `NAME_NOT_ALLOWED`: the address of another id would be that of something else. */
function secretPath(api: GoogleApi, id: string): string {
  checkId(id, id);
  return `${api.parent}/secrets/${id}`;
}

/** All pages of secrets, or those whose id holds a text. `onPage` gets the secrets of each page. */
export async function listSecrets(
  api: GoogleApi,
  signal: AbortSignal,
  {
    named,
    onPage,
  }: { readonly named?: string; readonly onPage?: (secrets: readonly GoogleSecret[]) => void } = {},
): Promise<GoogleSecret[]> {
  const found: GoogleSecret[] = [];
  const query = named === undefined ? {} : { filter: `name:${named}` };
  for await (const page of pages(
    api,
    { path: `${api.parent}/secrets`, query, permission: 'secretmanager.secrets.list' },
    z.object({ secrets: z.array(secretSchema).default([]), nextPageToken: z.string().optional() }),
    signal,
  )) {
    found.push(...page.secrets);
    onPage?.(page.secrets);
  }
  return found;
}

/** One page of secrets, and whether there are more. */
export async function firstSecrets(
  api: GoogleApi,
  signal: AbortSignal,
  size: number,
): Promise<{ readonly secrets: readonly GoogleSecret[]; readonly hasMore: boolean }> {
  const page = await api.call(
    {
      method: 'GET',
      path: `${api.parent}/secrets`,
      query: { pageSize: String(size) },
      permission: 'secretmanager.secrets.list',
    },
    z.object({ secrets: z.array(secretSchema).default([]), nextPageToken: z.string().default('') }),
    signal,
  );
  return { secrets: page.secrets, hasMore: page.nextPageToken !== '' };
}

async function* pages<Page extends { readonly nextPageToken?: string | undefined }>(
  api: GoogleApi,
  call: {
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly secret?: string;
    readonly permission: string;
  },
  schema: z.ZodType<Page>,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  let token = '';
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page = await api.call(
      {
        ...call,
        method: 'GET',
        query: {
          ...call.query,
          pageSize: String(PAGE),
          ...(token !== '' && { pageToken: token }),
        },
      },
      schema,
      signal,
    );
    yield page;
    const next = page.nextPageToken ?? '';
    if (next === '') return;
    if (next === token) break;
    token = next;
  }
  throw new AppError('UNEXPECTED_ANSWER', { details: { path: call.path } });
}

/** Throws `NOT_FOUND`. */
export const getSecret = (api: GoogleApi, id: string, signal: AbortSignal): Promise<GoogleSecret> =>
  api.call(
    {
      method: 'GET',
      path: secretPath(api, id),
      secret: id,
      permission: 'secretmanager.secrets.get',
    },
    secretSchema,
    signal,
  );

/** Creates a secret without a version. Throws `ALREADY_EXISTS`. */
export const createSecret = (
  api: GoogleApi,
  id: string,
  annotations: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<GoogleSecret> => {
  const { values } = api.options.settings;
  const replicas = values.replicas.split(/[\s,]+/).filter((one) => one !== '');
  const replication =
    replicas.length === 0
      ? { automatic: {} }
      : { userManaged: { replicas: replicas.map((location) => ({ location })) } };
  return api.call(
    {
      method: 'POST',
      path: `${api.parent}/secrets`,
      query: { secretId: id },
      // A regional secret has no replication.
      body: { ...(!isRegional(values) && { replication }), annotations },
      secret: id,
      permission: 'secretmanager.secrets.create',
    },
    secretSchema,
    signal,
  );
};

/** Replaces the labels of a secret. The etag refuses it if the secret was changed since. */
export async function setLabels(
  api: GoogleApi,
  id: string,
  labels: Readonly<Record<string, string>>,
  etag: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await api.call(
    {
      method: 'PATCH',
      path: secretPath(api, id),
      query: { updateMask: 'labels' },
      body: { labels, ...(etag !== undefined && { etag }) },
      secret: id,
      permission: 'secretmanager.secrets.update',
    },
    secretSchema,
    signal,
  );
}

/** Deletes a secret with all its versions, for good. `etag` refuses it if the secret was changed since. */
export async function deleteSecret(
  api: GoogleApi,
  id: string,
  etag: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await api.call(
    {
      method: 'DELETE',
      path: secretPath(api, id),
      ...(etag !== undefined && { query: { etag } }),
      secret: id,
      permission: 'secretmanager.secrets.delete',
    },
    z.object({}),
    signal,
  );
}

/**
 * Adds a version, which becomes the newest. Returns its number; numbers have no gaps. Google refuses the
 * version if its checksum does not fit its content.
 */
export async function addVersion(
  api: GoogleApi,
  id: string,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<{ readonly number: number; readonly createdAt: Date | undefined }> {
  const version = await api.call(
    {
      method: 'POST',
      path: `${secretPath(api, id)}:addVersion`,
      body: { payload: { data: bytes.toString('base64'), dataCrc32c: String(crc32c(bytes)) } },
      secret: id,
      permission: 'secretmanager.versions.add',
    },
    versionSchema,
    signal,
  );
  return { number: numberOf(version.name), createdAt: dateOf(version.createTime) };
}

/** The content of a version, or of the newest one. Throws `NOT_FOUND`, `REQUEST_REFUSED` if it is disabled. */
export async function accessVersion(
  api: GoogleApi,
  id: string,
  which: number | 'latest',
  signal: AbortSignal,
): Promise<Accessed> {
  const path = `${secretPath(api, id)}/versions/${String(which)}:access`;
  const { name, payload } = await api.call(
    { method: 'GET', path, secret: id, permission: 'secretmanager.versions.access' },
    accessSchema,
    signal,
  );
  const bytes = Buffer.from(payload.data, 'base64');
  if (payload.dataCrc32c !== undefined && payload.dataCrc32c !== String(crc32c(bytes))) {
    throw new AppError('UNEXPECTED_ANSWER', {
      message: 'The value was damaged on its way from Google.',
      hint: 'Try again.',
      details: { path: id },
    });
  }
  return { number: numberOf(name), bytes };
}

/** The metadata of a version, or of the newest one. */
export const getVersion = (
  api: GoogleApi,
  id: string,
  which: number | 'latest',
  signal: AbortSignal,
): Promise<GoogleVersion> =>
  api.call(
    {
      method: 'GET',
      path: `${secretPath(api, id)}/versions/${String(which)}`,
      secret: id,
      permission: 'secretmanager.versions.get',
    },
    versionSchema,
    signal,
  );

/** All versions, the newest first. */
export async function listVersions(
  api: GoogleApi,
  id: string,
  signal: AbortSignal,
): Promise<GoogleVersion[]> {
  const found: GoogleVersion[] = [];
  for await (const page of pages(
    api,
    {
      path: `${secretPath(api, id)}/versions`,
      secret: id,
      permission: 'secretmanager.versions.list',
    },
    z.object({
      versions: z.array(versionSchema).default([]),
      nextPageToken: z.string().optional(),
    }),
    signal,
  )) {
    found.push(...page.versions);
  }
  return found.toSorted((a, b) => numberOf(b.name) - numberOf(a.name));
}

/** Which of these permissions the credentials have for the project. */
export async function testPermissions(
  api: GoogleApi,
  id: string,
  permissions: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answer = await api.call(
    {
      method: 'POST',
      path: `${secretPath(api, id)}:testIamPermissions`,
      body: { permissions },
      secret: id,
      permission: 'secretmanager.secrets.get',
    },
    z.object({ permissions: z.array(z.string()).default([]) }),
    signal,
  );
  return answer.permissions;
}

/** The number of a version in its name. Throws `UNEXPECTED_ANSWER`. */
export function numberOf(name: string): number {
  const number = Number(lastPart(name));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new AppError('UNEXPECTED_ANSWER', { details: { path: name } });
}

export const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined || Number.isNaN(Date.parse(text)) ? undefined : new Date(text);

/** Enables a version that was disabled. The etag refuses it if the version was changed since. */
export async function enableVersion(
  api: GoogleApi,
  { name, etag }: GoogleVersion,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  await api.call(
    {
      method: 'POST',
      path: `${secretPath(api, id)}/versions/${String(numberOf(name))}:enable`,
      body: etag === undefined ? {} : { etag },
      secret: id,
      permission: 'secretmanager.versions.enable',
    },
    versionSchema,
    signal,
  );
}
