import type { VaultRequest } from './client';
import { encodePath } from './paths';

/**
 * `sys/health`, which wants no token and takes no namespace. Its statuses tell the state of the server; see
 * https://developer.hashicorp.com/vault/api-docs/system/health
 */
export const healthRequest: VaultRequest = {
  method: 'GET',
  path: encodePath('sys/health'),
  tellingStatuses: [200, 429, 472, 473, 501, 503],
};
