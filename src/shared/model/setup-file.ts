/**
 * The set-up of a workspace as a file: where it keeps its values, its environments, and its grants. It holds no
 * secret, and fits into version control: JSON, in an order that changes only if the set-up does.
 */
import { z } from 'zod';
import { providerIds } from '../providers/descriptor';
import { AppError } from '../errors';
import { environmentNameSchema } from './names';
import { expectedVariablesSchema, noteSchema } from './expected';
import { formValuesSchema } from './form-values';
import { grantNameSchema, grantSettingsSchema, secretNameSchema } from './grant';
import { formatReference, parseReference } from './reference';
import { workspaceNameSchema } from './names';

/** Characters of a file, at most: it has to fit into one message of a program. */
export const SETUP_FILE_MAX = 700_000;

/** `@ENV/NAME`. */
const referenceSchema = z
  .string()
  .refine((text) => parseReference(text)?.vault !== undefined, 'This is no reference @ENV/NAME.');

const environmentSchema = z.strictObject({
  name: environmentNameSchema,
  /** The path at the provider; absent for an environment that is on each computer only. */
  path: z.string().min(1).max(2000).optional(),
  /** Whether `{{NAME}}` is replaced in values. */
  expands: z.boolean().optional(),
  /** Keys of variables that are shown. */
  plain: z.array(z.string()).optional(),
  /** Keys of variables that are hidden although their kind is not. */
  secret: z.array(z.string()).optional(),
  /** Keys of variables that programs do not get. */
  disabled: z.array(z.string()).optional(),
  /** By key, what a variable is for. */
  notes: z.record(z.string(), noteSchema.min(1)).optional(),
  /** Of an environment without a path: its variables that refer to another. */
  references: z.record(z.string(), referenceSchema).optional(),
});
export type SetupEnvironment = z.infer<typeof environmentSchema>;

const grantSchema = z.strictObject({
  name: grantNameSchema,
  ...grantSettingsSchema.shape,
  /** The variable that a secret is read from; `null`: each person enters it. */
  secrets: z.record(secretNameSchema, referenceSchema.nullable()),
});
export type SetupGrant = z.infer<typeof grantSchema>;

const setupFileSchema = z.strictObject({
  /** The version of the format. */
  strongroom: z.literal(1),
  workspace: workspaceNameSchema,
  connection: z.strictObject({ provider: z.enum(providerIds), settings: formValuesSchema }),
  environments: z.array(environmentSchema).max(20_000),
  /** The variables that the environments are expected to have. */
  expected: expectedVariablesSchema.optional(),
  grants: z.array(grantSchema).max(1000),
});
export type SetupFile = z.infer<typeof setupFileSchema>;

/** What importing a file does, or would do, with one part of it. Nothing that is there is changed. */
export const setupChangeSchema = z.object({
  kind: z.enum(['workspace', 'connection', 'environment', 'expected', 'grant']),
  name: z.string(),
  /** `kept`: what is there differs from the file, and stays as it is. */
  action: z.enum(['added', 'same', 'kept']),
  /** What is added or differs, in a few words. */
  detail: z.string().optional(),
  /** The names of the secrets of a grant that each person enters. */
  toEnter: z.array(z.string()).min(1).optional(),
});
export type SetupChange = z.infer<typeof setupChangeSchema>;

export const setupText = (file: SetupFile): string => `${JSON.stringify(file, undefined, 2)}\n`;

/** Throws `INVALID_INPUT`, with the place in the file. */
export function parseSetup(text: string): SetupFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('INVALID_INPUT', {
      message: 'This file is not JSON.',
      likelyCause: error instanceof Error ? withoutContent(error.message) : undefined,
      hint: 'Take a file that “strongroom workspace export” has written.',
    });
  }
  const version = z.object({ strongroom: z.number().int().min(2) }).safeParse(json);
  if (version.success) {
    throw new AppError('INVALID_INPUT', {
      message: `This file was written by a later Strongroom (format ${String(version.data.strongroom)}).`,
      hint: 'Update Strongroom, then import the file again.',
    });
  }
  const parsed = setupFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  throw new AppError('INVALID_INPUT', {
    message: `This is no set-up of Strongroom${place === '' ? '' : `: see ${place}`}.`,
    ...(issue !== undefined && { likelyCause: issue.message }),
    hint: 'Correct the file, or export it again.',
  });
}

/** Node quotes the text around the mistake, which may be anything. */
const withoutContent = (message: string): string | undefined =>
  /at position \d+( \(line \d+ column \d+\))?/
    .exec(message)?.[0]
    .replace(/^at/, 'The mistake is at');

export const referenceText = (environment: string, key: string): string =>
  formatReference({ vault: environment, key });
