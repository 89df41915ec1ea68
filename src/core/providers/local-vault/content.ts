/** What the local vault holds, as JSON inside its envelope. */
import { z } from 'zod';
import { AppError } from '@shared/errors';
import { FIRST_FOLDER } from '@shared/providers/facts/local-vault';
import {
  documentFromBytes,
  documentFromText,
  documentToText,
  fingerprint,
  type SecretDocument,
} from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';

/** Version 1 had no folders. */
const VERSION = 2;

/** How long a removed secret can be brought back, in milliseconds. */
export const BIN_KEEPS = 30 * 24 * 60 * 60 * 1000;

const storedSchema = z.union([z.object({ text: z.string() }), z.object({ base64: z.string() })]);

const secretSchema = z.object({
  path: z.string(),
  stored: storedSchema,
  /** Counts the writes of this secret. */
  version: z.number().int(),
  /** Milliseconds since 1970, UTC. */
  modifiedAt: z.number(),
  /** The declared set-up that owns it. */
  owner: z.string().optional(),
});
export type StoredSecret = z.infer<typeof secretSchema>;

const removedSchema = secretSchema.extend({ removedAt: z.number() });
export type RemovedSecret = z.infer<typeof removedSchema>;

// Lists, since an object would move keys such as "1" and lose "__proto__".
const secretsShape = { secrets: z.array(secretSchema), bin: z.array(removedSchema) };

const firstSchema = z.object({ version: z.literal(1), ...secretsShape });

const contentSchema = z.object({
  version: z.literal(VERSION),
  folders: z.array(z.object({ name: z.string(), ...secretsShape })),
});

/** The secrets of a workspace, or of several that share them. */
export interface Folder {
  readonly secrets: Map<string, StoredSecret>;
  /** Removed secrets, the oldest first. */
  bin: RemovedSecret[];
}

export interface Content {
  /** By name. */
  readonly folders: Map<string, Folder>;
}

export const emptyContent = (): Content => ({ folders: new Map() });

/** The folder of this name. It is created if it is missing, and not stored while it is empty. */
export function folderOf({ folders }: Content, name: string): Folder {
  const folder = folders.get(name) ?? { secrets: new Map<string, StoredSecret>(), bin: [] };
  folders.set(name, folder);
  return folder;
}

/** How many secrets there are in all folders, without the bins. */
export const countSecrets = ({ folders }: Content): number =>
  [...folders.values()].reduce((count, { secrets }) => count + secrets.size, 0);

/** Throws `SyntaxError` or a zod error on damage, and `DATA_TOO_NEW`. */
export function parseContent(text: string): Content {
  const json: unknown = JSON.parse(text);
  const { version } = z.object({ version: z.number() }).parse(json);
  if (version > VERSION) throw new AppError('DATA_TOO_NEW');
  const folders =
    version === 1
      ? [{ name: FIRST_FOLDER, ...firstSchema.parse(json) }]
      : contentSchema.parse(json).folders;
  return {
    folders: new Map(
      folders.map(({ name, secrets, bin }) => [
        name,
        { secrets: new Map(secrets.map((secret) => [secret.path, secret])), bin },
      ]),
    ),
  };
}

export const stringifyContent = ({ folders }: Content): string =>
  JSON.stringify({
    version: VERSION,
    folders: [...folders]
      .filter(([, { secrets, bin }]) => secrets.size > 0 || bin.length > 0)
      .map(([name, { secrets, bin }]) => ({ name, secrets: [...secrets.values()], bin })),
  } satisfies z.infer<typeof contentSchema>);

export const toStored = (document: SecretDocument): StoredSecret['stored'] =>
  document.shape === 'binary'
    ? { base64: document.base64.reveal() }
    : { text: documentToText(document) };

export const toDocument = ({ stored }: StoredSecret): SecretDocument =>
  'text' in stored
    ? documentFromText(stored.text)
    : documentFromBytes(Buffer.from(stored.base64, 'base64'));

export const revisionOf = (document: SecretDocument): Revision => asRevision(fingerprint(document));
