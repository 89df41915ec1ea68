/** The values that a program gets when it is started, or that are put into a file for it. */
import { AppError, isAppError } from '@shared/errors';
import { formatReference, type Reference } from '@shared/model/reference';
import type { WorkspaceSelector } from '@shared/model/selector';
import { namesIn, referenceIn } from '@shared/model/stored-reference';
import { WHOLE_SECRET_KEY, type VariableKind } from '@shared/model/variable';
import type { Connections } from '@core/connections/connections';
import { readIfThere } from '@core/connections/read-if-there';
import type { EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentState } from '@core/environments/environment-state';
import { fingerprint } from '@core/secrets/document';
import type { Secret } from '@core/secrets/secret';
import type { Lookup } from './lookup';
import { noSuchVariables } from './no-such-variables';
import {
  LEVELS,
  resolveReferences,
  type ReferencedEnvironment,
  type ResolvedValue,
  type Target,
  type Wanted,
} from './resolve';

export interface ProgramValuesParts {
  readonly lookup: Lookup;
  readonly environments: EnvironmentService;
  readonly reading: EnvironmentReading;
  readonly state: EnvironmentState;
  readonly connections: Connections;
}

/** Environments by name or id, the later before the earlier. Default: the active one. */
export interface Chosen extends WorkspaceSelector {
  readonly environments: readonly string[];
}

export interface VariablesWanted extends Chosen {
  readonly assigned: readonly {
    readonly key: string;
    readonly reference?: Reference | undefined;
  }[];
  readonly only?: readonly string[] | undefined;
  readonly expand: boolean;
}

export interface GivenValue {
  readonly value: string;
  readonly secret: boolean;
}

/** A variable whose value has the form of a reference, but names no environment. */
export interface Doubtful {
  readonly environment: string;
  readonly key: string;
}

export interface GivenVariables {
  readonly variables: readonly (GivenValue & { readonly key: string })[];
  readonly doubtful: readonly Doubtful[];
  readonly read: readonly string[];
}

/** A variable that a program would get, and where its value is: at the end of its references. */
export interface Origin {
  /** The name that the program knows it by. */
  readonly key: string;
  readonly environment: { readonly id: string; readonly name: string };
  /** The name of the variable there. */
  readonly variable: string;
  readonly value: Secret;
  /** Whether it is masked, or refers to one that is. */
  readonly secret: boolean;
}

/** Chooses, by their keys, the variables that a program does not get. */
export type Withhold = (origins: readonly Origin[]) => ReadonlySet<string>;

export class ProgramValues {
  constructor(private readonly parts: ProgramValuesParts) {}

  /**
   * All variables of the chosen environments that are not disabled, except those that are assigned, and then
   * the assigned references. Throws `UNKNOWN_REFERENCE`, `REFERENCE_CYCLE`, `NO_SUCH_VARIABLE` for a key of
   * `only` that no environment has, and what finding and reading an environment throws. `withhold` is asked before
   * anything is given out.
   */
  async variables(
    wanted: VariablesWanted,
    signal: AbortSignal,
    withhold?: Withhold,
  ): Promise<GivenVariables> {
    const session = new Session(this.parts, wanted, wanted.expand, signal);
    const names = session.chosen(wanted.assigned.length > 0);
    const targets = new Map<string, Target>();
    for (const name of names) {
      for (const key of await session.keys(name)) targets.set(key, { vault: name, key });
    }
    if (wanted.only !== undefined) this.#choose(targets, wanted.only, names);
    for (const { key } of wanted.assigned) targets.delete(key);
    for (const { key, reference } of wanted.assigned) {
      if (reference !== undefined) targets.set(key, await session.targetOf(reference, names));
    }
    if (withhold !== undefined) {
      for (const key of withhold(await session.origins(targets))) targets.delete(key);
    }
    const order = [...targets].map(([place, target]) => ({ place, target }));
    const resolved = await session.resolve(order);
    return {
      variables: resolved.map((given, index) => ({ key: order[index]?.place ?? '', ...given })),
      doubtful: session.doubtful,
      read: session.read,
    };
  }

