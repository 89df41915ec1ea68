/** Cuts connections to the servers of the torture, and holds requests. */
import type { Faults as AwsFaults } from '../servers/aws/faults';
import type { Faults, FaultTarget } from '../servers/faults';
import type { FaultSource } from './stage';

const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE'];
const AWS_CHANGES = [
  'CreateSecret',
  'PutSecretValue',
  'UpdateSecretVersionStage',
  'DeleteSecret',
  'RestoreSecret',
];

const count = (hits: readonly { readonly hits: number }[]): number =>
  hits.reduce((sum, each) => sum + each.hits, 0);

/** @param isOf Whether a request concerns a path. Default: the path of the secret ends its URL. */
export function httpFaults<T extends FaultTarget>(
  faults: Faults<T>,
  isOf: (request: T, path: string) => boolean = (request, path) => request.path.endsWith(path),
): FaultSource {
  const hits: { readonly hits: number }[] = [];
  return {
    drop: ({ path, skip, times, applied }) => {
      const match = (request: T): boolean => isOf(request, path);
      const first = faults.add({ match, skip, times: 1, effect: { kind: 'drop', applied } });
      const rest = faults.add({
        match: (request) => first.hits > 0 && match(request),
        times: times - 1,
        effect: { kind: 'drop', applied: false },
      });
      hits.push(first, rest);
    },
    hold: (path, skip) => {
      let release = (): void => undefined;
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      const match = (request: T): boolean =>
        isOf(request, path) && (skip !== undefined || CHANGING.includes(request.method));
      const held = faults.add({ match, skip: skip ?? 0, times: 1, until });
      return {
        reached: held.reached,
        release: () => {
          held.remove();
          release();
        },
      };
    },
    clear: () => {
      faults.clear();
    },
    get dropped() {
      return count(hits);
    },
  };
}

/** For one secret, by its path. */
export function secretFaults(faults: AwsFaults<'secret'>): FaultSource {
  return awsFaults(faults, (secret) => ({ secret }), AWS_CHANGES);
}

/** For all parameters. */
export function parameterFaults(faults: AwsFaults<'parameter'>): FaultSource {
  return awsFaults(faults, () => ({}), ['PutParameter', 'DeleteParameters']);
}

function awsFaults<Noun extends string>(
  faults: AwsFaults<Noun>,
  of: (path: string) => { readonly [N in Noun]?: string },
  changes: readonly string[],
): FaultSource {
  const hits: { readonly hits: number }[] = [];
  return {
    drop: ({ path, skip, times, applied }) => {
      const answer = { kind: 'drop' } as const;
      hits.push(faults.add({ ...of(path), skip, times: 1, applied, answer }));
      if (times > 1) hits.push(faults.add({ ...of(path), skip, times: times - 1, answer }));
    },
    hold: (path, skip) =>
      faults.hold({ ...of(path), ...(skip === undefined ? { operation: changes } : { skip }) }),
    clear: () => {
      faults.clear();
    },
    get dropped() {
      return count(hits);
    },
  };
}
