import type { Revision } from './revision';
import type { SecretDocument } from './document';

/** Where a value came from. Two environments share values only if all three fields are the same. */
export interface SecretAddress {
  readonly workspaceId: string;
  /** Identifies one state of one provider's settings and credentials. */
  readonly connectionId: string;
  readonly path: string;
}

export interface HeldValues {
  readonly document: SecretDocument;
  /** The revision that edits are based on. `null`: linked to a path that holds nothing yet. */
  readonly revision: Revision | null;
  /** The revision as people write it. */
  readonly version?: string | undefined;
  /** When it was written, if the provider says so. */
  readonly modifiedAt?: Date | undefined;
  /** Notes of variables that are kept with the secret, by key; absent if none are kept with it. */
  readonly notes?: ReadonlyMap<string, string> | undefined;
}

export interface SessionSecret {
  readonly values: HeldValues;
  /** Milliseconds since 1970, UTC. */
  readonly pulledAt: number;
}

/** The number of earlier versions that are kept for each address: edits may be based on them. */
const PAST_KEPT = 8;

/** The number of versions from the history that are kept for each address. */
const SEEN_KEPT = 32;

interface Kept {
  /** Absent if only versions from the history were read. */
  readonly current?: SessionSecret | undefined;
  /** The newest first. */
  readonly past: readonly HeldValues[];
  /** Versions from the history; the one read last comes first. */
  readonly seen: readonly HeldValues[];
}

const NOTHING: Kept = { past: [], seen: [] };

const versionsOf = ({ current, past }: Kept): readonly HeldValues[] =>
  current === undefined ? past : [current.values, ...past];

/**
 * The values of this session, in memory and nowhere else. Values of a connection that is no longer
 * configured cannot be reached; `retain` drops them.
 */
export class SessionSecrets {
  readonly #byConnection = new Map<string, Map<string, Kept>>();

  readonly #key = ({ workspaceId, connectionId }: Omit<SecretAddress, 'path'>): string =>
    JSON.stringify([workspaceId, connectionId]);

  get(address: SecretAddress): SessionSecret | undefined {
    return this.#kept(address)?.current;
  }

  /** The values of this revision; `undefined` if they were never read or have been dropped. */
  at(address: SecretAddress, revision: Revision | null): HeldValues | undefined {
    const kept = this.#kept(address);
    if (kept === undefined) return undefined;
    return [...versionsOf(kept), ...kept.seen].find((values) => values.revision === revision);
  }

  put(address: SecretAddress, secret: SessionSecret): void {
    const before = this.#kept(address) ?? NOTHING;
    const past = versionsOf(before).filter(({ revision }) => revision !== secret.values.revision);
    this.#keep(address, { ...before, current: secret, past: past.slice(0, PAST_KEPT) });
  }

  /** Keeps a version from the history beside the current one. */
  putSeen(address: SecretAddress, values: HeldValues): void {
    const before = this.#kept(address) ?? NOTHING;
    const others = before.seen.filter(({ revision }) => revision !== values.revision);
    this.#keep(address, { ...before, seen: [values, ...others].slice(0, SEEN_KEPT) });
  }

  delete(address: SecretAddress): void {
    this.#byConnection.get(this.#key(address))?.delete(address.path);
  }

  /** Drops the values of all other workspaces and connections. */
  retain(keeps: (address: Omit<SecretAddress, 'path'>) => boolean): void {
    for (const key of this.#byConnection.keys()) {
      const [workspaceId, connectionId] = JSON.parse(key) as [string, string];
      if (!keeps({ workspaceId, connectionId })) this.#byConnection.delete(key);
    }
  }

  clear(): void {
    this.#byConnection.clear();
  }

  #keep(address: SecretAddress, kept: Kept): void {
    const key = this.#key(address);
    const paths = this.#byConnection.get(key) ?? new Map<string, Kept>();
    paths.set(address.path, kept);
    this.#byConnection.set(key, paths);
  }

  #kept(address: SecretAddress): Kept | undefined {
    return this.#byConnection.get(this.#key(address))?.get(address.path);
  }
}
