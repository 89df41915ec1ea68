/**
 * The secrets of one vault: versions, soft delete, recovery and purge. Deletion, recovery and purge take
 * time in the service, so each has a delay by the server's clock; names are compared without case.
 */
import { randomUUID } from 'node:crypto';
import { days, type ServerClock } from '../clock';
import {
  deletedSecretNotFound,
  isBeingDeleted,
  isBeingRecovered,
  managedByKeyVault,
  nameIsBeingDeleted,
  nameIsBeingRecovered,
  nameIsDeleted,
  purgeProtected,
  secretNotFound,
} from './errors';

/** Times are seconds since 1970, as in the protocol. */
export interface Attributes {
  readonly enabled: boolean;
  readonly notBefore?: number | undefined;
  readonly expires?: number | undefined;
}

export interface Content {
  readonly value: string;
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly attributes: Attributes;
}

export interface Version extends Content {
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  readonly created: number;
  readonly updated: number;
}

/** `undefined` leaves a field as it is. */
export interface Change {
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly attributes?: Partial<Attributes> | undefined;
}

export interface Deletion {
  /** Seconds since 1970. */
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

export interface StoreSettings {
  /** Days until a deleted secret is purged: 7 to 90. */
  retentionDays: number;
  purgeProtection: boolean;
  /** Milliseconds from a deletion until the secret is in the list of deleted secrets. */
  deletionMs: number;
  /** Milliseconds from a recovery until the secret can be read. */
  recoveryMs: number;
  /**
   * Further milliseconds in which a recovered secret can be read, but not written. Source:
   * Azure/azure-sdk-for-net issue 31581.
   */
  recoveredButLockedMs: number;
  /** Milliseconds from a purge until the name is free. Source: Azure/azure-sdk-for-net issue 26027. */
  purgeMs: number;
}

/** The times are milliseconds since 1970. */
type State =
  | { readonly kind: 'live' }
  | { readonly kind: 'deleted'; readonly at: number; readonly doneAt: number }
  | { readonly kind: 'recovered'; readonly readableAt: number; readonly writableAt: number }
  | { readonly kind: 'purged'; readonly freeAt: number };

export interface Secret {
  /** As it was first written. */
  readonly name: string;
  /** Of a certificate: only the vault changes it. */
  readonly managed: boolean;
  /** Oldest first. */
  versions: readonly Version[];
  state: State;
}

type Phase = 'live' | 'locked' | 'deleting' | 'deleted' | 'recovering' | 'purging';

export class SecretStore {
  readonly settings: StoreSettings = {
    retentionDays: 90,
    purgeProtection: false,
    deletionMs: 0,
    recoveryMs: 0,
    recoveredButLockedMs: 0,
    purgeMs: 0,
  };
  private readonly secrets = new Map<string, Secret>();

  constructor(private readonly clock: ServerClock) {}

  /** The secrets that can be read, in the order of the service: by name, without case. */
  live(): Secret[] {
    return this.inPhase('live', 'locked');
  }

  deleted(): Secret[] {
    return this.inPhase('deleted');
  }

  /** `undefined` for a deleted secret too. */
  findLive(name: string): Secret | undefined {
    const secret = this.find(name);
    const live = secret !== undefined && ['live', 'locked'].includes(this.phase(secret));
    return live ? secret : undefined;
  }

  /** Throws SecretNotFound. */
  get(name: string): Secret {
    const secret = this.findLive(name);
    if (secret === undefined) throw secretNotFound(name);
    return secret;
  }

  /** Without an id, the newest version. Throws SecretNotFound. */
  version(name: string, id?: string): Version {
    const { versions } = this.get(name);
    const version =
      id === undefined
        ? versions.at(-1)
        : versions.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (version === undefined) throw secretNotFound(`${name}/${id ?? ''}`);
    return version;
  }

  /** Throws SecretNotFound unless the deletion is complete. */
  getDeleted(name: string): Secret {
    const secret = this.find(name);
    if (secret !== undefined && this.phase(secret) === 'deleted') return secret;
    throw deletedSecretNotFound(name);
  }

  /** Throws Conflict, or Forbidden for the secret of a certificate. */
  set(name: string, content: Content): { readonly secret: Secret; readonly version: Version } {
    const secret = this.find(name);
    if (secret !== undefined) this.refuseWrite(secret, name);
    return this.add(secret ?? this.create(name, false), content);
  }

  /** Creates or renews the secret of a certificate. */
  setManaged(name: string, content: Content): void {
    this.add(this.find(name) ?? this.create(name, true), content);
  }

