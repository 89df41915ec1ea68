/** What every secrets manager looks like to the rest of the core. */
import type { AppError } from '@shared/errors';
import type { ProviderId } from '@shared/providers/descriptor';
import type { CheckStep, Expiry, SignInChoices } from '@shared/model/connection';
import type { NoteRefusal } from '@shared/model/note';
import type { FormValues } from '@shared/model/form-values';
import type { SecretDocument } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import type { Secret } from '@core/secrets/secret';
import type { NoteChanges, Notes } from './notes';

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Called with the number of secrets found so far, as a listing of several pages or folders grows. */
  readonly onFound?: (count: number) => void;
}

export interface ReadManyOptions extends CallOptions {
  /** What `list` of the same provider has just returned: a store whose folders are found by listing is not listed again. */
  readonly listing?: Listing | undefined;
}

export interface UndeleteOptions extends CallOptions {
  /** One version that was deleted by itself, if a provider does that, instead of the newest. */
  readonly revision?: Revision | undefined;
}

export interface ListedSecret {
  /**
   * Relative to what the configuration names: never holds the mount, and starts with `/` only if
   * the name itself does, which AWS allows.
   */
  readonly path: string;
  /**
   * Why it cannot be read, if the listing already tells. An entry `without-name` has the path of its folder
   * and a slash: no request can name it.
   */
  readonly unavailable?: 'scheduled-for-deletion' | 'without-name';
}

export interface Listing {
  readonly secrets: readonly ListedSecret[];
  /**
   * Folders that could not be listed while others could; the path of the root is empty. What cannot be listed at
   * all is thrown.
   */
  readonly unlisted: readonly { readonly path: string; readonly error: AppError }[];
}

export interface SecretSnapshot {
  readonly path: string;
  readonly document: SecretDocument;
  readonly revision: Revision;
  /** The revision as people say it, such as `v14`; absent if the provider has no versions. */
  readonly version?: string | undefined;
  /** When this revision was written, if the provider tells. */
  readonly modifiedAt?: Date | undefined;
  /**
   * Notes of variables that are kept with the secret, if there are any they come with the same requests. Absent if
   * none are kept with it.
   */
  readonly notes?: Notes | undefined;
}

/** What a write left behind. */
export interface Written {
  readonly revision: Revision;
  /** What is there now, if the server keeps it differently than it was sent. */
  readonly document?: SecretDocument;
  /** As in `SecretSnapshot`. */
  readonly version?: string | undefined;
  /** As in `SecretSnapshot`. */
  readonly notes?: Notes | undefined;
}

/** What the caller of a glance holds already. */
export interface GlanceOptions extends CallOptions {
  /**
   * Where only an index can be asked that lags behind, as ListSecrets does, this tells whether the
   * index is ahead of the caller or behind: without it such an index is not believed.
   */
  readonly known?: Pick<SecretSnapshot, 'revision' | 'modifiedAt'> | undefined;
}

/** What is at a path, by metadata alone: no value is fetched from a server for it. */
export type Glance =
  | {
      readonly state: 'present';
      /** Equal to the revision that `read` gives for the same version. */
      readonly revision: Revision;
      /** As in `SecretSnapshot`. */
      readonly version?: string | undefined;
      readonly modifiedAt?: Date | undefined;
    }
  | {
      readonly state: 'deleted';
      /** Whether `undelete` can bring the newest version back. */
      readonly recoverable: boolean;
      /** When it can no longer be brought back, if that is known. */
      readonly until?: Date | undefined;
    }
  /** The name is taken until then; `undelete` cancels it. */
  | { readonly state: 'scheduled-for-deletion'; readonly until?: Date | undefined }
  | { readonly state: 'absent' }
  /** This provider, or this engine of it, has no metadata; or the credentials may not see it. */
  | { readonly state: 'unknown'; readonly why: 'not-supported' | 'not-permitted' };

export interface SecretVersion {
  readonly revision: Revision;
  /** The revision as people say it, such as `v14`. */
  readonly version: string;
  /** `deleted` can be brought back by whoever may, `destroyed` by nobody. */
  readonly state: 'current' | 'past' | 'deleted' | 'destroyed';
  /** The provider's own names for it, such as AWSPREVIOUS; our own bookkeeping left out. */
  readonly labels: readonly string[];
  readonly createdAt?: Date | undefined;
  /** Who wrote it, if the provider tells. */
  readonly createdBy?: string | undefined;
  readonly deletedAt?: Date | undefined;
}

