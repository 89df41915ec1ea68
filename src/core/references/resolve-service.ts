/** Gives programs the values of variables that they name. Each is logged, without the value. */
import { AppError } from '@shared/errors';
import type { ExportFormat } from '@shared/model/open-environment';
import { mayRefer } from '@shared/model/may-refer';
import type { Selector, WorkspaceSelector } from '@shared/model/selector';
import { WHOLE_SECRET_KEY, type VariableKind } from '@shared/model/variable';
import type { EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { Exported } from '@core/environments/export-document';
import { Secret } from '@core/secrets/secret';
import type { Lookup } from './lookup';
import { noSuchVariables } from './no-such-variables';
import { Session, type Doubtful } from './program-values';

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

interface Raw {
  /** References are not followed. */
  readonly raw?: boolean | undefined;
}

export class ResolveService {
  constructor(private readonly parts: ResolveServiceParts) {}

  /**
   * One value. Throws `NO_SUCH_VARIABLE` with near names, `BINARY_VALUE`, `UNKNOWN_REFERENCE`, `REFERENCE_CYCLE`,
   * and what a pull throws.
   */
  async get(
    { key, raw = false, ...selector }: Selector & Raw & { readonly key: string },
    signal: AbortSignal,
  ): Promise<{ value: string; kind: VariableKind; doubtful: Doubtful[] }> {
    const { session, named } = this.#open(selector, signal);
    const { id, name, values, kinds } = await session.load(named);
    const stored = values.get(key);
    if (stored === undefined) {
      throw noSuchVariables([{ environment: name, key }], new Map([[name, [...values.keys()]]]));
    }
    const kind = kinds.get(key) ?? 'text';
    if (raw) {
      this.parts.reading.recordGiven(id, [key]);
      return { value: stored.value.reveal(), kind, doubtful: [] };
    }
    const [given] = await session.resolve([{ place: key, target: { vault: named, key } }]);
    return { value: given?.value ?? '', kind, doubtful: [...session.doubtful] };
  }

  /** All variables in a format. Throws as `get` does, and what `exportDocument` throws. */
  async export(
    { format, raw = false, ...selector }: Selector & Raw & { readonly format: ExportFormat },
    signal: AbortSignal,
  ): Promise<Exported & { fileName: string; doubtful: Doubtful[] }> {
    const { session, named } = this.#open(selector, signal);
    const { id, values, enabled } = await session.load(named);
    const keys = (raw ? [] : (enabled ?? [...values.keys()])).filter((key) =>
      mayRefer(values.get(key)?.value.reveal() ?? ''),
    );
    const given = await session.resolve(
      keys.map((key) => ({ place: key, target: { vault: named, key } })),
    );
    const followed = new Map(
      given.map(({ value }, index) => [keys[index] ?? '', new Secret(value)]),
    );
    const exported = await this.parts.reading.export(id, format, followed);
    return { ...exported, doubtful: [...session.doubtful] };
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
   * reading an environment throws, `NO_SUCH_VARIABLE`, which names all that are missing, `UNKNOWN_REFERENCE` and
   * `REFERENCE_CYCLE`.
   */
  async resolve(
    { workspace }: WorkspaceSelector,
    references: readonly NamedVariable[],
    signal: AbortSignal,
  ): Promise<ResolvedVariable[]> {
    const session = this.#session(this.parts.lookup.workspace({ workspace }).id, signal);
    // All names are checked before a provider is asked.
    const wanted = references.map(({ environment, key }) => ({
      vault: this.#nameOf({ workspace, environment }),
      key,
    }));
    const known = new Map<string, string[]>();
    const missing: { environment: string; key: string }[] = [];
    for (const { vault, key } of wanted) {
      const { name, values } = await session.load(vault);
      known.set(name, [...values.keys()]);
      if (!values.has(key)) missing.push({ environment: name, key });
    }
    if (missing.length > 0) throw noSuchVariables(missing, known);
    const given = await session.resolve(wanted.map((target) => ({ place: target.key, target })));
    return references.map(({ environment, key }, index) => ({
      ...(environment !== undefined && { environment }),
      key,
      value: given[index]?.value ?? '',
    }));
  }

  #open(selector: Selector, signal: AbortSignal): { session: Session; named: string } {
    const { workspace } = this.parts.lookup.environment(selector);
    return { session: this.#session(workspace.id, signal), named: this.#nameOf(selector) };
  }

  #session = (workspace: string, signal: AbortSignal): Session =>
    new Session(this.parts, { workspace, environments: [] }, false, signal);

  #nameOf(selector: Selector): string {
    const { lookup } = this.parts;
    return lookup.nameOf(lookup.environment(selector));
  }
}

const keyOf = ({ key }: { readonly key: string }): string => key;
