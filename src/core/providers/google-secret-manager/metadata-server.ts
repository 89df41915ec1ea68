/**
 * The metadata server of a machine in Google Cloud, which has access tokens for the machine's service account.
 * See https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
import { z } from 'zod';
import { AppError, isAppError } from '@shared/errors';
import { networkDefaults } from '@shared/providers/facts/network';
import { withDeadline } from '@core/network/deadline';
import { HttpClient, type HttpAnswer } from '@core/network/http';
import { Network } from '@core/network/network';
import type { Runtime } from '@core/runtime';

/** A link-local address: nothing else can answer there, and no name has to be looked up. */
const ADDRESS = '169.254.169.254';

/** Milliseconds. On such a machine it answers at once; elsewhere nothing ever does. */
const ANSWERS_WITHIN = 1000;

const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number() });

export interface MachineToken {
  readonly access_token: string;
  /** Milliseconds since 1970. */
  readonly expiry_date: number;
}

export class MetadataServer {
  readonly #runtime: Runtime;
  readonly #http: HttpClient;
  readonly #closed = new AbortController();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const network = new Network(
      { values: { ...networkDefaults, proxy: 'none' }, credentials: {}, verifySsl: true },
      { runtime, systemProxy: async () => undefined },
    );
    this.#http = new HttpClient({ network, maxSockets: 1 });
  }

  async isThere(): Promise<boolean> {
    try {
      const { headers } = await this.#get('instance/');
      return headers['metadata-flavor'] === 'Google';
    } catch (error) {
      if (isAppError(error, 'CANCELLED')) throw error;
      return false;
    }
  }

  /** Throws the network's failures, and `AUTHENTICATION_FAILED` if the machine has no service account. */
  async token(): Promise<MachineToken> {
    const answer = await this.#get('instance/service-accounts/default/token');
    const parsed = answer.status === 200 ? tokenSchema.safeParse(answer.json()) : undefined;
    if (parsed?.success !== true) {
      throw new AppError('AUTHENTICATION_FAILED', {
        message: 'The metadata server of this machine gives no access token.',
        likelyCause: 'The machine has no service account.',
        hint: 'Attach a service account to the machine, or choose Service Account Key.',
        details: answer.details,
      });
    }
    const { access_token, expires_in } = parsed.data;
    return { access_token, expiry_date: this.#runtime.now() + expires_in * 1000 };
  }

  close(): void {
    this.#closed.abort();
    this.#http.close();
  }

  #get(path: string): Promise<HttpAnswer> {
    const { env } = this.#runtime;
    // The first is documented; Google's libraries heed the second too.
    const host = env['GCE_METADATA_HOST'] || env['GCE_METADATA_IP'] || ADDRESS;
    return withDeadline(this.#closed.signal, ANSWERS_WITHIN, (signal) =>
      this.#http.send({
        method: 'GET',
        url: `http://${host}/computeMetadata/v1/${path}`,
        headers: { 'Metadata-Flavor': 'Google' },
        signal,
      }),
    );
  }
}
