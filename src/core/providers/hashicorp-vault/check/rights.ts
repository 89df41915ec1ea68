/** What Strongroom does with a KV engine, which capabilities it takes, and what of it is granted. */
import type { Capabilities } from '../capabilities';
import type { KvVersion } from '../mounts';

/** One capability on one path of the engine's API; `area` as in `data`, empty for KV v1. */
interface Grant {
  readonly area: string;
  readonly capability: 'create' | 'read' | 'update' | 'delete';
}

export interface Right {
  /** What it allows, behind “may”. */
  readonly name: string;
  /** Any one of them is enough; the first is the one to ask for. */
  readonly grants: readonly [Grant, ...Grant[]];
  /** Strongroom works without it, with less comfort. */
  readonly optional?: boolean;
}

const rights: Readonly<Record<KvVersion, readonly Right[]>> = {
  1: (['read', 'create', 'update', 'delete'] as const).map((capability) => ({
    name: capability,
    grants: [{ area: '', capability }],
  })),
  2: [
    { name: 'read', grants: [{ area: 'data', capability: 'read' }] },
    { name: 'create', grants: [{ area: 'data', capability: 'create' }] },
    { name: 'update', grants: [{ area: 'data', capability: 'update' }] },
    {
      name: 'delete',
      grants: [
        { area: 'data', capability: 'delete' },
        { area: 'delete', capability: 'update' },
      ],
    },
    { name: 'see history', grants: [{ area: 'metadata', capability: 'read' }], optional: true },
    { name: 'restore', grants: [{ area: 'undelete', capability: 'update' }], optional: true },
  ],
};

const join = (...parts: readonly string[]): string => parts.filter(Boolean).join('/');

/** Full paths to ask about, for a secret of this name. */
export const pathsToAsk = (version: KvVersion, enginePath: string, secret: string): string[] => [
  ...new Set(
    rights[version].flatMap(({ grants }) =>
      grants.map(({ area }) => join(enginePath, area, secret)),
    ),
  ),
];

export interface Verdict {
  readonly granted: readonly Right[];
  readonly missing: readonly Right[];
}

/** Which rights there are, by what Vault said about `pathsToAsk`. */
export function judgeRights(
  version: KvVersion,
  enginePath: string,
  secret: string,
  capabilities: Capabilities,
): Verdict {
  const isGranted = ({ area, capability }: Grant): boolean => {
    const found = capabilities.get(join(enginePath, area, secret));
    return found !== undefined && (found.has(capability) || found.has('root'));
  };
  const has = ({ grants }: Right): boolean => grants.some(isGranted);
  return {
    granted: rights[version].filter(has),
    missing: rights[version].filter((right) => !has(right)),
  };
}

/**
 * A policy with what is missing and, on the same paths, what is there already: of two rules for one path
 * in a policy only one would count. `enginePath` is as the policy's namespace sees it; `folder` limits the policy
 * to one.
 */
export function policyFor(
  version: KvVersion,
  enginePath: string,
  { granted, missing }: Verdict,
  mayList: boolean,
  folder = '',
): string {
  const listArea = version === 2 ? 'metadata' : '';
  const byArea = new Map<string, Set<string>>();
  const add = (area: string, capability: string): void => {
    byArea.set(area, (byArea.get(area) ?? new Set()).add(capability));
  };
  for (const {
    grants: [wanted],
  } of missing)
    add(wanted.area, wanted.capability);
  if (!mayList) add(listArea, 'list');
  const incomplete = new Set(byArea.keys());
  for (const {
    grants: [held],
  } of granted) {
    if (incomplete.has(held.area)) add(held.area, held.capability);
  }
  if (mayList && incomplete.has(listArea)) add(listArea, 'list');
  const order = ['list', 'create', 'read', 'update', 'delete'];
  return [...byArea]
    .map(([area, capabilities]) => {
      const names = order.filter((name) => capabilities.has(name)).map((name) => `"${name}"`);
      return `path "${join(enginePath, area, folder, '*')}" { capabilities = [${names.join(', ')}] }`;
    })
    .join('\n');
}

/**
 * A policy for an engine of which the credentials see nothing, so that its version is not known: for KV v2,
 * and as a comment for KV v1.
 */
export function policyForUnseen(enginePath: string): string {
  const policy = (version: KvVersion): string =>
    policyFor(version, enginePath, { granted: [], missing: rights[version] }, false);
  return `${policy(2)}\n# If it is a KV v1 engine, instead:\n# ${policy(1)}`;
}

/** `list, read and create` */
export const listed = (names: readonly string[], last = 'and'): string =>
  names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1) ?? ''}`;
