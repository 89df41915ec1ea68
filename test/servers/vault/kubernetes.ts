/**
 * The Kubernetes auth method, with a cluster that knows every token whose signature is `good`. Source:
 * https://developer.hashicorp.com/vault/api-docs/auth/kubernetes
 */
import { isJsonObject, parseJson, type JsonObject } from '@shared/model/json';
import { textField } from './body';
import type { Engine } from './engine';
import { errors, unsupportedPath, type Reply } from './reply';
import type { TokenRequest } from './tokens';

export interface KubernetesRole {
  readonly policies: readonly string[];
  /** As `NAMESPACE/NAME`. */
  readonly serviceAccount: string;
}

/** The token of a service account; another signature than `good` is one that the cluster does not know. */
export const serviceAccountToken = (account: string, signature = 'good'): string => {
  const part = (content: unknown): string =>
    Buffer.from(JSON.stringify(content)).toString('base64url');
  const sub = `system:serviceaccount:${account.replace('/', ':')}`;
  return `${part({ alg: 'RS256' })}.${part({ sub })}.${signature}`;
};

export class Kubernetes implements Engine {
  readonly roles = new Map<string, KubernetesRole>();
  /** The number of successful logins. */
  logins = 0;

  exists(): boolean {
    return true;
  }

  handle(): Reply {
    return unsupportedPath;
  }

  /** The token to create, or a refusal. */
  login(body: JsonObject): TokenRequest | Reply {
    const name = textField(body, 'role');
    if (name === '') return errors(400, 'missing role');
    const [, payload = '', signature] = textField(body, 'jwt').split('.');
    if (payload === '') return errors(400, 'missing jwt');
    const role = this.roles.get(name);
    if (role === undefined) return errors(400, `invalid role name "${name}"`);
    if (signature !== 'good') return errors(403, 'permission denied');
    const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
    const subject = isJsonObject(claims) ? textField(claims, 'sub') : '';
    if (subject !== `system:serviceaccount:${role.serviceAccount.replace('/', ':')}`) {
      return errors(403, 'service account name not authorized');
    }
    this.logins += 1;
    return { policies: ['default', ...role.policies], ttl: 3600, metadata: { role: name } };
  }
}