export type History =
  | {
      readonly isKept: true;
      /** The newest first. */
      readonly versions: readonly SecretVersion[];
      /** False if the credentials may see only some of those that are kept. */
      readonly isComplete: boolean;
    }
  /** This provider, or this engine of it, keeps no versions. */
  | { readonly isKept: false };

export type ReadOutcome =
  | { readonly path: string; readonly snapshot: SecretSnapshot }
  | { readonly path: string; readonly error: AppError };

export type RemoveOutcome =
  /** Gone from use, and can be brought back. `until` is when it can no longer be, if that is known. */
  | { readonly recoverable: true; readonly until?: Date | undefined }
  | { readonly recoverable: false };

/** The key of the mark that says which declared set-up owns what is at a path; its value is the set-up’s name. */
export const OWNER_MARK = 'strongroom-config';

/** Which declared set-up owns what is at a path, as far as its mark tells. */
export type Ownership =
  /** `by` is the name of the set-up. */
  | { readonly state: 'owned'; readonly by: string }
  | { readonly state: 'unowned' }
  /** This engine has no place for marks, or the credentials may not see or change them. */
  | { readonly state: 'unknown'; readonly why: 'not-supported' | 'not-permitted' };

/** Why notes were not taken, by key. */
export type NoteRefusals = ReadonlyMap<string, NoteRefusal>;

/** What a mark says; absent and empty are the same. */
export const ownershipOf = (mark: string | undefined): Ownership =>
  mark === undefined || mark === '' ? { state: 'unowned' } : { state: 'owned', by: mark };

/**
 * A connection to one configured secrets manager. Methods throw `AppError`, honour the signal with
 * `CANCELLED`, and end within their own deadline with `TIMED_OUT`.
 */
export interface SecretsProvider {
  /** Tests the connection step by step. Failures are steps, not throws; nothing is written. */
  check(options: CallOptions): AsyncIterable<CheckStep>;
  list(options: ListOptions): Promise<Listing>;
  /** Throws `NOT_FOUND`, `SECRET_DELETED`, `SCHEDULED_FOR_DELETION`, `PERMISSION_DENIED` … */
  read(path: string, options: CallOptions): Promise<SecretSnapshot>;
  /** Reads many with bounded concurrency, in any order; one failure does not stop the others. */
  readMany(paths: readonly string[], options: ReadManyOptions): AsyncIterable<ReadOutcome>;
  /** A missing permission is an answer here and no error: see `Glance`. */
  glance(path: string, options: GlanceOptions): Promise<Glance>;
  /** Throws `NOT_FOUND` if nothing is known of the path, `PERMISSION_DENIED` … */
  versions(path: string, options: CallOptions): Promise<History>;
  /**
   * Reads one version, the newest or a past one. Throws `NOT_FOUND` if it is not kept any more,
   * `SECRET_DELETED` if it was deleted.
   */
  readVersion(path: string, revision: Revision, options: CallOptions): Promise<SecretSnapshot>;
  /**
   * Writes the whole document. `expected` is the revision it was read at, `null` to create only.
   * Throws `CONFLICT` if the server holds another revision, `ALREADY_EXISTS` on a create that finds
   * one, `SCHEDULED_FOR_DELETION` if the name is still taken by what is being deleted. A write whose
   * answer was lost is recognised when it is asked for again.
   */
  write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    options: CallOptions,
  ): Promise<Written>;
  /**
   * Why this cannot be created, as far as the provider's rules say without a call: the name or the size.
   * `undefined` is no promise that a write succeeds.
   */
  validate(path: string, document: SecretDocument): AppError | undefined;
  /** Removes the secret, recoverably if the provider can. Throws `CONFLICT` as `write` does. */
  remove(path: string, expected: Revision, options: CallOptions): Promise<RemoveOutcome>;
  /**
   * Whether `undelete` can bring back what `remove` removes. Left out if the descriptor’s traits say it, because
   * it is the same for every engine.
   */
  keepsRemoved?(options: CallOptions): Promise<boolean>;
  /**
   * Brings a deleted secret back, its newest version with it: `read` works again. Does nothing if
   * there is one at the path. Throws `NOT_FOUND` if nothing is left of it, `PERMISSION_DENIED` …
   */
  undelete(path: string, options: UndeleteOptions): Promise<void>;
  /**
   * Reads the mark of what is at a path. Left out, as is `setOwner`, if the store has no place for marks. A
   * path that holds nothing has no owner. A folder belongs to the owner of any of its secrets.
   */
  owner?(path: string, options: CallOptions): Promise<Ownership>;
  /**
   * Sets the mark, or removes it with `null`. Content and revision stay as they are. In a folder, every secret
   * gets the mark. Resolves with what is so now: `unknown` if nothing could be changed. Throws `NOT_FOUND` if
   * the path holds nothing to set a mark on.
   */
  setOwner?(path: string, owner: string | null, options: CallOptions): Promise<Ownership>;
  /**
   * Sets or removes notes of variables; the others stay, and so do content and revision. Returns those that were not
   * taken: nothing was changed for them. Throws `NOT_FOUND` if the path holds nothing. Left out if the store keeps no
   * notes.
   */
  setNotes?(path: string, notes: NoteChanges, options: CallOptions): Promise<NoteRefusals>;
  /**
   * Whether there is a way to the server, or to the proxy in front of it: connects and sends nothing.
   * Throws the network's failures. Left out if there is no network in between.
   */
  reach?(options: CallOptions): Promise<void>;
  /** When the credentials in use end, as far as it is known. Makes no call. Left out if they never do. */
  expiry?(): Expiry | undefined;
  /** Ends background work and closes connections. The provider is not used afterwards. */
  dispose(): void;
}

