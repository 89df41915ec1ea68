/** The calls of `strongroom serve`, each within the rights of its client. */
import { ORPCError, ValidationError, implement } from '@orpc/server';
import { AppError, isAppError } from '@shared/errors';
import { serveContract } from '@shared/contract/serve';
import { statusFor } from '@shared/contract/serve/statuses';
import { policySentence } from '@shared/model/policy-words';
import { inCall } from '@core/call';
import type { Core } from '@core/core';
import type { RequestRule } from '@shared/model/request';
import type { ClientRow } from '@core/storage/clients';
import type { CallContext } from '../base';
import { bodyView } from '../body-view';
import { orNever } from '../signal';

/** A type alias, because the library does not accept an interface as a context. */
export type ServeContext = CallContext & { readonly client: ClientRow };

/** Bytes of an answer of a service: it is in memory as a whole. */
const LARGEST_ANSWER = 10 * 1024 * 1024;

function toHttpError(thrown: unknown): ORPCError<string, unknown> {
  if (thrown instanceof ORPCError && thrown.defined) return thrown;
  const error = isAppError(thrown) ? thrown : fromLibrary(thrown);
  const { code, message, ...data } = error.report();
  return new ORPCError(code, { status: statusFor(code), defined: true, message, data });
}

function fromLibrary(thrown: unknown): AppError {
  if (!(thrown instanceof ORPCError) || thrown.code !== 'BAD_REQUEST') {
    return new AppError('INTERNAL', { cause: thrown });
  }
  const fields =
    thrown.cause instanceof ValidationError
      ? thrown.cause.issues.map(({ path = [] }) =>
          path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
        )
      : [];
  return new AppError('INVALID_INPUT', {
    message: `The body or the query of the call is not valid${fields.length === 0 ? '' : `: ${fields.join(', ')}`}.`,
    hint: 'GET /openapi.json says what each call takes.',
  });
}

const os = implement(serveContract)
  .$context<ServeContext>()
  .use(async ({ context, next }) => {
    try {
      return await inCall(context, () => next());
    } catch (error) {
      throw toHttpError(error);
    }
  });

export const createServeRouter = (core: Core) => {
  const { grants, requests, audit, lookup, programs, outside } = core;

  /** Throws `NO_SUCH_GRANT` for one that the client was not given too: it does not learn which there are. */
  const grantOf = (client: ClientRow, typed: string, method: string): string => {
    const id = client.grants.find(
      (each) =>
        each === typed.toLowerCase() ||
        rowOrNone(() => grants.row(each, { workspace: client.workspaceId }).name) === typed,
    );
    if (id !== undefined) return id;
    const error = new AppError('NO_SUCH_GRANT', {
      message: `This client has no grant “${typed.slice(0, 100)}”.`,
      hint: 'GET /v1/grants lists those that it has.',
    });
    audit.record({
      event: 'request',
      decision: 'refused',
      rule: 'client' satisfies RequestRule,
      method: method.slice(0, 32),
      error: error.code,
      detail: typed.slice(0, 100),
    });
    throw error;
  };

  /** By name, with their ids. */
  const environmentsOf = ({ environments, workspaceId }: ClientRow): Map<string, string> =>
    new Map(
      environments.flatMap((id) => {
        if (outside !== undefined) return [[id, id] as const];
        const name = rowOrNone(
          () => lookup.environment({ workspace: workspaceId, environment: id }).environment.name,
        );
        return name === undefined ? [] : [[name, id] as const];
      }),
    );

  return os.router({
    grants: os.grants.handler(({ context: { client } }) => ({
      grants: client.grants.flatMap((id) => {
        const grant = rowOrNone(() => grants.find(id, { workspace: client.workspaceId }));
        if (grant === undefined) return [];
        const { name, state, hosts, policy } = grant;
        return [{ id, name, state, hosts, policy: policySentence(policy) }];
      }),
    })),
    request: os.request.handler(async ({ input, context, signal }) => {
      const { reason, headers = [], body: text, base64, ...rest } = input;
      return inCall({ ...context, reason }, async () => {
        if (text !== undefined && base64 !== undefined) {
          throw new AppError('INVALID_INPUT', {
            message: 'Both “body” and “base64” were given.',
            hint: 'Give one of them.',
          });
        }
        const body =
          text === undefined
            ? base64 === undefined
              ? undefined
              : Buffer.from(base64, 'base64')
            : Buffer.from(text);
        const grant = grantOf(context.client, input.grant, input.method);
        const events = requests.send({ grant }, { ...rest, headers, body }, orNever(signal));
        let head: { status: number; url: string; headers: [string, string][] } | undefined;
        let credentialHidden = 0;
        let size = 0;
        const parts: Uint8Array[] = [];
        for await (const event of events) {
          if (event.type === 'head') {
            head = { status: event.status, url: event.url, headers: event.headers };
          } else if (event.type === 'chunk') {
            size += event.bytes.byteLength;
            if (size > LARGEST_ANSWER) throw answerTooLarge();
            parts.push(event.bytes);
          } else if (event.type === 'end') credentialHidden = event.replaced;
        }
        if (head === undefined) throw new AppError('INTERRUPTED');
        return { ...head, ...bodyView(Buffer.concat(parts)), credentialHidden };
      });
    }),
    environments: os.environments.handler(({ context: { client } }) => ({
      environments: [...environmentsOf(client).keys()],
    })),
    variables: os.variables.handler(async ({ input, context: { client }, signal }) => {
      const id = environmentsOf(client).get(input.environment);
      if (id === undefined) {
        throw new AppError('NO_SUCH_ENVIRONMENT', {
          message: `This client has no environment “${input.environment.slice(0, 100)}”.`,
          hint: 'GET /v1/environments lists those that it has.',
        });
      }
      const variables = await valuesOf(id, client.workspaceId, orNever(signal));
      // Nothing leaves before the audit has its line.
      await audit.recordTogether({
        event: 'exported',
        workspaceId: client.workspaceId,
        environment: input.environment,
        detail: `${String(variables.length)} values`,
      });
      return { variables };
    }),
  });

  async function valuesOf(
    environment: string,
    workspace: string,
    signal: AbortSignal,
  ): Promise<{ key: string; value: string }[]> {
    if (outside !== undefined) {
      const values = await outside.values(environment, { fresh: true, signal });
      return [...values].map(([key, value]) => ({ key, value: value.reveal() }));
    }
    const { expands = false } = lookup.environment({ workspace, environment }).environment;
    const wanted = { workspace, environments: [environment], assigned: [], expand: expands };
    const { variables } = await programs.variables(wanted, signal);
    return variables.map(({ key, value }) => ({ key, value }));
  }
};

/** `undefined` for what was deleted. */
function rowOrNone<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

const answerTooLarge = (): AppError =>
  new AppError('RESPONSE_TOO_LARGE', {
    message: `The answer of the service is larger than ${String(LARGEST_ANSWER / (1024 * 1024))} MiB.`,
    hint: 'Ask the service for less at a time.',
  });
