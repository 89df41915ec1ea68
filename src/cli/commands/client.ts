/** `strongroom client …` */
import { AppError } from '@shared/errors';
import { newClientSchema, type Client } from '@shared/model/client';
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
      expiresAt: momentOf(expires, {
        option: '--expires',
        now: context.runtime.now(),
        past: false,
      }),
    }),
  });
  if (data === undefined) {
    const isName = error.issues[0]?.path[0] === 'name';
    throw new AppError('INVALID_INPUT', {
      message: isName ? `“${name}” is no name of a client.` : 'A value of --address is not valid.',
      hint: isName
        ? 'It can have letters, digits, dots, hyphens and underscores, 63 at most.'
        : 'Write an address or a network, such as 10.0.0.0/8.',
    });
  }
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

const namesOf = (given: Client['grants']): string =>
  given.map(({ name }) => name ?? '(deleted)').join(', ');

const viewOf = ({ expiresAt, createdAt, ...client }: Client) => ({
  ...client,
  ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  createdAt: new Date(createdAt).toISOString(),
});
