/**
 * A client that asks before it changes what a declared set-up owns. The core refuses such a call with
 * `OWNED_BY_CONFIG`; if a person agrees to release the environment, the call is made once more.
 */
import type { Client } from '@shared/contract/window';
import { errorReport } from '../../bridge';

/** Calls that change one environment, by domain. Streams are not among them: their pages ask first. */
const guarded: Readonly<Record<string, ReadonlySet<string>>> = {
  environments: new Set([
    'save',
    'saveMerged',
    'recreate',
    'undelete',
    'rollBack',
    'remove',
    'enableSync',
  ]),
  transfer: new Set(['undelete']),
};

/** What the guarded calls have in common. */
interface Input {
  readonly id?: string;
  /** Without an id, the environment is named by its path. */
  readonly path?: string;
}

type Call = (input: Input, ...rest: unknown[]) => Promise<unknown>;

/** `mayRelease` resolves with whether the environment was released. */
export function askingOwners(
  client: Client,
  mayRelease: (input: Input) => Promise<boolean>,
): Client {
  const asking =
    (call: Call): Call =>
    async (input, ...rest) => {
      try {
        return await call(input, ...rest);
      } catch (error) {
        const { code, details } = errorReport(error);
        const isOwned = code === 'OWNED_BY_CONFIG' && details?.owner !== undefined;
        if (!isOwned || !(await mayRelease(input))) throw error;
        return call(input, ...rest);
      }
    };
  return new Proxy(client, {
    get: (target, domain: keyof Client) => {
      const calls = guarded[domain];
      if (calls === undefined) return target[domain];
      return new Proxy(target[domain], {
        get: (group, name) => {
          const call = Reflect.get(group, name) as Call;
          return typeof name === 'string' && calls.has(name) ? asking(call) : call;
        },
      });
    },
  });
}
