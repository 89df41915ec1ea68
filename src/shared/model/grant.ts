/**
 * A grant: a credential that programs can use in requests, and never read. Its values are not here: they go in, and
 * no call returns one.
 */
import { z } from 'zod';
import { hostRuleSchema } from './host-rule';
import { parseNetwork } from './ip';
import { policySchema } from './policy';

const credentialTypes = ['bearer', 'api-key', 'basic', 'sigv4'] as const;
export type CredentialType = (typeof credentialTypes)[number];

/** A token of RFC 9110, 5.6.2. */
const headerNameSchema = z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/);

/** Text with `{name}` in place of a secret. No line break: it goes into a header. */
const formatSchema = z
  .string()
  .max(2000)
  .regex(/^[\t\u{20}-\u{7e}\u{a0}-\u{ff}]*$/u);

const injectionRuleSchema = z.discriminatedUnion('place', [
  z.object({ place: z.literal('header'), name: headerNameSchema, format: formatSchema }),
  z.object({
    place: z.literal('query'),
    name: z.string().regex(/^[\w.~[\]-]{1,100}$/),
    format: formatSchema,
  }),
]);
export type InjectionRule = z.infer<typeof injectionRuleSchema>;

export const secretNameSchema = z.string().regex(/^[A-Za-z]\w{0,40}$/);

/** A network that the grant may reach although it is not public, such as `10.0.0.0/8`. */
const networkSchema = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, 'This is no address or network.');

export const grantSettingsSchema = z.object({
  type: z.enum(credentialTypes),
  /** The id of the template that it was made from. */
  template: z.string().optional(),
  /** Of an API key. Default: `X-API-Key`, unless a rule puts the key elsewhere. */
  header: headerNameSchema.optional(),
  /** Of an API key: default `{token}`. Of Basic: default `{username}:{password}`, before it is encoded. */
  format: formatSchema.optional(),
  /** Of SigV4. */
  region: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .optional(),
  /** Of SigV4: the name that signatures have, such as `s3` or `execute-api`. */
  service: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .optional(),
  /** Further headers and query parameters; one without a secret is fixed, such as the version of an API. */
  rules: z.array(injectionRuleSchema).max(20),
  hosts: z.array(hostRuleSchema).min(1).max(50),
  networks: z.array(networkSchema).max(20),
  policy: policySchema,
});
export type GrantSettings = z.infer<typeof grantSettingsSchema>;

export const grantNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u);

/** Where a secret of a grant comes from. */
export const secretSourceSchema = z.union([
  z.object({
    value: z
      .string()
      .min(1)
      .max(64 * 1024),
  }),
  /** A variable of an environment of the same workspace, read at each use. */
  z.object({ environment: z.string().min(1), key: z.string().min(1) }),
]);
export type SecretSource = z.infer<typeof secretSourceSchema>;

/** A secret of a grant, without its value. */
const grantSecretSchema = z.object({
  name: secretNameSchema,
  /** The variable that it is read from; absent if it is stored. */
  reference: z.object({ environment: z.string(), key: z.string() }).optional(),
});

const grantStates = ['active', 'disabled', 'expired', 'ended'] as const;
export type GrantState = (typeof grantStates)[number];

export const grantSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** The name of its workspace. */
  workspace: z.string(),
  state: z.enum(grantStates),
  ...grantSettingsSchema.shape,
  secrets: z.array(grantSecretSchema),
  /** The grant that it is a clone of. */
  original: z.object({ id: z.uuid(), name: z.string().optional() }).optional(),
  /** Milliseconds since 1970, UTC. */
  createdAt: z.number(),
  changedAt: z.number(),
  /** When a secret was replaced last; absent for a clone, which uses those of its original. */
  rotatedAt: z.number().optional(),
  /** When it was used last; absent if it never was. */
  usedAt: z.number().optional(),
});
export type Grant = z.infer<typeof grantSchema>;

const PLACEHOLDER = /\{([A-Za-z]\w*)\}/g;

/** The names of the secrets in a format. */
export const placeholdersIn = (format: string): string[] =>
  [...format.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

/** Replaces `{name}` by its value. */
export const filled = (format: string, valueOf: (name: string) => string): string =>
  format.replaceAll(PLACEHOLDER, (_, name: string) => valueOf(name));

/** A rule that puts a credential into a request; with `basic`, its text is encoded for HTTP Basic. */
export type Injection = InjectionRule & { readonly basic?: true };

const DEFAULT_HEADER = 'X-API-Key';

/** Every rule of a grant, the one of its type first. SigV4 has none: it signs the whole request. */
export function injectionsOf({ type, header, format, rules }: GrantSettings): Injection[] {
  const own = { place: 'header', name: 'Authorization' } as const;
  switch (type) {
    case 'bearer':
      return [{ ...own, format: 'Bearer {token}' }, ...rules];
    case 'basic':
      return [{ ...own, format: format ?? '{username}:{password}', basic: true }, ...rules];
    case 'api-key': {
      const isElsewhere = rules.some((rule) => placeholdersIn(rule.format).length > 0);
      if (header === undefined && isElsewhere) return [...rules];
      return [
        { place: 'header', name: header ?? DEFAULT_HEADER, format: format ?? '{token}' },
        ...rules,
      ];
    }
    case 'sigv4':
      return [...rules];
  }
}

const SIGV4_SECRETS = ['accessKeyId', 'secretAccessKey'] as const;

/** The names of the secrets that a grant needs, in the order in which a person is asked for them. */
export function secretNamesOf(settings: GrantSettings): string[] {
  const inRules = injectionsOf(settings).flatMap(({ format }) => placeholdersIn(format));
  return [...new Set([...(settings.type === 'sigv4' ? SIGV4_SECRETS : []), ...inRules])];
}

/** The secrets that a grant may have beside those that it needs. */
const optionalSecretsOf = ({ type }: GrantSettings): string[] =>
  type === 'sigv4' ? ['sessionToken'] : [];

/** Every secret that a grant can have. */
export const knownSecretsOf = (settings: GrantSettings): string[] => [
  ...secretNamesOf(settings),
  ...optionalSecretsOf(settings),
];

/** Names of users and keys: stored like secrets, but not hidden in answers, which would be full of gaps. */
const VISIBLE: ReadonlySet<string> = new Set(['username', 'accessKeyId']);

export const isHidden = (name: string): boolean => !VISIBLE.has(name);
