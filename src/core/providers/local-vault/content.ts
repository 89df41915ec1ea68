/** What the local vault holds, as JSON inside its envelope. */
import { z } from 'zod';
import { AppError } from '@shared/errors';
import {
  documentFromBytes,
  documentFromText,
  documentToText,
  fingerprint,
  type SecretDocument,
} from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';

const VERSION = 1;

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
});
export type StoredSecret = z.infer<typeof secretSchema>;

const removedSchema = secretSchema.extend({ removedAt: z.number() });
export type RemovedSecret = z.infer<typeof removedSchema>;

// Lists, since an object would move keys such as "1" and lose "__proto__".
const contentSchema = z.object({
  version: z.literal(VERSION),
  secrets: z.array(secretSchema),
  bin: z.array(removedSchema),
});

export interface Content {
  readonly secrets: Map<string, StoredSecret>;
  /** Removed secrets, the oldest first. */
  bin: RemovedSecret[];
}

export const emptyContent = (): Content => ({ secrets: new Map(), bin: [] });

/** Throws `SyntaxError` or a zod error on damage, and `DATA_TOO_NEW`. */
export function parseContent(text: string): Content {
  const json: unknown = JSON.parse(text);
  const { version } = z.object({ version: z.number() }).parse(json);
  if (version > VERSION) throw new AppError('DATA_TOO_NEW');
  const { secrets, bin } = contentSchema.parse(json);
  return { secrets: new Map(secrets.map((secret) => [secret.path, secret])), bin };
}

export const stringifyContent = ({ secrets, bin }: Content): string =>
  JSON.stringify({ version: VERSION, secrets: [...secrets.values()], bin } satisfies z.infer<
    typeof contentSchema
  >);

export const toStored = (document: SecretDocument): StoredSecret['stored'] =>
  document.shape === 'binary'
    ? { base64: document.base64.reveal() }
    : { text: documentToText(document) };

export const toDocument = ({ stored }: StoredSecret): SecretDocument =>
  'text' in stored
    ? documentFromText(stored.text)
    : documentFromBytes(Buffer.from(stored.base64, 'base64'));

export const revisionOf = (document: SecretDocument): Revision => asRevision(fingerprint(document));
