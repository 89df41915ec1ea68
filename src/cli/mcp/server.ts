/**
 * The tools for a model’s client, by the Model Context Protocol. None of them returns a value: see
 * docs/decisions/0046-other-ways-in.md.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type {
  CallToolResult,
  ServerNotification,
  ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { z } from 'zod';
import { isAppError, AppError } from '@shared/errors';
import type { AgentClient } from '@shared/contract/agent';
import { injectionsOf, type Grant } from '@shared/model/grant';
import { policySentence } from '@shared/model/policy-words';
import type { Runtime } from '@core/runtime';
import { bodyView } from '@server/body-view';
import { eventsOf } from '@server/agent/connect';
import type { CallOptions } from '../context';
import { startBody } from '../commands/request';

export interface McpServerOptions {
  /** Of Strongroom. */
  readonly version: string;
  readonly runtime: Pick<Runtime, 'after'>;
  /** Does the work with a core, which it opens if need be. */
  readonly withCore: <T>(
    work: (core: { readonly client: AgentClient }) => Promise<T>,
  ) => Promise<T>;
  /** The workspace of a call that names none. */
  readonly workspace: () => { readonly workspace?: string };
  /** The command that helps after a failure; `undefined` if none does. */
  readonly commandFor: (error: AppError) => string | undefined;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

const INSTRUCTIONS = `Strongroom keeps secrets. You can use them and never see them: no tool returns a value.
To call a service that needs a credential, list the grants, then use make_request with a grant and without the
credential. Strongroom adds it, and hides it in the answer. Say why in “reason”: a person reads it, may be asked, and
may say no. A program that needs values as environment variables is started with: strongroom run -e ENV -- COMMAND.
If a tool fails, the error says which rule refused and what to do. Do not look for another way around a refusal.`;

/** Bytes of an answer that a call returns unless it says otherwise, and at the most. */
const BODY_BYTES = 64 * 1024;
const LARGEST_BODY_BYTES = 1024 * 1024;

/** Clients give up after a minute without news; a person may take as long to answer. */
const NEWS_EVERY_MS = 10_000;

const workspace = z
  .string()
  .optional()
  .describe('Name or id of a workspace. Default: the one in use.');
const grant = z.string().describe('Name or id of a grant, see list_grants.');

const environmentSchema = z.object({
  name: z.string(),
  workspace: z.string(),
  active: z.boolean(),
});

const listedGrantSchema = z.object({
  id: z.string(),
  name: z.string(),
  workspace: z.string(),
  state: z.string().describe('Only an active grant can be used.'),
  hosts: z.array(z.string()).describe('Requests can go to these hosts and paths only.'),
  policy: z.string(),
});

const describedGrantSchema = listedGrantSchema.extend({
  type: z.string(),
  template: z.string().optional().describe('The service that it was made for.'),
  adds: z.array(z.string()).describe('What Strongroom adds to a request: leave these out.'),
  cloneOf: z.string().optional(),
  lastUsed: z.string().optional(),
});

const answerSchema = z.object({
  status: z.number().int(),
  url: z.string().describe('The URL that answered, after redirects.'),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string().optional().describe('The body, if it is text.'),
  base64: z.string().optional().describe('The body, if it is not text.'),
  truncated: z.boolean().describe('Whether the body goes on: see max_body_bytes.'),
  credentialHidden: z.number().int().describe('In how many places the credential was hidden.'),
});

