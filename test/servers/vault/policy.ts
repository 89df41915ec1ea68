/**
 * Policies, and which of their rules applies to a path.
 * Source: https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
 */
import { isJsonObject, parseJson } from '@shared/model/json';

export const CAPABILITIES = [
  'create',
  'delete',
  'deny',
  'list',
  'patch',
  'read',
  'sudo',
  'update',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Path pattern → capabilities. `+` matches one segment, a trailing `*` any rest. */
export type PolicyRules = Readonly<Record<string, readonly Capability[]>>;

export interface Policy {
  readonly name: string;
  readonly source: string;
  readonly rules: PolicyRules;
}

/** The permissions of every token that was not created without the default policy. */
export const DEFAULT_RULES: PolicyRules = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
  'sys/internal/ui/resultant-acl': ['read'],
  'sys/leases/renew': ['update'],
  'sys/leases/lookup': ['update'],
  'cubbyhole/*': ['create', 'read', 'update', 'delete', 'list'],
  'sys/wrapping/wrap': ['update'],
  'sys/wrapping/lookup': ['update'],
  'sys/wrapping/unwrap': ['update'],
};

/** A policy in the form that an administrator would write. */
export const policyOf = (name: string, rules: PolicyRules): Policy => ({
  name,
  rules,
  source: Object.entries(rules)
    .map(
      ([path, capabilities]) =>
        `path "${path}" {\n  capabilities = [${capabilities.map((text) => `"${text}"`).join(', ')}]\n}\n`,
    )
    .join('\n'),
});

export class PolicyError extends Error {}

const isCapability = (text: unknown): text is Capability =>
  CAPABILITIES.some((capability) => capability === text);

function checkCapability(path: string, text: unknown): Capability {
  if (isCapability(text)) return text;
  throw new PolicyError(`path "${path}": invalid capability "${String(text)}"`);
}

function parseJsonRules(source: string): PolicyRules {
  const policy = parseJson(source);
  const paths = isJsonObject(policy) ? policy.get('path') : undefined;
  if (!isJsonObject(paths)) throw new PolicyError('policy has no paths');
  return Object.fromEntries(
    [...paths].map(([path, rule]) => {
      const capabilities = isJsonObject(rule) ? rule.get('capabilities') : undefined;
      if (!Array.isArray(capabilities)) throw new PolicyError(`path "${path}": no capabilities`);
      return [path, capabilities.map((text: unknown) => checkCapability(path, text))] as const;
    }),
  );
}

const HCL_RULE = /^\s*path\s+"([^"]*)"\s*\{\s*capabilities\s*=\s*\[([^\]]*)\]\s*\}/;

