import type { Revision } from '../providers/provider';
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

interface Kept {
  readonly current: SessionSecret;
  /** The newest first. */
  readonly past: readonly HeldValues[];
}

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

  /** What was in memory at this revision; `undefined` where that is too long ago, or never was. */
  at(address: SecretAddress, revision: Revision | null): HeldValues | undefined {
    const kept = this.#kept(address);
    if (kept === undefined) return undefined;
    return [kept.current.values, ...kept.past].find((values) => values.revision === revision);
  }

  put(address: SecretAddress, secret: SessionSecret): void {
    const key = this.#key(address);
    const paths = this.#byConnection.get(key) ?? new Map<string, Kept>();
    const before = paths.get(address.path);
    const older = before === undefined ? [] : [before.current.values, ...before.past];
    const past = older.filter(({ revision }) => revision !== secret.values.revision);
    paths.set(address.path, { current: secret, past: past.slice(0, PAST_KEPT) });
    this.#byConnection.set(key, paths);
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

  #kept(address: SecretAddress): Kept | undefined {
    return this.#byConnection.get(this.#key(address))?.get(address.path);
  }
}
