/**
 * What lets a program use secrets that it does not get: placeholders, and a proxy that replaces them. See
 * docs/decisions/0047-brokered-programs.md.
 */
import { randomBytes } from 'node:crypto';
import type { BrokeredVariable } from '@shared/model/brokered';
import { parseHostRule } from '@shared/model/host-rule';
import { placeholderFor } from '@core/requests/placeholder-text';
import type { Context, ContextCaller } from '../../context';
import type { Brokered } from './plan';
import { startProxy, type RunProxy } from './proxy';
import { SessionAuthority } from './session-authority';
import { SharedCore } from '../../shared-core';
import { trustIn, type Trust } from './trust';

/** Hosts that programs reach without the proxy, unless a grant is for them. */
const THIS_COMPUTER = ['localhost', '127.0.0.1', '::1'];

/** For one run, until it ends. */
export class Broker {
  readonly #core: SharedCore;
  readonly #ended = new AbortController();
  /** By the name of the variable: a program that is started again gets the same. */
  readonly #placeholders = new Map<string, string>();
  #variables: readonly Brokered[] = [];
  #proxy: RunProxy | undefined;
  #caller: ContextCaller | undefined;

  private constructor(
    context: Context,
    private readonly trust: Trust,
  ) {
    this.#core = new SharedCore(() => context.silent(this.#ended.signal, this.#caller));
  }

  static async start(context: Context): Promise<Broker> {
    const { runtime, output } = context;
    const authority = new SessionAuthority(() => runtime.now());
    const broker = new Broker(context, trustIn(authority.cert, runtime.env));
    try {
      broker.#proxy = await startProxy({
        authority,
        runtime,
        variables: () => broker.#variables,
        withCore: (work) => broker.#core.during(work),
        waiting: (grant) => {
          void output.say(
            `Waiting until somebody allows a request with the grant “${grant}” in the window.`,
          );
        },
      });
    } catch (error) {
      broker.trust.remove();
      throw error;
    }
    return broker;
  }

  /** Takes the variables of a program that is about to be started. Returns those of its environment. */
  environmentFor(brokered: readonly BrokeredVariable[]): ReadonlyMap<string, string> {
    this.#variables = brokered.map((each) => ({
      ...each,
      placeholder: this.#placeholderOf(each.key),
    }));
    const url = this.#proxy?.url ?? '';
    const direct = directHosts(this.#variables);
    const proxied = Object.entries({ HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: direct });
    return new Map([
      ...this.#variables.map(({ key, placeholder }) => [key, placeholder] as const),
      ...Object.entries(this.trust.env),
      ...proxied,
      ...proxied.map(([name, value]) => [name.toLowerCase(), value] as const),
      // Without it, Node 24 and later ignores the other variables.
      ['NODE_USE_ENV_PROXY', '1'],
    ]);
  }

  /** The program that the requests are made for from now on. */
  startedAs(process: Omit<ContextCaller, 'kind'>): void {
    this.#caller = { ...process, kind: 'cli' };
    this.#core.renew();
  }

  /** Ends every request, and removes the certificate. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#proxy?.close();
    await this.#core.close();
    this.trust.remove();
  }

  #placeholderOf(key: string): string {
    const known = this.#placeholders.get(key);
    if (known !== undefined) return known;
    const made = placeholderFor(key, randomBytes(16).toString('hex'));
    this.#placeholders.set(key, made);
    return made;
  }
}

/** `NO_PROXY`: what the person has excepted from another proxy goes through this one, which knows the other. */
function directHosts(variables: readonly Brokered[]): string {
  const granted = new Set(
    variables.flatMap(({ grant }) =>
      grant.hosts.map((text) => parseHostRule(text)?.host.replaceAll(/^\[|\]$/g, '') ?? ''),
    ),
  );
  return THIS_COMPUTER.filter((host) => !granted.has(host)).join(',');
}