/** Makes the server. Connect it to a transport. */
export function createMcpServer(options: McpServerOptions): McpServer {
  const { version, withCore } = options;
  const server = new McpServer(
    { name: 'strongroom', title: 'Strongroom', version },
    { instructions: INSTRUCTIONS, capabilities: { logging: {} } },
  );
  /** Answers with an object, or with a failure that the model can act upon. */
  const answered = async (
    extra: Extra,
    reason: string | undefined,
    work: (client: AgentClient, call: CallOptions) => Promise<Record<string, unknown>>,
  ): Promise<CallToolResult> => {
    const { signal } = extra;
    try {
      const value = await withCore(({ client }) => work(client, { signal, context: { reason } }));
      return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value };
    } catch (error) {
      return failed(error, options);
    }
  };
  /** The given workspace, else that of the process. */
  const inWorkspace = (given: string | undefined) =>
    given === undefined ? options.workspace() : { workspace: given };
  const reading = { readOnlyHint: true, openWorldHint: false };

  server.registerTool(
    'list_environments',
    {
      title: 'List environments',
      description: 'Lists the names of environments, which are named sets of variables.',
      inputSchema: z.strictObject({ workspace }),
      outputSchema: z.object({ environments: z.array(environmentSchema) }),
      annotations: reading,
    },
    (input, extra) =>
      answered(extra, undefined, async (client, call) => {
        const listed = await client.environments.list(inWorkspace(input.workspace), call);
        return { environments: listed.map((each) => environmentSchema.parse(each)) };
      }),
  );
  server.registerTool(
    'describe_environment',
    {
      title: 'Describe an environment',
      description:
        'Lists the names of the variables of an environment. The values stay in Strongroom.',
      inputSchema: z.strictObject({
        environment: z.string().describe('Name or id of an environment.'),
        workspace,
      }),
      outputSchema: environmentSchema.extend({ variables: z.array(z.string()) }),
      annotations: reading,
    },
    (input, extra) =>
      answered(extra, undefined, async (client, call) => {
        const selector = { ...inWorkspace(input.workspace), environment: input.environment };
        const found = await client.environments.find(selector, call);
        const variables = await client.variables.names(selector, call);
        return { ...environmentSchema.parse(found), variables };
      }),
  );
  server.registerTool(
    'list_grants',
    {
      title: 'List grants',
      description:
        'Lists the grants: credentials for make_request, each with its hosts and its policy.',
      inputSchema: z.strictObject({ workspace }),
      outputSchema: z.object({ grants: z.array(listedGrantSchema) }),
      annotations: reading,
    },
    (input, extra) =>
      answered(extra, undefined, async (client, call) => {
        const listed = await client.grants.list(inWorkspace(input.workspace), call);
        return { grants: listed.map((each) => listedGrantSchema.parse(viewOf(each))) };
      }),
  );
  server.registerTool(
    'describe_grant',
    {
      title: 'Describe a grant',
      description: 'Says what a grant is for: hosts, policy, and what it adds to a request.',
      inputSchema: z.strictObject({ grant, workspace }),
      outputSchema: describedGrantSchema,
      annotations: reading,
    },
    (input, extra) =>
      answered(extra, undefined, async (client, call) => {
        const selector = { ...inWorkspace(input.workspace), grant: input.grant };
        return viewOf(await client.grants.find(selector, call));
      }),
  );
  server.registerTool(
    'make_request',
    {
      title: 'Make a request',
      description:
        'Makes an HTTP request with the credential of a grant. Strongroom adds the credential, and hides it in the answer. A person may be asked first, which can take a minute.',
      inputSchema: z.strictObject({
        grant,
        method: z.string().describe('Such as GET or POST.'),
        url: z.string().describe('The whole URL, without the credential.'),
        headers: z
          .record(z.string(), z.string())
          .optional()
          .describe('Further headers, without the credential.'),
        body: z.string().optional().describe('Text. Give its type in the header Content-Type.'),
        base64: z.base64().optional().describe('A body that is not text, in place of “body”.'),
        reason: z
          .string()
          .trim()
          .min(1)
          .max(500)
          .describe('Why you make this request, for the person who is asked and for the audit.'),
        timeout_seconds: z.number().min(1).max(600).optional().describe('Default: 60.'),
        max_body_bytes: z
          .number()
          .int()
          .min(0)
          .max(LARGEST_BODY_BYTES)
          .optional()
          .describe(`How much of the body you get. Default: ${String(BODY_BYTES)}.`),
        workspace,
      }),
      outputSchema: answerSchema,
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    },
    (input, extra) =>
      answered(extra, input.reason, async (client, call) => {
        const { grant, url, timeout_seconds: seconds, max_body_bytes: most = BODY_BYTES } = input;
        const bytes = bytesOf(input);
        const body = await startBody({ client, options: call }, bytes && { bytes });
        const events = await client.requests.send(
          {
            ...inWorkspace(input.workspace),
            grant,
            method: input.method.toUpperCase(),
            url,
            headers: Object.entries(input.headers ?? {}),
            ...(seconds !== undefined && { timeout: Math.round(seconds * 1000) }),
            ...(body && { body: body.body }),
          },
          call,
        );
        // The request itself fails if its body does, and says why.
        body?.send().catch(() => undefined);
        const news = new News(server, extra, options.runtime);
        try {
          return await answerIn(eventsOf(events, call.signal), most, () => {
            news.begin('Waiting until a person allows this request in the window of Strongroom.');
          });
        } finally {
          news.end();
        }
      }),
  );
  return server;
}

/** Tells a client that a person is asked: once in its log, and again and again as progress. */
class News {
  #cancel = (): void => undefined;
  #progress = 0;