/** What a provider is made from: parsed settings and the credentials beside them. */
export interface ProviderSettings<Values> {
  readonly values: Values;
  readonly credentials: Readonly<Record<string, Secret | undefined>>;
  /** Called if `expiry` may give another answer without a call that somebody made. */
  readonly onExpiry?: (() => void) | undefined;
  /**
   * Exchanges a stored credential for the next one, in turn with other providers that have it: `renew` gets the newest one,
   * and what it returns is stored. If it cannot be stored, the next exchange of this provider gets it nevertheless. If
   * somebody has saved or removed the credential meanwhile, that is left as it is. Absent if the credentials are not
   * stored: then none may be used up.
   */
  readonly exchange?:
    | ((name: string, renew: (newest: Secret | undefined) => Promise<Secret>) => Promise<Secret>)
    | undefined;
}

/** Values and credentials by field name; a field that is not named stays as it is. */
export interface Prepared {
  readonly values: FormValues;
  readonly credentials: Readonly<Record<string, Secret>>;
}

/** What other tools use on this computer. */
export interface Found {
  readonly values: FormValues;
  /** By field name. */
  readonly credentials: Readonly<Record<string, Secret>>;
  /** The variables and files it is from, in words for a person. */
  readonly from: readonly string[];
  /** Which of those the credentials are from. */
  readonly credentialsFrom?: string | undefined;
}

/** A step of a sign-in that a person finishes in a browser. */
export type SignInStep =
  /** `code`: to be compared with what the page shows. */
  | { readonly type: 'open'; readonly url: string; readonly code?: string | undefined }
  | {
      readonly type: 'done';
      readonly credentials: Readonly<Record<string, Secret>>;
      /** Milliseconds since 1970, UTC. */
      readonly expiresAt?: number | undefined;
      readonly choices?: SignInChoices | undefined;
    };

export interface ProviderFactory<Values = unknown> {
  readonly id: ProviderId;
  /**
   * Makes no connection and no call by itself. A method, so that factories of different values fit
   * into one registry: the descriptor of the same id has parsed what comes in.
   */
  create(settings: ProviderSettings<Values>): SecretsProvider;
  /**
   * What takes the place of settings before they are stored; `undefined` if they are stored as they
   * were entered. May call the server: what is good for one use only is used here. `credential` gives
   * what was entered, or what is stored already.
   */
  prepareToStore?(
    values: Values,
    credential: (name: string) => Promise<Secret | undefined>,
  ): Promise<Prepared | undefined>;
  /** Values that fields of the form can have, by the name of the field, from this computer. Makes no connection. */
  choices?(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Looks for what other tools left on this computer. Makes no connection. */
  find?(): Promise<Found | undefined>;
  /** Signs in with a browser. Ends with `done`, or throws. Left out if no method of the provider does. */
  signIn?(
    settings: ProviderSettings<Values>,
    signal: AbortSignal,
  ): AsyncGenerator<SignInStep, void, undefined>;
  /** Forgets logins that outlive the provider they were made for. */
  forgetLogins?(): void;
}
