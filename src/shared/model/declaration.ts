/**
 * A declared set-up: the vaults that a configuration defines, with their secrets, and the rules for the plan that
 * makes a store equal to it. A vault is an environment. A plan holds names, and never a value.
 */
import { z } from 'zod';
import { AppError } from '../errors';
import { environmentNameSchema } from './names';
import { errorReportSchema } from './error-report';

/** Fits a tag of AWS and Azure, a label of Google and the metadata of KV v2 as it is. */
const configNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'It can have small letters, digits, hyphens and underscores, 63 at most.',
  );

/** A secret of a vault, which may be another one than those declared. */
const secretReferenceSchema = z.strictObject({ vault: z.string(), key: z.string() });
export type SecretReference = z.infer<typeof secretReferenceSchema>;

const contentSchema = z.union([
  z.strictObject({ value: z.string() }),
  z.strictObject({ reference: secretReferenceSchema }),
  /** The name is declared; somebody else sets the value. */
  z.strictObject({ external: z.literal(true) }),
]);
export type DeclaredContent = z.infer<typeof contentSchema>;

const declaredSecretSchema = z.object({ name: z.string().min(1), content: contentSchema });

const declaredVaultSchema = z.object({
  vault: environmentNameSchema,
  secrets: z.array(declaredSecretSchema),
});
export type DeclaredVault = z.infer<typeof declaredVaultSchema>;

export const declarationSchema = z.object({
  /** The name of the configuration, which marks what it owns. */
  name: configNameSchema,
  vaults: z.array(declaredVaultSchema),
});
export type Declaration = z.infer<typeof declarationSchema>;

/** A secret whose value is `undefined`, usually since an environment variable is not set. */
export interface UnsetSecret {
  readonly vault: string;
  readonly name: string;
}

/**
 * Reads what `defineSecretManager` was given: vault → name → text, reference or `external`. `variableOf` says
 * which environment variable an unset secret reads, if it can be known. Throws `VALUE_UNSET`, which names every
 * secret without a value, and `INVALID_INPUT`.
 */
export function readDeclaration(
  name: string,
  vaults: unknown,
  variableOf: (unset: UnsetSecret) => string | undefined = () => undefined,
): Declaration {
  const parsedName = configNameSchema.safeParse(name);
  if (!parsedName.success) {
    throw refused(
      `The configuration cannot be named “${name}”.`,
      parsedName.error.issues[0]?.message ?? '',
    );
  }
  const unset: UnsetSecret[] = [];
  const read = entriesIn(vaults, 'The secrets').map(([vault, secrets]) => ({
    vault: readVaultName(vault),
    secrets: entriesIn(secrets, `The vault ${vault}`).flatMap(([secret, value]) => {
      if (secret === '') throw refused(`A secret of the vault ${vault} has no name.`, 'Name it.');
      // An environment variable that is not set must not pass for a secret that is not declared.
      if (value === undefined || value === null) {
        unset.push({ vault, name: secret });
        return [];
      }
      return [{ name: secret, content: contentOf(vault, secret, value) }];
    }),
  }));
  if (unset.length > 0) throw unsetValues(unset, variableOf);
  const declared = { name: parsedName.data, vaults: read };
  for (const { vault, secrets } of read) {
    for (const secret of secrets) follow(declared, { vault, key: secret.name });
  }
  return declared;
}

function readVaultName(vault: string): string {
  const parsed = environmentNameSchema.safeParse(vault);
  if (parsed.success && parsed.data === vault) return vault;
  throw refused(
    `A vault cannot be called “${vault}”.`,
    parsed.error?.issues[0]?.message ?? 'Leave out the spaces around its name.',
  );
}

function entriesIn(value: unknown, what: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw refused(`${what} must be an object of names and values.`, 'Look at the configuration.');
}

function contentOf(vault: string, name: string, value: unknown): DeclaredContent {
  if (typeof value === 'string') return { value };
  if (z.object({ external: z.literal(true) }).safeParse(value).success) return { external: true };
  const reference = secretReferenceSchema.safeParse(value);
  if (reference.success) return { reference: reference.data };
  throw refused(
    `The secret ${name} of the vault ${vault} is neither text, nor a reference, nor external.`,
    'Give it a text, { vault, key }, or external.',
  );
}

function unsetValues(
  unset: readonly UnsetSecret[],
  variableOf: (unset: UnsetSecret) => string | undefined,
): AppError {
  const sentences = unset.map((each) => {
    const variable = variableOf(each);
    const reads = variable === undefined ? '' : `: the variable ${variable} is not set`;
    return `The secret ${each.name} of the vault ${each.vault} has no value${reads}.`;
  });
  return new AppError('VALUE_UNSET', {
    message: sentences.join(' '),
    details: { field: unset[0]?.name },
  });
}

const refused = (message: string, hint: string): AppError =>
  new AppError('INVALID_INPUT', { message, hint });

/** Where a declared value comes from in the end: the configuration, or a secret in a store. */
export type Source = { readonly value: string } | { readonly stored: SecretReference };

/**
 * Follows a reference, through the declared vaults. `undefined` for a declared name that is external. Throws
 * `INVALID_INPUT` for references in a circle, and to a secret that a declared vault does not have.
 */
