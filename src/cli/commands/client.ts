/** `strongroom client …` */
import { AppError } from '@shared/errors';
import {
  clientChangesSchema,
  newClientSchema,
  type Client,
  type ClientChanges,
} from '@shared/model/client';
import type { ZodError } from 'zod';
import type { Context } from '../context';
import { momentOf } from '../moment';
import { table } from '../output';

interface CreateOptions {
  readonly grant?: readonly string[];
  readonly env?: readonly string[];
  readonly address?: readonly string[];
  readonly expires?: string;
}

/** The token goes to standard output, so that it can be piped to where it is needed. */
export async function create(
  context: Context,
  { grant = [], env = [], address, expires }: CreateOptions,
  name: string,
): Promise<void> {
  const { data, error } = newClientSchema.safeParse({
    name,
    grants: grant,
    environments: env,
    ...(address !== undefined && { addresses: address }),
    ...(expires !== undefined && {
      expiresAt: momentIn(context, expires),
    }),
  });
  if (data === undefined) throw unusable(error, name);
  await context.withCore(async (core) => {
    const { client, token } = await core.client.clients.create(
      { ...context.workspace, ...data },
      core.options,
    );
    const { output } = context;
    await output.say(`Created the client “${client.name}”. Its token is shown only now.`);
    await output.result({ ...viewOf(client), token }, () => token);
  });
}

export async function list(context: Context): Promise<void> {
  await context.withCore(async (core) => {
    const clients = await core.client.clients.list(undefined, core.options);
    await context.output.result(clients.map(viewOf), () =>
      table([
        ['NAME', 'WORKSPACE', 'GRANTS', 'ENVIRONMENTS', 'FROM', 'EXPIRES'],
        ...clients.map((client) => [
          client.name,
          client.workspace,
          namesOf(client.grants),
          namesOf(client.environments),
          client.addresses?.join(', ') ?? 'anywhere',
          viewOf(client).expiresAt ?? 'never',
        ]),
      ]),
    );
  });
}

interface UpdateOptions extends CreateOptions {
  readonly name?: string;
  readonly clear?: string;
}

/** What `--clear` can take away. */
const clearable = {
  grants: { grants: [] },
  environments: { environments: [] },
  addresses: { addresses: null },
  expiry: { expiresAt: null },
} as const satisfies Readonly<Record<string, ClientChanges>>;

const isClearable = (name: string): name is keyof typeof clearable =>
  Object.hasOwn(clearable, name);

export async function update(
  context: Context,
  { name, grant, env, address, expires, clear = '' }: UpdateOptions,
  client: string,
): Promise<void> {
  const cleared = clear
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      if (isClearable(one)) return clearable[one];
      throw new AppError('INVALID_INPUT', {
        message: `--clear does not accept “${one}”.`,
        hint: `It accepts ${Object.keys(clearable).join(', ')}.`,
      });
    });
  const { data, error } = clientChangesSchema.safeParse({
    ...Object.assign({}, ...cleared),
    ...(name !== undefined && { name }),
    ...(grant !== undefined && { grants: grant }),
    ...(env !== undefined && { environments: env }),
    ...(address !== undefined && { addresses: address }),
    ...(expires !== undefined && { expiresAt: momentIn(context, expires) }),
  });
  if (data === undefined) throw unusable(error, name ?? '');
  if (Object.keys(data).length === 0) {
    throw new AppError('INVALID_INPUT', {
      message: 'No changes were given.',
      hint: 'Give --name, --grant, --env, --address, --expires or --clear.',
    });
  }
  await context.withCore(async (core) => {
    const changed = await core.client.clients.update({ client, ...data }, core.options);
    await context.output.done(
      viewOf(changed),
      `Changed the client “${changed.name}”. Its token stays the same.`,
    );
  });
}

export async function revoke(context: Context, _: unknown, name: string): Promise<void> {
  await context.withCore(async (core) => {
    const client = await core.client.clients.revoke({ client: name }, core.options);
    await context.output.done(
      viewOf(client),
      `Revoked the client “${client.name}”. Its token no longer works.`,
    );
  });
}

/** Makes a token for a client of a configuration, and stores nothing. */
export async function token(context: Context): Promise<void> {
  const { newToken } = await import('@core/clients/client-service');
  const { token: made, hash } = newToken();
  await context.output.result({ token: made, hash }, () => `${made}\n${hash}`);
  if (!context.output.json) {
    await context.output.say(
      'First the token, for the client; then its hash, for “tokenHash” of the configuration.',
    );
  }
}

const momentIn = ({ runtime }: Context, expires: string): number =>
  momentOf(expires, { option: '--expires', now: runtime.now(), past: false });

function unusable({ issues }: ZodError, name: string): AppError {
  const isName = issues[0]?.path[0] === 'name';
  return new AppError('INVALID_INPUT', {
    message: isName
      ? `“${name}” is not a valid client name.`
      : 'A value of --address is not valid.',
    hint: isName
      ? 'It can have letters, digits, dots, hyphens and underscores, 63 at most.'
      : 'Write an address or a network, such as 10.0.0.0/8.',
  });
}

const namesOf = (given: Client['grants']): string =>
  given.map(({ name }) => name ?? '(deleted)').join(', ');

const viewOf = ({ expiresAt, createdAt, ...client }: Client) => ({
  ...client,
  ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  createdAt: new Date(createdAt).toISOString(),
});
