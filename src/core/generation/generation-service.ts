/** Generates a value for one variable in several environments. The value never leaves the core but to their providers. */
import { AppError, toErrorReport } from '@shared/errors';
import type { Addition, ChangeSet } from '@shared/model/change-set';
import type { Generation, GenerationPlan, GenerationResult } from '@shared/model/generation';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { Secret } from '@core/secrets/secret';
import { generate, type Generated } from './generate';

export interface GenerationServiceParts {
  readonly state: EnvironmentState;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
}

/** The revisions that a plan was made for, by environment. */
type Bases = ReadonlyMap<string, string>;

const textOf = (key: string, value: Secret, secret: boolean): Addition => ({
  key,
  value: value.reveal(),
  kind: 'text',
  secret,
});

export class GenerationService {
  constructor(private readonly parts: GenerationServiceParts) {}

  /** What would change where. Reads each synced environment from its provider. Writes nothing, and generates nothing. */
  async plan({ key, publicKey, ids }: Generation, signal: AbortSignal): Promise<GenerationPlan> {
    const keys = publicKey === undefined ? [key] : [key, publicKey];
    return Promise.all(
      ids.map(async (id) => {
        const { name } = this.parts.state.row(id);
        try {
          const { base, variables } = await this.#fresh(id, signal);
          const changes = keys.map((one) => {
            const before = variables.find((variable) => variable.key === one);
            if (before === undefined) return { key: one, change: 'added' as const };
            const isReference = before.reference !== undefined;
            return { key: one, change: isReference ? 'replaces a reference' : 'replaced' } as const;
          });
          return { id, name, base, changes };
        } catch (error) {
          signal.throwIfAborted();
          return { id, name, changes: [], problem: toErrorReport(error) };
        }
      }),
    );
  }

  /**
   * Generates the value and writes it, one environment after the other. An environment that is no longer as the plan
   * showed it is left alone, with the reason in the result.
   */
  async apply(
    generation: Generation,
    bases: Bases,
    signal: AbortSignal,
  ): Promise<GenerationResult> {
    const { recipe, ids, same } = generation;
    const shared = same ? await generate(recipe) : undefined;
    const results: GenerationResult = [];
    for (const id of ids) {
      const { name } = this.parts.state.row(id);
      try {
        signal.throwIfAborted();
        // oxlint-disable-next-line no-await-in-loop -- a failure must leave the environments after it alone
        await this.#write(
          id,
          bases.get(id),
          generation,
          shared ?? (await generate(recipe)),
          signal,
        );
        results.push({ id, name });
      } catch (error) {
        results.push({ id, name, problem: toErrorReport(error) });
      }
    }
    return results;
  }

  async #write(
    id: string,
    base: string | undefined,
    { key, publicKey }: Generation,
    generated: Generated,
    signal: AbortSignal,
  ): Promise<void> {
    const { state, editing } = this.parts;
    const { variables, base: now } = await state.open(id);
    if (base === undefined || base !== now) throw new AppError('CONFLICT');
    // Marked as secret: a mark or a rule that shows the variable would give the value to the window.
    const texts = [textOf(key, generated.value, true)];
    if (publicKey !== undefined && generated.publicKey !== undefined) {
      texts.push(textOf(publicKey, generated.publicKey, false));
    }
    const there = new Set(variables.map((variable) => variable.key));
    const changes: ChangeSet = {
      edits: texts.filter((one) => there.has(one.key)),
      additions: texts.filter((one) => !there.has(one.key)),
    };
    await editing.save(id, base, changes, signal);
  }

  async #fresh(
    id: string,
    signal: AbortSignal,
  ): Promise<OpenEnvironment & { readonly base: string }> {
    const { base, ...open } = await this.parts.environments.fresh(id, signal);
    if (base === undefined) throw new AppError('VALUES_NOT_LOADED');
    if (open.shape !== 'map') {
      throw new AppError('INVALID_INPUT', {
        message: `“${open.environment.name}” is not a list of variables.`,
        hint: 'Choose another environment.',
      });
    }
    return { ...open, base };
  }
}
