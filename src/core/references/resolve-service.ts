/** Gives programs the values of variables that they name. Each is logged, without the value. */
import { AppError } from '@shared/errors';
import { nearNames } from '@shared/model/near-names';
import type { Selector, WorkspaceSelector } from '@shared/model/selector';
import { WHOLE_SECRET_KEY, type VariableKind } from '@shared/model/variable';
import type { EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';
import { suggestion, type Lookup } from './lookup';

export interface ResolveServiceParts {
  readonly lookup: Lookup;
  readonly environments: EnvironmentService;
  readonly reading: EnvironmentReading;
}

/** A variable of an environment, which is the active one by default. */
export interface NamedVariable {
  readonly environment?: string | undefined;
  readonly key: string;
}

export type ResolvedVariable = NamedVariable & { readonly value: string };

export class ResolveService {
  constructor(private readonly parts: ResolveServiceParts) {}

  /** One value. Throws `NO_SUCH_VARIABLE` with near names, `BINARY_VALUE`, and what a pull throws. */
  async get(
    { key, ...selector }: Selector & { readonly key: string },
    signal: AbortSignal,
  ): Promise<{ value: string; kind: VariableKind }> {
    const { lookup, environments, reading } = this.parts;
    const { environment } = lookup.environment(selector);
    const { variables } = await environments.fresh(environment.id, signal);
    const variable = variables.find((each) => each.key === key);
    if (variable === undefined) {
      const missing = [{ environment: environment.name, key }];
      throw noSuchVariables(missing, new Map([[environment.name, namesOf(variables)]]));
    }
    return { value: await reading.reveal(environment.id, key), kind: variable.kind };
  }

  /** All variables that are not disabled, in order. Throws as `get` does, and `INVALID_INPUT` for a text. */
  async values(selector: Selector, signal: AbortSignal): Promise<{ key: string; value: string }[]> {
    const { lookup, environments, reading } = this.parts;
    const { environment } = lookup.environment(selector);
    const { variables, shape } = await environments.fresh(environment.id, signal);
    if (shape === 'binary') throw new AppError('BINARY_VALUE');
    if (shape === 'text') {
      throw new AppError('INVALID_INPUT', {
        message: `“${environment.name}” is one text, not a list of variables.`,
        hint: `Get its value by the name ${WHOLE_SECRET_KEY}.`,
      });
    }
    const disabled = new Set(variables.filter((each) => each.disabled === true).map(keyOf));
    const values = await reading.revealAll(environment.id);
    return values.filter(({ key }) => !disabled.has(key));
  }

  /**
   * Several values, in the order of the references. Each environment is read once. Throws what finding and
   * reading an environment throws, and `NO_SUCH_VARIABLE`, which names all that are missing.
   */
  async resolve(
    { workspace }: WorkspaceSelector,
    references: readonly NamedVariable[],
    signal: AbortSignal,
  ): Promise<ResolvedVariable[]> {
    const { lookup, environments, reading } = this.parts;
    // All names are checked before a provider is asked.
    const found = new Map(
      [...new Set(references.map(({ environment }) => environment))].map((name) => [
        name,
        lookup.environment({ workspace, environment: name }).environment,
      ]),
    );
    const known = new Map<string, string[]>();
    for (const { id, name } of found.values()) {
      if (known.has(name)) continue;
      const { variables } = await environments.fresh(id, signal);
      known.set(name, namesOf(variables));
    }
    const named = references.flatMap(({ environment, key }) => {
      const row = found.get(environment);
      return row === undefined ? [] : [{ environment, key, id: row.id, in: row.name }];
    });
    const missing = named.filter((each) => known.get(each.in)?.includes(each.key) !== true);
    if (missing.length > 0) {
      throw noSuchVariables(
        missing.map((each) => ({ environment: each.in, key: each.key })),
        known,
      );
    }
    const resolved: ResolvedVariable[] = [];
    for (const { id, environment, key } of named) {
      const value = await reading.reveal(id, key);
      resolved.push({ ...(environment !== undefined && { environment }), key, value });
    }
    return resolved;
  }
}

const keyOf = ({ key }: { readonly key: string }): string => key;
const namesOf = (variables: readonly { readonly key: string }[]): string[] => variables.map(keyOf);

/** Names every variable that is missing. `known` are the variables of each environment, by its name. */
export function noSuchVariables(
  missing: readonly { readonly environment: string; readonly key: string }[],
  known: ReadonlyMap<string, readonly string[]>,
): AppError {
  const sentences = missing.map(
    ({ environment, key }) => `There is no variable ${key} in “${environment}”.`,
  );
  const near = missing.flatMap(({ environment, key }) => {
    const names = nearNames(key, known.get(environment) ?? []);
    return missing.length === 1 ? names : names.slice(0, 1);
  });
  return new AppError('NO_SUCH_VARIABLE', {
    message: sentences.join(' '),
    hint: suggestion(near) ?? 'List the variables of the environment to see their names.',
    details: { field: missing[0]?.key, suggestion: near[0] },
  });
}
