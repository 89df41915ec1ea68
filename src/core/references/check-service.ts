/** Checks environments for programs: which values are not as expected, and which references lead nowhere. */
import { isAppError, type AppError } from '@shared/errors';
import { expectedOf, misfitOf, type ExpectedVariable } from '@shared/model/expected';
import { mayRefer } from '@shared/model/may-refer';
import type { Selector } from '@shared/model/selector';
import type { Variable } from '@shared/model/variable';
import type { EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { Lookup } from './lookup';
import { resolveReferences, type Environments, type ReferencedEnvironment } from './resolve';

export interface CheckServiceParts {
  readonly lookup: Lookup;
  readonly environments: EnvironmentService;
  readonly reading: EnvironmentReading;
}

export interface Checked {
  /** The name of the environment. */
  readonly environment: string;
  /** `misfit` is about the value that programs get: references are followed. */
  readonly variables: readonly Variable[];
  /** The rules for this environment. */
  readonly expected: readonly ExpectedVariable[];
}

export class CheckService {
  constructor(private readonly parts: CheckServiceParts) {}

  /**
   * Pulls a synced environment first, and those that it refers to. Of `keys`, only these variables are followed. No
   * value leaves the core. Throws what finding and reading an environment throws.
   */
  async check(
    { keys, ...selector }: Selector & { readonly keys?: readonly string[] | undefined },
    signal: AbortSignal,
  ): Promise<Checked> {
    const { lookup, environments, reading } = this.parts;
    const { environment, workspace } = lookup.environment(selector);
    const { variables, shape } = await environments.fresh(environment.id, signal);
    const expected = expectedOf(workspace.expected ?? [], environment.name);
    const found = { environment: environment.name, expected: [...expected.values()] };
    if (shape !== 'map') return { ...found, variables };

    const values = await reading.values(environment.id);
    const all = this.#environments(workspace.id, environment.id, signal);
    const vault = lookup.nameOf({ environment, workspace });
    const wanted = new Set(keys ?? variables.map(({ key }) => key));
    const checked: Variable[] = [];
    for (const { misfit: stored, ...variable } of variables) {
      const { key } = variable;
      const refers = wanted.has(key) && mayRefer(values.get(key)?.reveal() ?? '');
      const misfit = refers ? await misfitAtEnd(vault, key, expected.get(key), all) : stored;
      checked.push(misfit === undefined ? variable : { ...variable, misfit });
    }
    return { ...found, variables: checked };
  }

  /** The environments of a workspace, each read once. `read`: the id of the one that was read already. */
  #environments(workspace: string, read: string, signal: AbortSignal): Environments {
    const { lookup, environments, reading } = this.parts;
    const list = environments.list(workspace);
    const loaded = new Map<string, Promise<ReferencedEnvironment>>();
    const load = async (name: string): Promise<ReferencedEnvironment> => {
      const { id, expands } = lookup.environment({ workspace, environment: name }).environment;
      if (id !== read) await environments.fresh(id, signal);
      const values = [...(await reading.values(id))];
      return {
        expands: expands === true,
        values: new Map(values.map(([key, value]) => [key, { value, secret: true }])),
      };
    };
    return {
      names: list.map(({ name }) => name),
      has: (name) => list.some((one) => one.name === name || one.id === name),
      load: (name) => {
        const loading = loaded.get(name) ?? load(name);
        loaded.set(name, loading);
        return loading;
      },
    };
  }
}

/** Why the value at the end of a reference is not as expected, or why there is none. */
async function misfitAtEnd(
  vault: string,
  key: string,
  rule: ExpectedVariable | undefined,
  environments: Environments,
): Promise<string | undefined> {
  try {
    const [end] = await resolveReferences([{ place: key, target: { vault, key } }], environments);
    return rule === undefined || end === undefined ? undefined : misfitOf(rule, end.value.reveal());
  } catch (error) {
    if (!isBroken(error)) throw error;
    return error.message;
  }
}

const isBroken = (error: unknown): error is AppError =>
  isAppError(error, 'UNKNOWN_REFERENCE') || isAppError(error, 'REFERENCE_CYCLE');
