/** Administers a Vault server, over the same API for a stand-in and a real one. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface ApproleSettings {
  readonly policies?: readonly string[];
  readonly tokenTtl?: string;
  readonly secretIdUses?: number;
  readonly noDefaultPolicy?: boolean;
}

export interface Approle {
  readonly roleId: string;
  readonly secretId: string;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export class VaultAdmin {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Sends a path unchanged; the caller encodes it. Throws on any failure. */
  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.#send(method, path, body);
    if (answer.status !== 200 && answer.status !== 204) {
      throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  async mountKv(path: string, version: 1 | 2, namespace = ''): Promise<void> {
    const prefix = namespace === '' ? '' : `${namespace}/`;
    await this.call('POST', `${prefix}sys/mounts/${path}`, {
      type: 'kv',
      options: { version: String(version) },
    });
    if (version === 1) return;
    // A fresh v2 mount answers 400 "Upgrading…" for a moment.
    for (let left = 100; left > 0; left -= 1) {
      const { status } = await this.#send('GET', `${prefix}${path}/config`);
      if (status === 200) return;
    }
    throw new Error(`${path} did not become ready`);
  }

  namespace(path: string): Promise<unknown> {
    const slash = path.lastIndexOf('/');
    const parent = slash === -1 ? '' : path.slice(0, slash + 1);
    return this.call('POST', `${parent}sys/namespaces/${path.slice(slash + 1)}`, {});
  }

  /** Rules by path; in a namespace they are relative to it. */
  policy(
    name: string,
    rules: Readonly<Record<string, readonly string[]>>,
    namespace = '',
  ): Promise<unknown> {
    const text = Object.entries(rules)
      .map(([path, rights]) => `path "${path}" { capabilities = ${JSON.stringify(rights)} }`)
      .join('\n');
    const prefix = namespace === '' ? '' : `${namespace}/`;
    return this.call('POST', `${prefix}sys/policies/acl/${name}`, { policy: text });
  }

  async createToken(settings: Record<string, unknown>, namespace = ''): Promise<string> {
    const prefix = namespace === '' ? '' : `${namespace}/`;
    const { auth } = await this.call('POST', `${prefix}auth/token/create`, settings);
    return (auth as { client_token: string }).client_token;
  }

  /** Creates a role, and its auth mount if there is none yet. */
  async approle(name: string, settings: ApproleSettings, namespace = ''): Promise<Approle> {
    const prefix = namespace === '' ? '' : `${namespace}/`;
    await this.#send('POST', `${prefix}sys/auth/approle`, { type: 'approle' });
    const role = `${prefix}auth/approle/role/${name}`;
    await this.call('POST', role, {
      token_policies: settings.policies ?? [],
      token_ttl: settings.tokenTtl ?? '1h',
      secret_id_num_uses: settings.secretIdUses ?? 0,
      token_no_default_policy: settings.noDefaultPolicy ?? false,
    });
    const roleId = (await this.call('GET', `${role}/role-id`))['data'] as { role_id: string };
    const secretId = (await this.call('POST', `${role}/secret-id`, {}))['data'] as {
      secret_id: string;
    };
    return { roleId: roleId.role_id, secretId: secretId.secret_id };
  }

  /** Creates a user of userpass, and its auth mount if there is none yet. */
  async user(name: string, password: string, policies: readonly string[]): Promise<void> {
    await this.#send('POST', 'sys/auth/userpass', { type: 'userpass' });
    await this.call('POST', `auth/userpass/users/${name}`, {
      password,
      token_policies: policies,
      token_ttl: '1h',
    });
  }

  #send(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const request = this.url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const call = request(this.url, {
        method,
        path: `/v1/${path}`,
        headers: {
          'X-Vault-Token': this.token,
          'X-Vault-Request': 'true',
          'Content-Length': Buffer.byteLength(text),
        },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const answer = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            body: answer === '' ? {} : (JSON.parse(answer) as Record<string, unknown>),
          });
        });
      });
      call.end(text);
    });
  }
}
