/**
 * Requests to Vault: reads directly, all others through node-vault. It comes with an HTTP client that redirects, reads the
 * environment and takes some errors for successes; so it gets ours in its place, and is kept from the rest.
 */
import type createNodeVault from 'node-vault';
import { refuseRedirect, type HttpClient } from '@core/network/http';
import { VaultAnswer } from './answer';
import type { EncodedPath } from './paths';

export interface NodeVaultRequest {
  readonly method: string;
  readonly path: EncodedPath;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether it only reads. */
  readonly isSafe: boolean;
  readonly signal: AbortSignal;
}

/** What node-vault calls its HTTP client with: what it was given, and the URL that it made of the path. */
type Outgoing = NodeVaultRequest & { readonly uri: string };

interface Incoming {
  readonly statusCode: number;
  readonly body: VaultAnswer;
  readonly request: { readonly path: string };
}

/** node-vault rejects everything but 200 and 204, and keeps our answer in the error. */
function answerOf(error: unknown): VaultAnswer | undefined {
  if (!(error instanceof Error) || !('response' in error)) return undefined;
  const { response } = error;
  return typeof response === 'object' &&
    response !== null &&
    'body' in response &&
    response.body instanceof VaultAnswer
    ? response.body
    : undefined;
}

export class NodeVault {
  readonly #url: string;
  readonly #http: HttpClient;
  #vault: Promise<ReturnType<typeof createNodeVault>> | undefined;

  /** `url` is scheme, host and port, and a path if Vault is below one. */
  constructor(url: string, http: HttpClient) {
    this.#url = url;
    this.#http = http;
  }

  /** Resolves with an answer of any status. Throws what `HttpClient.send` does, and `REDIRECTED`. */
  async request(request: NodeVaultRequest): Promise<VaultAnswer> {
    // Of a read the library would only join the URL, which takes a tenth of the processor of a Pull All, and loading it
    // takes longer than the first hundred reads.
    if (request.isSafe) {
      return (await this.#send({ ...request, uri: `${this.#url}/v1/${request.path}` })).body;
    }
    this.#vault ??= this.#open();
    const vault = await this.#vault;
    try {
      return (await vault.request({ ...request, path: `/${request.path}` })) as VaultAnswer;
    } catch (error) {
      const answer = answerOf(error);
      if (answer === undefined) throw error;
      return answer;
    }
  }

  /** Loads the library for the first request: it comes with axios, which takes a while to load. */
  async #open(): Promise<ReturnType<typeof createNodeVault>> {
    const { default: create } = await import('node-vault');
    const vault = create({
      endpoint: this.#url,
      // It prints paths, bodies and values.
      debug: () => undefined,
      // Its named functions run paths through mustache, which renders {{x}} and escapes HTML: have none.
      commands: {},
      'request-promise': { defaults: () => this.#send },
    });
    // Its constructor takes these from VAULT_TOKEN, VAULT_NAMESPACE and VAULT_PREFIX if they are empty.
    return Object.assign(vault, { token: '', namespace: '', pathPrefix: '' });
  }

  readonly #send = async ({
    uri,
    method,
    headers,
    body,
    isSafe,
    signal,
  }: Outgoing): Promise<Incoming> => {
    const answer = await this.#http.send({ method, url: uri, headers, body, isSafe, signal });
    refuseRedirect(answer, uri);
    return {
      statusCode: answer.status,
      body: new VaultAnswer(answer),
      // node-vault lets errors of paths that contain "sys/health" pass as successes: show it no path.
      request: { path: '' },
    };
  };
}
