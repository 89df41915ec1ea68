/**
 * What the tools of Vault and OpenBao use on this computer: the variables of
 * https://developer.hashicorp.com/vault/docs/commands#configure-environment-variables and of
 * https://openbao.org/docs/commands/#environment-variables, and the token that `vault login` and `bao login` keep in
 * ~/.vault-token. VAULT_CAPATH, VAULT_TLS_SERVER_NAME and token helpers have no counterpart here.
 */
import { hashicorpVaultDescriptor } from '@shared/providers/hashicorp-vault';
import type { FormValues } from '@shared/model/form-values';
import { isAppError } from '@shared/errors';
import { readNamedFile } from '@core/network/named-file';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { Found } from '../provider';

const TOKEN_FILE = '~/.vault-token';

/** By the names of Vault, without `VAULT_`. */
const textFields = {
  CACERT: 'caFile',
  CLIENT_CERT: 'clientCertFile',
  CLIENT_KEY: 'clientKeyFile',
} as const;

/** `undefined` if there is neither an address nor a token. */
export async function findVault({ env }: Pick<Runtime, 'env'>): Promise<Found | undefined> {
  const from: string[] = [];
  /** OpenBao looks for its own name first. */
  const variable = (name: string): string | undefined => {
    const found = [`BAO_${name}`, `VAULT_${name}`].find((each) => (env[each] ?? '') !== '');
    if (found === undefined) return undefined;
    from.push(found);
    return env[found];
  };
  const values: Record<string, string | boolean> = {};
  // The tools take an address with a slash at its end.
  const url = variable('ADDR')?.trim().replace(/\/+$/, '');
  if (url !== undefined) values['url'] = url;
  const ofVariable = variable('TOKEN')?.trim();
  const token = ofVariable ?? (await tokenOfFile());
  if (url === undefined && token === undefined) return undefined;
  if (ofVariable === undefined && token !== undefined) from.push(TOKEN_FILE);
  const credentialsFrom = token === undefined ? undefined : from.at(-1);
  const namespace = variable('NAMESPACE')?.replaceAll(/^\/+|\/+$/g, '') ?? '';
  if (namespace !== '') {
    values['namespace'] = namespace;
    values['enginePath'] =
      `${namespace}/${String(hashicorpVaultDescriptor.defaults['enginePath'])}`;
  }
  for (const [name, field] of Object.entries(textFields)) {
    const text = variable(name);
    if (text !== undefined) values[field] = text;
  }
  if (/^(1|t|true)$/i.test(variable('SKIP_VERIFY') ?? '')) values['verifySsl'] = false;
  const proxy = variable('PROXY_ADDR') ?? variable('HTTP_PROXY');
  if (proxy !== undefined) Object.assign(values, { proxy: 'typed', proxyUrl: proxy });
  if (token !== undefined) values['authentication'] = 'token';
  return {
    values: values satisfies FormValues,
    credentials: token === undefined ? {} : { token: new Secret(token) },
    from,
    credentialsFrom,
  };
}

/** `undefined` if there is none, or it cannot be read. */
async function tokenOfFile(): Promise<string | undefined> {
  try {
    const text = (await readNamedFile({ path: TOKEN_FILE, label: 'Token' }))
      .toString('utf8')
      .trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (isAppError(error, 'INVALID_CONFIGURATION')) return undefined;
    throw error;
  }
}
