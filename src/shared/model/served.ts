/** The grants and clients of a configuration, for a server that keeps no data. */
import { z } from 'zod';
import { AppError } from '../errors';
import { clientNameSchema, newClientSchema, tokenHashSchema, type NewClient } from './client';
import {
  grantNameSchema,
  grantSettingsSchema,
  secretNameSchema,
  type GrantSettings,
} from './grant';
import { parseHours, policySchema } from './policy';

const referenceSchema = z.strictObject({ vault: z.string().min(1), key: z.string().min(1) });

const timeSchema = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const hoursSchema = z.string().transform((text, context) => {
  const hours = parseHours(text);
  if (hours !== undefined) return hours;
  context.addIssue('Write hours such as mon-fri 09:00-17:00 Europe/Berlin.');
  return z.NEVER;
});

const { clients, methods, paths, addresses, rate } = policySchema.shape;

const declaredPolicySchema = z.strictObject({
  clients,
  methods,
  paths,
  addresses,
  rate,
  hours: z.array(hoursSchema).min(1).max(20).optional(),
  expires: timeSchema.optional(),
});

const rulesSchema = z.record(z.string(), z.string());

const declaredGrantSchema = z.strictObject({
  id: z.uuid().optional(),
  type: grantSettingsSchema.shape.type.default('bearer'),
  hosts: grantSettingsSchema.shape.hosts,
  secrets: z.record(secretNameSchema, referenceSchema),
  header: grantSettingsSchema.shape.header,
  format: grantSettingsSchema.shape.format,
  region: grantSettingsSchema.shape.region,
  service: grantSettingsSchema.shape.service,
  headers: rulesSchema.optional(),
  query: rulesSchema.optional(),
  networks: grantSettingsSchema.shape.networks.optional(),
  policy: declaredPolicySchema.optional(),
});

const declaredClientSchema = z.strictObject({
  tokenHash: tokenHashSchema,
  grants: z.array(z.string()).optional(),
  vaults: z.array(z.string()).optional(),
  addresses: newClientSchema.shape.addresses,
  expires: timeSchema.optional(),
});

export interface ServedGrant {
  /** Absent if it follows from the name. */
  readonly id: string | undefined;
  readonly name: string;
  readonly settings: GrantSettings;
  readonly secrets: Readonly<
    Record<string, { readonly environment: string; readonly key: string }>
  >;
}

export interface Served {
  readonly grants: readonly ServedGrant[];
  /** `grants` are names of grants, and `environments` names of vaults. */
  readonly clients: readonly (NewClient & { readonly tokenHash: string })[];
}

/** Throws `INVALID_INPUT`, which names the place, and `VALUE_UNSET` for a client without the hash of a token. */
export function readServed(config: {
  readonly grants?: unknown;
  readonly clients?: unknown;
}): Served {
  const grants = entriesOf(config.grants, 'grants').map(([name, value]) =>
    grantOf(parsed(`grants.${name}`, grantNameSchema, name), value),
  );
  const names = grants.map(({ name }) => name);
  const clients = entriesOf(config.clients, 'clients').map(([name, value]) =>
    clientOf(parsed(`clients.${name}`, clientNameSchema, name), value, names),
  );
  if (clients.length === 0) {
    throw refused(
      'The configuration has no clients.',
      'Without one, nobody could call the server.',
    );
  }
  return { grants, clients };
}

function grantOf(name: string, value: unknown): ServedGrant {
  const { id, secrets, headers, query, policy, networks, ...given } = parsed(
    `grants.${name}`,
    declaredGrantSchema,
    value,
  );
  const { expires, ...rules } = policy ?? {};
  const deny = 'deny' as const;
  return {
    id,
    name,
    settings: {
      ...given,
      networks: networks ?? [],
      rules: [
        ...Object.entries(headers ?? {}).map(([header, format]) => ({
          place: 'header' as const,
          name: header,
          format,
        })),
        ...Object.entries(query ?? {}).map(([parameter, format]) => ({
          place: 'query' as const,
          name: parameter,
          format,
        })),
      ],
      policy: {
        ...rules,
        callers: { window: deny, cli: deny, sdk: deny, mcp: deny, serve: 'allow' },
        ...(expires !== undefined && { expiresAt: expires }),
      },
    },
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([secret, { vault, key }]) => [
        secret,
        { environment: vault, key },
      ]),
    ),
  };
}

function clientOf(
  name: string,
  value: unknown,
  known: readonly string[],
): Served['clients'][number] {
  const isUnset =
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly tokenHash?: unknown }).tokenHash === undefined;
  if (isUnset) {
    throw new AppError('VALUE_UNSET', {
      message: `The client ${name} has no “tokenHash”.`,
      details: { field: name },
    });
  }
  const given = parsed(`clients.${name}`, declaredClientSchema, value);
  const { tokenHash, grants = [], vaults = [], addresses, expires } = given;
  const unknown = grants.find((grant) => !known.includes(grant));
  if (unknown !== undefined) {
    throw refused(
      `clients.${name} names the grant “${unknown}”, which the configuration does not have.`,
      known.length === 0 ? 'It declares no grants.' : `Declared: ${known.join(', ')}.`,
    );
  }
  return {
    name,
    tokenHash,
    grants,
    environments: vaults,
    ...(addresses !== undefined && { addresses }),
    ...(expires !== undefined && { expiresAt: expires }),
  };
}

function entriesOf(value: unknown, what: string): [string, unknown][] {
  if (value === undefined) return [];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw refused(`“${what}” must be an object, by name.`, 'Look at the configuration.');
}

function parsed<T>(place: string, schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const path = [place, ...(issue?.path ?? []).map(String)].join('.');
  throw refused(`“${path}” is not valid.`, issue?.message ?? 'Look at the configuration.');
}

const refused = (message: string, hint: string): AppError =>
  new AppError('INVALID_INPUT', { message, hint });
