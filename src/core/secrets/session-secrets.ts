import type { Revision } from './revision';
import type { SecretDocument } from './document';

/** Where a value came from. Two environments share values only when all three are the same. */
export interface SecretAddress {
  readonly workspaceId: string;
  /** Names one state of one provider's settings and credentials. */
  readonly connectionId: string;
  readonly path: string;
}

export interface HeldValues {
  readonly document: SecretDocument;
  /** What an edit is based on. `null`: linked to a path that holds nothing yet. */
  readonly revision: Revision | null;
  /** The revision as people say it. */
  readonly version?: string | undefined;
  /** When it was written, where the provider told. */
  readonly modifiedAt?: Date | undefined;
}

export interface SessionSecret {
  readonly values: HeldValues;
  /** Milliseconds since 1970, UTC. */
  readonly pulledAt: number;
}

/** Versions that were in memory before, of each address: what edits were made on and is newer elsewhere. */
const PAST_KEPT = 8;

/** Versions that were read to be looked at, of each address. */
const SEEN_KEPT = 32;

interface Kept {
  /** Absent where only other versions were looked at. */
  readonly current?: SessionSecret | undefined;
  /** The newest first. */
  readonly past: readonly HeldValues[];
  /** What was read last first. */
  readonly seen: readonly HeldValues[];
}

const NOTHING: Kept = { past: [], seen: [] };

const versionsOf = ({ current, past }: Kept): readonly HeldValues[] =>
  current === undefined ? past : [current.values, ...past];

/**
 * The values of this session, in memory and nowhere else. Values of a connection that is no longer the
 * configured one cannot be reached, and are dropped by `retain`.
 */
export class SessionSecrets {
  readonly #byConnection = new Map<string, Map<string, Kept>>();

  readonly #key = ({ workspaceId, connectionId }: Omit<SecretAddress, 'path'>): string =>
    JSON.stringify([workspaceId, connectionId]);

  get(address: SecretAddress): SessionSecret | undefined {
    return this.#kept(address)?.current;
  }

  /** What was read at this revision; `undefined` where that is too long ago, or never was. */
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

  /** Keeps a version that was read to be looked at, beside what is current. */
  putSeen(address: SecretAddress, values: HeldValues): void {
    const before = this.#kept(address) ?? NOTHING;
    const others = before.seen.filter(({ revision }) => revision !== values.revision);
    this.#keep(address, { ...before, seen: [values, ...others].slice(0, SEEN_KEPT) });
  }

  delete(address: SecretAddress): void {
    this.#byConnection.get(this.#key(address))?.delete(address.path);
  }

  /** Drops the values of every workspace and connection but those that are meant. */
  retain(isMeant: (address: Omit<SecretAddress, 'path'>) => boolean): void {
    for (const key of this.#byConnection.keys()) {
      const [workspaceId, connectionId] = JSON.parse(key) as [string, string];
      if (!isMeant({ workspaceId, connectionId })) this.#byConnection.delete(key);
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