  /** The values of references, in their order. Throws as `variables` does. */
  async references(
    { references, ...chosen }: Chosen & { readonly references: readonly Reference[] },
    signal: AbortSignal,
  ): Promise<{ values: readonly GivenValue[]; doubtful: readonly Doubtful[] }> {
    const session = new Session(this.parts, chosen, false, signal);
    const names = references.some(({ vault }) => vault === undefined) ? session.chosen(false) : [];
    const order: Wanted[] = [];
    for (const reference of references) {
      const target = await session.targetOf(reference, names);
      order.push({ place: formatReference(reference), target });
    }
    return { values: await session.resolve(order), doubtful: session.doubtful };
  }

  /** A text for each environment that is another one after its values have changed. */
  async revisions(ids: readonly string[], signal: AbortSignal): Promise<string[]> {
    const revisions: string[] = [];
    for (const id of ids) revisions.push(await this.#revision(id, signal));
    return revisions;
  }

  async #revision(id: string, signal: AbortSignal): Promise<string> {
    const { state, connections } = this.parts;
    const row = state.row(id);
    if (!row.synced) return (await state.heldOrThrow(row)).revision ?? '';
    const connection = await connections.connect(row.workspaceId);
    const glance = await connection.provider.glance(row.path, { signal });
    if (glance.state === 'present') return glance.revision;
    if (glance.state !== 'unknown') return glance.state;
    // The provider shows no metadata.
    const snapshot = await readIfThere(connection, row.path, signal);
    return snapshot === undefined ? 'absent' : fingerprint(snapshot.document);
  }

  #choose(
    targets: Map<string, Target>,
    only: readonly string[],
    environments: readonly string[],
  ): void {
    const last = environments.at(-1) ?? '';
    const missing = only.filter((key) => !targets.has(key));
    if (missing.length > 0) {
      throw noSuchVariables(
        missing.map((key) => ({ environment: last, key })),
        new Map([[last, [...targets.keys()]]]),
      );
    }
    const kept = new Set(only);
    for (const key of targets.keys()) if (!kept.has(key)) targets.delete(key);
  }
}

interface Loaded extends ReferencedEnvironment {
  readonly id: string;
  readonly name: string;
  /** Of each variable. */
  readonly kinds: ReadonlyMap<string, VariableKind>;
  /** The keys of the variables that are not disabled; `undefined` if it is one text. */
  readonly enabled: readonly string[] | undefined;
}

/** The environments that one call reads, each once. */
export class Session {
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #doubtful: Doubtful[] = [];

  constructor(
    private readonly parts: Omit<ProgramValuesParts, 'state' | 'connections'>,
    private readonly where: Chosen,
    private readonly expand: boolean,
    private readonly signal: AbortSignal,
  ) {}

  get doubtful(): readonly Doubtful[] {
    return this.#doubtful;
  }

  /** The ids of the environments that were read. Valid once `resolve` has returned. */
  read: readonly string[] = [];

  /** The chosen environments. `mayBeNone`: nothing is chosen, no environment is active, and none is needed. */
  chosen(mayBeNone: boolean): string[] {
    const { lookup } = this.parts;
    const { workspace, environments: names } = this.where;
    if (names.length > 0) {
      return names.map(
        (environment) => lookup.environment({ workspace, environment }) && environment,
      );
    }
    try {
      return [lookup.environment({ workspace }).environment.name];
    } catch (error) {
      if (mayBeNone && isAppError(error, 'NO_SUCH_ENVIRONMENT')) return [];
      throw error;
    }
  }

  /** The keys of the variables that are not disabled. Throws `INVALID_INPUT` for an environment that is one text. */
  async keys(name: string): Promise<readonly string[]> {
    const { enabled } = await this.load(name);
    if (enabled !== undefined) return enabled;
    throw new AppError('INVALID_INPUT', {
      message: `“${name}” is one text, not a list of variables.`,
      hint: `Assign it to a variable: KEY=@${name}/${WHOLE_SECRET_KEY}.`,
    });
  }

  /** A reference without an environment means the last of the chosen ones that has the variable. */
  async targetOf({ vault, key }: Reference, chosen: readonly string[]): Promise<Target> {
    if (vault !== undefined) return { vault, key };
    for (const name of chosen.toReversed()) {
      if ((await this.load(name)).values.has(key)) return { vault: name, key };
    }
    const { workspace } = this.where;
    const last = chosen.at(-1) ?? this.parts.lookup.environment({ workspace }).environment.name;
    return { vault: last, key };
  }

