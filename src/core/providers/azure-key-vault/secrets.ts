/** The calls of the API that concern secrets, each one request, or one for each page. */
import { z } from 'zod';
import { AppError } from '@shared/errors';
import type { KeyVaultApi } from './api';
import { checkName } from './limits';
import { partsOf } from './names';

const attributesSchema = z.object({
  enabled: z.boolean().default(true),
  created: z.number().optional(),
  updated: z.number().optional(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
});

const itemSchema = z.object({
  id: z.string(),
  attributes: attributesSchema.default({ enabled: true }),
  contentType: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  managed: z.boolean().optional(),
});

const bundleSchema = itemSchema.extend({ value: z.string() });

const deletedSchema = z.object({
  id: z.string().default(''),
  recoveryId: z.string().nullish(),
  scheduledPurgeDate: z.number().nullish(),
});

/** A secret, or one version of it, without its value. */
export interface Item {
  readonly name: string;
  readonly version: string;
  readonly isEnabled: boolean;
  readonly createdAt: Date | undefined;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly isManaged: boolean;
  /** As the vault sent them, to send them again. */
  readonly attributes: Readonly<Record<string, number | boolean | undefined>>;
}

export interface Bundle extends Item {
  readonly value: string;
}

const dateOf = (seconds: number | null | undefined): Date | undefined =>
  seconds === undefined || seconds === null ? undefined : new Date(seconds * 1000);

function itemOf(found: z.infer<typeof itemSchema>): Item {
  const { enabled, created, nbf, exp } = found.attributes;
  return {
    ...partsOf(found.id),
    isEnabled: enabled,
    createdAt: dateOf(created),
    contentType: found.contentType ?? undefined,
    tags: found.tags ?? {},
    isManaged: found.managed === true,
    attributes: { enabled, ...(nbf !== undefined && { nbf }), ...(exp !== undefined && { exp }) },
  };
}

const bundleOf = (found: z.infer<typeof bundleSchema>): Bundle => ({
  ...itemOf(found),
  value: found.value,
});

/** Throws `NAME_NOT_ALLOWED`: an address would mean something else with `..` in it, or an empty name. */
function named(name: string): string {
  checkName(name, name);
  return name;
}

/** All secrets, without values. `onPage` gets those of each page. */
export async function listSecrets(
  api: KeyVaultApi,
  signal: AbortSignal,
  onPage?: (secrets: readonly Item[]) => void,
): Promise<Item[]> {
  const found: Item[] = [];
  const call = { path: 'secrets', permission: 'list' };
  for await (const { items } of api.pages(call, itemSchema, signal)) {
    const secrets = items.map(itemOf);
    found.push(...secrets);
    onPage?.(secrets);
  }
  return found;
}

/** The first page, and whether there are more. */
export async function firstSecrets(
  api: KeyVaultApi,
  signal: AbortSignal,
): Promise<{ readonly secrets: readonly Item[]; readonly hasMore: boolean }> {
  const call = { path: 'secrets', permission: 'list' };
  for await (const { items, hasMore } of api.pages(call, itemSchema, signal)) {
    return { secrets: items.map(itemOf), hasMore };
  }
  return { secrets: [], hasMore: false };
}

/** The newest version, or the one named. Throws `NOT_FOUND`. */
export const getSecret = async (
  api: KeyVaultApi,
  name: string,
  signal: AbortSignal,
  version = '',
): Promise<Bundle> =>
  bundleOf(
    await api.call(
      {
        method: 'GET',
        path: `secrets/${named(name)}${version === '' ? '' : `/${encodeURIComponent(version)}`}`,
        secret: name,
        permission: 'get',
      },
      bundleSchema,
      signal,
    ),
  );

/** All versions. The vault returns them by their id, which tells nothing of their order. */
export async function listVersions(
  api: KeyVaultApi,
  name: string,
  signal: AbortSignal,
): Promise<Item[]> {
  const found: Item[] = [];
  const call = { path: `secrets/${named(name)}/versions`, secret: name, permission: 'list' };
  for await (const { items } of api.pages(call, itemSchema, signal)) {
    found.push(...items.map(itemOf));
  }
  return found;
}

export interface NewVersion {
  readonly value: string;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly attributes?: Item['attributes'] | undefined;
}

/** Adds a version, and creates the secret if there is none. Throws `SCHEDULED_FOR_DELETION`. */
export const setSecret = async (
  api: KeyVaultApi,
  name: string,
  { value, contentType, tags, attributes }: NewVersion,
  signal: AbortSignal,
): Promise<Bundle> =>
  bundleOf(
    await api.call(
      {
        method: 'PUT',
        path: `secrets/${named(name)}`,
        body: {
          value,
          tags,
          ...(contentType !== undefined && { contentType }),
          ...(attributes && { attributes }),
        },
        secret: name,
        permission: 'set',
      },
      bundleSchema,
      signal,
    ),
  );

/** Replaces the tags of the newest version, which stays the newest. Throws `NOT_FOUND`. */
export async function setTags(
  api: KeyVaultApi,
  name: string,
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  await api.call(
    {
      method: 'PATCH',
      path: `secrets/${named(name)}`,
      body: { tags },
      secret: name,
      permission: 'set',
    },
    itemSchema,
    signal,
  );
}

/** Deletes a secret. Returns the version that was the newest, and until when it can be recovered. */
export async function deleteSecret(
  api: KeyVaultApi,
  name: string,
  signal: AbortSignal,
): Promise<{
  readonly version: string;
  readonly until: Date | undefined;
  readonly recoverable: boolean;
}> {
  const answer = await api.call(
    { method: 'DELETE', path: `secrets/${named(name)}`, secret: name, permission: 'delete' },
    deletedSchema,
    signal,
  );
  return {
    version: partsOf(answer.id).version,
    recoverable: (answer.recoveryId ?? '') !== '',
    until: dateOf(answer.scheduledPurgeDate),
  };
}

/** A deleted secret, with its newest version; `undefined` if there is none of the name. */
export async function getDeleted(
  api: KeyVaultApi,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly version: string; readonly until: Date | undefined } | undefined> {
  try {
    const { id, scheduledPurgeDate } = await api.call(
      { method: 'GET', path: `deletedsecrets/${named(name)}`, secret: name, permission: 'get' },
      deletedSchema,
      signal,
    );
    return { version: partsOf(id).version, until: dateOf(scheduledPurgeDate) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/** Begins to recover a deleted secret, which takes some seconds. */
export async function recoverSecret(
  api: KeyVaultApi,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await api.call(
    {
      method: 'POST',
      path: `deletedsecrets/${named(name)}/recover`,
      secret: name,
      permission: 'recover',
    },
    z.object({}),
    signal,
  );
}

/** All deleted secrets that can be recovered. */
export async function listDeleted(api: KeyVaultApi, signal: AbortSignal): Promise<Item[]> {
  const found: Item[] = [];
  const call = { path: 'deletedsecrets', permission: 'list' };
  for await (const { items } of api.pages(call, itemSchema, signal)) {
    found.push(...items.map(itemOf));
  }
  return found;
}