export function follow({ vaults }: Declaration, start: SecretReference): Source | 'external' {
  const passed: SecretReference[] = [];
  let at = start;
  for (;;) {
    const { vault, key } = at;
    const name = `${vault}/${key}`;
    if (passed.some((each) => each.vault === vault && each.key === key)) {
      const circle = [...passed, at].map((each) => `${each.vault}/${each.key}`).join(' → ');
      throw refused(`The references go round in a circle: ${circle}.`, 'Give one of them a value.');
    }
    const declared = vaults.find((each) => each.vault === vault);
    if (declared === undefined) return { stored: at };
    const content = declared.secrets.find((each) => each.name === key)?.content;
    if (content === undefined) {
      throw refused(
        `A reference names ${name}, which the configuration does not have.`,
        'Check its spelling, or declare it.',
      );
    }
    if ('value' in content) return content;
    if ('external' in content) return passed.length === 0 ? 'external' : { stored: at };
    passed.push(at);
    at = content.reference;
  }
}

const secretActions = ['create', 'update', 'delete', 'unchanged', 'missing'] as const;
/** `missing`: it is external, and nobody has set it yet. */
export type SecretAction = (typeof secretActions)[number];

const vaultActions = ['create', 'adopt', 'update', 'release', 'unchanged'] as const;
/**
 * `adopt`: the vault holds secrets and is not owned by this configuration. `release`: it is owned and no longer
 * declared; its secrets stay. `update` without a change of a secret only completes the mark.
 */
export type VaultAction = (typeof vaultActions)[number];

const plannedVaultSchema = z.object({
  vault: z.string(),
  action: z.enum(vaultActions),
  /** Sorted by name. */
  secrets: z.array(z.object({ name: z.string(), action: z.enum(secretActions) })),
  /** The configuration that owns it now, if that is another one. */
  owner: z.string().optional(),
  /** Whether everything that is in it now is deleted. */
  empties: z.boolean(),
});
export type PlannedVault = z.infer<typeof plannedVaultSchema>;

/** The plan for one vault, and the state that it was made for. */
export const vaultPlanSchema = z.union([
  plannedVaultSchema.extend({
    /** Differs as soon as anything differs that the plan depends on. */
    base: z.string(),
    /** The path at the provider; absent for a vault on this computer. */
    path: z.string().optional(),
    /** Why its mark has to be kept on this computer, if it has. */
    markedHere: z.enum(['local', 'not-supported', 'not-permitted']).optional(),
  }),
  /** It could not be read. */
  z.object({ vault: z.string(), problem: errorReportSchema }),
]);
export type VaultPlan = z.infer<typeof vaultPlanSchema>;

/** What a vault holds, as far as the plan depends on it. */
export interface FoundVault {
  readonly exists: boolean;
  /** The configuration that owns it. */
  readonly owner: string | undefined;
  /** Whether the mark of the owner is complete. */
  readonly isMarked: boolean;
  /** By name: whether it has the value that is declared for it. What that is for other names does not count. */
  readonly secrets: ReadonlyMap<string, boolean>;
}

/** Plans a declared vault for the configuration `config`. */
export function planVault(
  config: string,
  { vault, secrets: declared }: DeclaredVault,
  found: FoundVault,
): PlannedVault {
  const names = new Set(declared.map(({ name }) => name));
  const secrets = [
    ...declared.map(({ name, content }) => ({ name, action: actionFor(content, name, found) })),
    ...[...found.secrets.keys()]
      .filter((name) => !names.has(name))
      .map((name) => ({ name, action: 'delete' as const })),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const deleted = secrets.filter(({ action }) => action === 'delete').length;
  return {
    vault,
    action: actionOn(
      config,
      found,
      secrets.some(({ action }) => isChange(action)),
    ),
    secrets,
    ...(found.owner !== undefined && found.owner !== config && { owner: found.owner }),
    empties: deleted > 0 && deleted === found.secrets.size,
  };
}

function actionFor(content: DeclaredContent, name: string, { secrets }: FoundVault): SecretAction {
  const isSame = secrets.get(name);
  if ('external' in content) return isSame === undefined ? 'missing' : 'unchanged';
  if (isSame === undefined) return 'create';
  return isSame ? 'unchanged' : 'update';
}

function actionOn(config: string, found: FoundVault, changes: boolean): VaultAction {
  if (found.owner === config) {
    if (!found.exists) return 'create';
    return changes || !found.isMarked ? 'update' : 'unchanged';
  }
  // There is nothing to take over from an empty one.
  return found.secrets.size === 0 && found.owner === undefined ? 'create' : 'adopt';
}

/** A vault that is owned and no longer declared: it is released, and its secrets stay. */
export const planRelease = (vault: string): PlannedVault => ({
  vault,
  action: 'release',
  secrets: [],
  empties: false,
});

/** Whether an action on a secret changes it. */
export const isChange = (action: SecretAction): boolean =>
  action === 'create' || action === 'update' || action === 'delete';

/** Whether there is anything to apply. */
export const hasChanges = ({ action }: Pick<PlannedVault, 'action'>): boolean =>
  action !== 'unchanged';

/** How many secrets each action concerns. */
export function countSecrets(
  vaults: readonly Pick<PlannedVault, 'secrets'>[],
): Readonly<Record<SecretAction, number>> {
  const counts = { create: 0, update: 0, delete: 0, unchanged: 0, missing: 0 };
  for (const { secrets } of vaults) for (const { action } of secrets) counts[action] += 1;
  return counts;
}

/** How applying the plan of a vault ended. */
export const appliedVaultSchema = z.object({
  vault: z.string(),
  outcome: z.enum(['applied', 'unchanged', 'failed']),
  /** Why it failed. */
  error: errorReportSchema.optional(),
  /** Why the mark of the owner is kept on this computer, if it is. */
  markedHere: z.enum(['local', 'not-supported', 'not-permitted']).optional(),
});
export type AppliedVault = z.infer<typeof appliedVaultSchema>;
export type MarkedHere = NonNullable<AppliedVault['markedHere']>;