  /** Where the values of variables are. One whose value is made of several, or does not exist, has no such place. */
  async origins(targets: ReadonlyMap<string, Target>): Promise<Origin[]> {
    const { has } = this.#environments();
    const origins: Origin[] = [];
    for (const [key, target] of targets) {
      const origin = await this.#originOf(target, has);
      if (origin !== undefined) origins.push({ key, ...origin });
    }
    return origins;
  }

  async #originOf(
    target: Target,
    isEnvironment: (name: string) => boolean,
  ): Promise<Omit<Origin, 'key'> | undefined> {
    let { vault, key } = target;
    let isSecret = false;
    for (let level = 0; level < LEVELS; level += 1) {
      const { id, name, values, expands } = await this.load(vault);
      const stored = values.get(key);
      if (stored === undefined) return undefined;
      const { value, secret } = stored;
      isSecret ||= secret;
      const text = value.reveal();
      const next = referenceIn(text, isEnvironment);
      if (next === undefined) {
        if (namesIn(text, { vault: name, expands, isEnvironment }).length > 0) return undefined;
        return { environment: { id, name }, variable: key, value, secret: isSecret };
      }
      ({ vault, key } = next);
    }
    return undefined;
  }

  #environments(): { readonly names: string[]; readonly has: (name: string) => boolean } {
    const { id } = this.parts.lookup.workspace(this.where);
    const all = this.parts.environments.list(id);
    const known = new Set(all.flatMap((each) => [each.name, each.id]));
    return { names: all.map(({ name }) => name), has: (name) => known.has(name) };
  }

  async resolve(order: readonly Wanted[]): Promise<GivenValue[]> {
    const resolved = await resolveReferences(order, {
      ...this.#environments(),
      load: (name) => this.load(name),
    });
    await this.#record(order, resolved);
    return resolved.map(({ value, secret }) => ({ value: value.reveal(), secret }));
  }

  load(name: string): Promise<Loaded> {
    let loading = this.#loaded.get(name);
    if (loading === undefined) {
      loading = this.#load(name);
      this.#loaded.set(name, loading);
    }
    return loading;
  }

  async #load(environment: string): Promise<Loaded> {
    const { lookup, environments, reading } = this.parts;
    const { workspace } = this.where;
    const found = lookup.environment({ workspace, environment }).environment;
    const { variables, shape } = await environments.fresh(found.id, this.signal);
    if (shape === 'binary') {
      throw new AppError('BINARY_VALUE', {
        message: `“${found.name}” is binary, not a list of variables.`,
      });
    }
    const values = await reading.values(found.id);
    const secret = new Map(variables.map((each) => [each.key, each.secret]));
    return {
      id: found.id,
      name: found.name,
      kinds: new Map(variables.map(({ key, kind }) => [key, kind])),
      expands: this.expand || found.expands === true,
      // What was changed in between has no mark yet.
      values: new Map(
        [...values].map(([key, value]) => [key, { value, secret: secret.get(key) ?? true }]),
      ),
      enabled:
        shape === 'map'
          ? variables.filter(({ disabled }) => disabled !== true).map(({ key }) => key)
          : undefined,
    };
  }

  /** Logs what leaves the core, by the environment that it was taken from, and keeps what is doubtful. */
  async #record(order: readonly Wanted[], resolved: readonly ResolvedValue[]): Promise<void> {
    const given = new Map<string, string[]>();
    for (const { target } of order) {
      const { id } = await this.load(target.vault);
      given.set(id, [...(given.get(id) ?? []), target.key]);
    }
    for (const [id, keys] of given) this.parts.reading.recordGiven(id, keys);
    for (const { doubtful } of resolved) {
      if (doubtful !== undefined) {
        this.#doubtful.push({ environment: doubtful.vault, key: doubtful.key });
      }
    }
    const loaded = await Promise.all(this.#loaded.values());
    this.read = [...new Set(loaded.map(({ id }) => id))];
  }
}
