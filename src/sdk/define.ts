/** Declared vaults: which secrets there are, and what they are to hold after `strongroom apply`. */
import type { ReadOptions, Requests, SecretReference, VaultOptions } from './types';

/** Declares a name and not its value: somebody else sets it, and `strongroom apply` leaves it as it is. */
export interface External {
  readonly external: true;
}

export const external: External = Object.freeze({ external: true });

/** The secrets of each vault, with the values that they are to have; a reference has that of another secret. */
export type Declaration = Readonly<
  Record<string, Readonly<Record<string, string | SecretReference | External>>>
>;

type NameIn<Declared extends Declaration, Id extends keyof Declared> = keyof Declared[Id] & string;

/** The declared vaults. Values come from where they live, and never from the declaration. */
export interface SecretManager<Declared extends Declaration = Declaration> extends Requests {
  /** Throws as `Vault.get` does, and `INVALID_INPUT` for a name that is not declared. */
  get<Id extends keyof Declared & string>(
    vault: Id,
    secret: NameIn<Declared, Id>,
    options?: ReadOptions,
  ): Promise<string | undefined>;
  /** In the order of the names. */
  getAll<Id extends keyof Declared & string>(
    vault: Id,
    secrets: readonly NameIn<Declared, Id>[],
    options?: ReadOptions,
  ): Promise<(string | undefined)[]>;
  /** Forgets the values and closes connections. The next call opens them again. */
  close(): Promise<void>;
}

/** What a declared grant may be used for. Absent: anything. */
export interface DeclaredPolicy {
  /** The names of clients. */
  readonly clients?: readonly string[];
  readonly methods?: readonly string[];
  /** Paths below which requests may go. */
  readonly paths?: readonly string[];
  /** Such as `mon-fri 09:00-17:00 Europe/Berlin`. One of them has to hold. */
  readonly hours?: readonly string[];
  /** Addresses and networks of callers. */
  readonly addresses?: readonly string[];
  /** A time in ISO 8601. */
  readonly expires?: string;
  /** Counted by each instance of the server. */
  readonly rate?: { readonly requests: number; readonly seconds: number };
}

/** A credential that clients of `strongroom serve` use in requests, and never see. */
export interface DeclaredGrant {
  /** A UUID. Default: one that follows from the name, so that all instances have the same. */
  readonly id?: string;
  /** Default: `bearer`. */
  readonly type?: 'bearer' | 'api-key' | 'basic' | 'sigv4';
  /** `host[:port][/path]`, or `*.host`. */
  readonly hosts: readonly string[];
  /** By name, such as `token`: the secrets of vaults that hold them. */
  readonly secrets: Readonly<Record<string, SecretReference>>;
  /** The header of an API key. */
  readonly header?: string;
  /** Its value, with `{token}` in place of the secret. */
  readonly format?: string;
  /** Of SigV4. */
  readonly region?: string;
  readonly service?: string;
  /** Further headers, fixed or with `{name}` in place of a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters of the query, likewise. */
  readonly query?: Readonly<Record<string, string>>;
  /** Private networks that the hosts may be in. */
  readonly networks?: readonly string[];
  readonly policy?: DeclaredPolicy;
}

/** A program that may call `strongroom serve`. */
export interface DeclaredClient {
  /** SHA-256 of its token: `strongroom client token` makes both. */
  readonly tokenHash: string | undefined;
  /** Names of declared grants. */
  readonly grants?: readonly string[];
  /** Vaults whose values it may read. */
  readonly vaults?: readonly string[];
  /** Addresses and networks that it may call from. */
  readonly addresses?: readonly string[];
  /** A time in ISO 8601. */
  readonly expires?: string;
}

/** What `strongroom.config.ts` exports. */
export interface StrongroomConfig {
  /**
   * The name of the application, which marks what `strongroom apply` owns: small letters, digits, hyphens and
   * underscores.
   */
  readonly name?: string;
  readonly secrets?: SecretManager;
  /**
   * The workspace for commands in the folder of this file and in folders below it. All but `strongroom plan` and
   * `apply` read the text of the file without running it: write the name as a text.
   */
  readonly workspace?: string;
  /** The environment for commands without `-e`, in the same folders. Write its name as a text. */
  readonly environment?: string;
  /** For `strongroom serve --config`, by name. */
  readonly grants?: Readonly<Record<string, DeclaredGrant>>;
  /** For `strongroom serve --config`, by name. */
  readonly clients?: Readonly<Record<string, DeclaredClient>>;
  /** Where the vaults are that grants and clients name. Default: as `vault` finds them. */
  readonly store?: VaultOptions;
}

/** Returns its argument, and checks its type. */
export const defineConfig = <Config extends StrongroomConfig>(config: Config): Config => config;

/**
 * Where a secret manager keeps its declaration, for `strongroom plan` and `apply`. A symbol of the registry, since
 * the command and the program load different copies of this library; not enumerable, so that no value is printed.
 */
export const DECLARATION = Symbol.for('strongroom.declaration');

/** The declaration of a secret manager; `undefined` for anything else. */
export const declarationOf = (secrets: unknown): Declaration | undefined =>
  typeof secrets === 'object' && secrets !== null && DECLARATION in secrets
    ? (secrets[DECLARATION] as Declaration)
    : undefined;