  constructor(
    private readonly server: McpServer,
    private readonly extra: Extra,
    private readonly runtime: Pick<Runtime, 'after'>,
  ) {}

  begin(message: string): void {
    const data = { message };
    this.server
      .sendLoggingMessage({ level: 'notice', logger: 'strongroom', data })
      .catch(clientIsGone);
    this.#tell(message);
  }

  end(): void {
    this.#cancel();
  }

  #tell(message: string): void {
    const progressToken = this.extra._meta?.progressToken;
    if (progressToken === undefined) return;
    this.#progress += 1;
    this.extra
      .sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress: this.#progress, message },
      })
      .catch(clientIsGone);
    this.#cancel = this.runtime.after(NEWS_EVERY_MS, () => {
      this.#tell(message);
    });
  }
}

/** There is nobody to tell; the call itself ends by its signal. */
const clientIsGone = (): undefined => undefined;

type RequestEvents = Awaited<ReturnType<AgentClient['requests']['send']>>;
type RequestEvent = RequestEvents extends AsyncIterable<infer Event> | readonly (infer Event)[]
  ? Event
  : never;

/** The whole answer, with as much of the body as is wanted. */
async function answerIn(
  events: AsyncIterable<RequestEvent>,
  most: number,
  onWaiting: () => void,
): Promise<z.infer<typeof answerSchema>> {
  let head: Pick<z.infer<typeof answerSchema>, 'status' | 'url' | 'headers'> | undefined;
  let credentialHidden = 0;
  let size = 0;
  const parts: Buffer[] = [];
  for await (const event of events) {
    if (event.type === 'waiting') onWaiting();
    else if (event.type === 'head') {
      head = { status: event.status, url: event.url, headers: event.headers };
    } else if (event.type === 'chunk') {
      const bytes = Buffer.from(event.base64, 'base64');
      parts.push(bytes);
      size += bytes.byteLength;
      // The service may go on sending for ever.
      if (size > most) break;
    } else credentialHidden = event.replaced;
  }
  if (head === undefined) throw new AppError('INTERRUPTED');
  const truncated = size > most;
  const body = Buffer.concat(parts).subarray(0, most);
  return {
    ...head,
    ...bodyView(truncated ? wholeCharacters(body) : body),
    truncated,
    credentialHidden,
  };
}

/** Without the beginning of a character of UTF-8 at the end. */
function wholeCharacters(bytes: Buffer): Buffer {
  const last = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const first = bytes[last] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return last !== -1 && last + length > bytes.byteLength ? bytes.subarray(0, last) : bytes;
}

function bytesOf({
  body,
  base64,
}: {
  readonly body?: string | undefined;
  readonly base64?: string | undefined;
}): Uint8Array | undefined {
  if (body !== undefined && base64 !== undefined) {
    throw new AppError('INVALID_INPUT', {
      message: 'Both “body” and “base64” were given.',
      hint: 'Give one of them.',
    });
  }
  if (body !== undefined) return Buffer.from(body);
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

function viewOf(grant: Grant): z.infer<typeof describedGrantSchema> {
  const { id, name, workspace, state, hosts, policy, type, template, original, usedAt } = grant;
  const adds = injectionsOf(grant).map((rule) =>
    rule.place === 'header' ? `the header ${rule.name}` : `the parameter ${rule.name} of the query`,
  );
  return {
    id,
    name,
    workspace,
    state,
    hosts,
    policy: policySentence(policy),
    type,
    ...(template !== undefined && { template }),
    adds: type === 'sigv4' ? ['a signature of AWS', ...adds] : adds,
    ...(original?.name !== undefined && { cloneOf: original.name }),
    ...(usedAt !== undefined && { lastUsed: new Date(usedAt).toISOString() }),
  };
}

/** A failure in words. The message of an error that is not ours could hold anything. */
function failed(thrown: unknown, { commandFor }: McpServerOptions): CallToolResult {
  const error = isAppError(thrown) ? thrown : new AppError('INTERNAL', { cause: thrown });
  const { code, message, likelyCause, hint, details } = error;
  const rule = details?.rule;
  const command = commandFor(error);
  const lines = [
    `${code}: ${message}`,
    rule === undefined ? undefined : `The rule “${rule}” refused it.`,
    likelyCause,
    hint,
    command === undefined ? undefined : `A person can run: ${command}`,
  ].filter((line) => line !== undefined);
  // No structured content: clients check it against the schema of the tool, and would hide the failure.
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
}