/** The part of HCL that policies are written in: comments, and paths with their capabilities. */
function parseHclRules(source: string): PolicyRules {
  const rules: Record<string, Capability[]> = {};
  let rest = source.replaceAll(/^\s*(?:#|\/\/).*$/gm, '').trim();
  while (rest !== '') {
    const match = HCL_RULE.exec(rest);
    if (match === null) throw new PolicyError('only path blocks with capabilities are understood');
    const [all, path = '', list = ''] = match;
    rules[path] = list
      .split(',')
      .map((item) => item.trim().replaceAll(/^"|"$/g, ''))
      .filter((item) => item !== '')
      .map((item) => checkCapability(path, item));
    rest = rest.slice(all.length).trim();
  }
  return rules;
}

/** Throws `PolicyError`. */
export function parsePolicy(name: string, source: string): Policy {
  try {
    const rules = source.trimStart().startsWith('{')
      ? parseJsonRules(source)
      : parseHclRules(source);
    return { name, source, rules };
  } catch (error) {
    if (error instanceof SyntaxError) throw new PolicyError(error.message);
    throw error;
  }
}

const isPattern = (path: string): boolean => path.endsWith('*') || path.split('/').includes('+');

const escapeRegExp = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');

function matches(pattern: string, path: string): boolean {
  if (!isPattern(pattern)) return pattern === path;
  const glob = pattern.endsWith('*');
  const source = (glob ? pattern.slice(0, -1) : pattern)
    .split('/')
    .map((segment) => (segment === '+' ? '[^/]+' : escapeRegExp(segment)))
    .join('/');
  return new RegExp(`^${source}${glob ? '' : '$'}`, 's').test(path);
}

/** Negative if `a` has lower priority than `b`. */
function priority(a: string, b: string): number {
  const firstWildcard = (path: string): number => {
    const at = path.search(/(?<=^|\/)\+(?=\/|$)|\*$/);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  };
  const segments = (path: string): number => path.split('/').filter((part) => part === '+').length;
  if (firstWildcard(a) !== firstWildcard(b)) return firstWildcard(a) - firstWildcard(b);
  if (a.endsWith('*') !== b.endsWith('*')) return a.endsWith('*') ? -1 : 1;
  if (segments(a) !== segments(b)) return segments(b) - segments(a);
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** The combined rules of several policies: rules for the same path add up, and deny wins. */
export class AccessList {
  readonly #rules = new Map<string, Set<Capability>>();

  /** `prefix` is the namespace of the policies, such as `admin/`: their paths are relative to it. */
  constructor(policies: Iterable<PolicyRules>, prefix: string) {
    for (const rules of policies) {
      for (const [path, capabilities] of Object.entries(rules)) {
        const full = prefix + path;
        const merged = this.#rules.get(full) ?? new Set();
        for (const capability of capabilities) merged.add(capability);
        this.#rules.set(full, merged);
      }
    }
  }

  /**
   * The capabilities on a path, sorted; `['deny']` if there are none. For a folder, a rule without the
   * trailing slash counts too, as for a listing.
   */
  capabilities(path: string): readonly Capability[] {
    const found = this.#find(path, true);
    if (found === undefined || found.size === 0 || found.has('deny')) return ['deny'];
    return [...found].toSorted();
  }

  allows(path: string, capability: Capability): boolean {
    const found = this.#find(path, capability === 'list');
    return found !== undefined && found.has(capability) && !found.has('deny');
  }

  /** The rules by kind, as the server shows them to the holder of a token. */
  resultant(): Record<'exact' | 'glob', Record<string, { capabilities: Capability[] }>> {
    const of = (isWanted: (path: string) => boolean) =>
      Object.fromEntries(
        [...this.#rules]
          .filter(([path]) => !path.split('/').includes('+') && isWanted(path))
          .map(([path, can]) => [path.replace(/\*$/, ''), { capabilities: [...can].toSorted() }]),
      );
    return {
      exact: of((path) => !path.endsWith('*')),
      glob: of((path) => path.endsWith('*')),
    };
  }

  /** Whether any rule grants a capability at or below a mount path. */
  touches(mountPath: string): boolean {
    for (const [pattern, capabilities] of this.#rules) {
      if (capabilities.has('deny') || capabilities.size === 0) continue;
      const fixed = pattern.replace(/\*$/, '');
      if (fixed.startsWith(mountPath) || matches(pattern, mountPath)) return true;
      if (pattern.split('/').includes('+') && overlaps(fixed, mountPath)) return true;
    }
    return false;
  }

  #find(path: string, asListing: boolean): Set<Capability> | undefined {
    const bare = asListing ? this.#rules.get(path.replace(/\/$/, '')) : undefined;
    const exact = this.#rules.get(path) ?? bare;
    if (exact !== undefined) return exact;
    const best = [...this.#rules.keys()]
      .filter((pattern) => isPattern(pattern) && matches(pattern, path))
      .toSorted(priority)
      .at(-1);
    return best === undefined ? undefined : this.#rules.get(best);
  }
}

/** Whether a pattern with `+` segments can match a path below a mount. */
function overlaps(pattern: string, mountPath: string): boolean {
  const parts = pattern.split('/');
  const segments = mountPath.split('/').filter((segment) => segment !== '');
  return segments.every((segment, index) => parts[index] === '+' || parts[index] === segment);
}