  /** Without an id, changes the newest version. */
  update(name: string, id: string | undefined, change: Change): Version {
    const secret = this.get(name);
    const old = this.version(name, id);
    if (secret.managed) throw managedByKeyVault('update');
    const version: Version = {
      ...old,
      contentType: change.contentType ?? old.contentType,
      tags: change.tags ?? old.tags,
      attributes: { ...old.attributes, ...change.attributes },
      updated: this.seconds(),
    };
    secret.versions = secret.versions.map((each) => (each === old ? version : each));
    return version;
  }

  delete(name: string): Secret {
    const secret = this.get(name);
    if (secret.managed) throw managedByKeyVault('delete');
    const at = this.clock.now();
    secret.state = { kind: 'deleted', at, doneAt: at + this.settings.deletionMs };
    return secret;
  }

  recover(name: string): Secret {
    const secret = this.findDeleted(name);
    const readableAt = this.clock.now() + this.settings.recoveryMs;
    secret.state = {
      kind: 'recovered',
      readableAt,
      writableAt: readableAt + this.settings.recoveredButLockedMs,
    };
    return secret;
  }

  /** `vault` names the vault in the refusal under purge protection. */
  purge(name: string, vault: string): void {
    const secret = this.findDeleted(name);
    if (this.settings.purgeProtection) throw purgeProtected(vault);
    secret.state = { kind: 'purged', freeAt: this.clock.now() + this.settings.purgeMs };
  }

  /** The dates of a deleted secret. */
  deletion(secret: Secret): Deletion {
    if (secret.state.kind !== 'deleted') throw new Error(`${secret.name} is not deleted.`);
    return {
      deletedDate: Math.floor(secret.state.at / 1000),
      scheduledPurgeDate: Math.floor(this.purgeTime(secret.state.at) / 1000),
    };
  }

  /** Source: REST reference, DeletionRecoveryLevel. */
  get recoveryLevel(): string {
    const { retentionDays, purgeProtection } = this.settings;
    return `${retentionDays < 90 ? 'Customized' : ''}Recoverable${purgeProtection ? '' : '+Purgeable'}`;
  }

  private create(name: string, managed: boolean): Secret {
    const secret: Secret = { name, managed, versions: [], state: { kind: 'live' } };
    this.secrets.set(name.toUpperCase(), secret);
    return secret;
  }

  private add(secret: Secret, content: Content): { secret: Secret; version: Version } {
    const now = this.seconds();
    const id = randomUUID().replaceAll('-', '');
    const version: Version = { ...content, id, created: now, updated: now };
    secret.versions = [...secret.versions, version];
    return { secret, version };
  }

  private refuseWrite(secret: Secret, name: string): void {
    switch (this.phase(secret)) {
      case 'live':
        if (secret.managed) throw managedByKeyVault('set');
        return;
      case 'deleted':
        throw nameIsDeleted(name);
      case 'deleting':
      case 'purging':
        throw nameIsBeingDeleted(name);
      case 'recovering':
      case 'locked':
        throw nameIsBeingRecovered(name);
    }
  }

  /** A secret that can be recovered or purged now. */
  private findDeleted(name: string): Secret {
    const secret = this.find(name);
    if (secret === undefined) throw deletedSecretNotFound(name);
    switch (this.phase(secret)) {
      case 'deleted':
        return secret;
      case 'deleting':
        throw isBeingDeleted();
      case 'recovering':
        throw isBeingRecovered();
      case 'live':
      case 'locked':
      case 'purging':
        throw deletedSecretNotFound(name);
    }
  }

  private find(name: string): Secret | undefined {
    const key = name.toUpperCase();
    const secret = this.secrets.get(key);
    if (secret === undefined) return undefined;
    const now = this.clock.now();
    const { state } = secret;
    const gone =
      (state.kind === 'purged' && now >= state.freeAt) ||
      (state.kind === 'deleted' && now >= this.purgeTime(state.at));
    if (!gone) return secret;
    this.secrets.delete(key);
    return undefined;
  }

  private phase({ state }: Secret): Phase {
    const now = this.clock.now();
    switch (state.kind) {
      case 'live':
        return 'live';
      case 'deleted':
        return now < state.doneAt ? 'deleting' : 'deleted';
      case 'recovered':
        if (now < state.readableAt) return 'recovering';
        return now < state.writableAt ? 'locked' : 'live';
      case 'purged':
        return 'purging';
    }
  }

  private inPhase(...phases: readonly Phase[]): Secret[] {
    return [...this.secrets.keys()]
      .toSorted()
      .flatMap((key) => this.find(key) ?? [])
      .filter((secret) => phases.includes(this.phase(secret)));
  }

  private purgeTime(deletedAt: number): number {
    return deletedAt + days(this.settings.retentionDays);
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}
