/** Declared vaults: which secrets there are, and what they are to hold after `strongroom apply`. */
import type { ReadOptions, Requests, SecretReference } from './types';

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
