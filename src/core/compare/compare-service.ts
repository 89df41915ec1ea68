/** Environments of a workspace side by side, and single variables from one to another. */
import type { Comparison } from '@shared/model/comparison';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { AppError } from '@shared/errors';
import type { EnvironmentRow } from '@core/storage/environments';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentState } from '@core/environments/environment-state';
import { revisionToken } from '@core/environments/environment-values';
import { compareDocuments } from './compare-documents';

export interface CompareServiceParts {
  readonly state: EnvironmentState;
  readonly editing: EnvironmentEditing;
}

export interface CopyVariable {
  readonly fromId: string;
  readonly toId: string;
  readonly key: string;
  /** What the target was seen at. */
  readonly base: string;
}

export class CompareService {
  constructor(private readonly parts: CompareServiceParts) {}

  /** In the order of the ids. The cells of an environment that is not in memory are unknown. */
  async environments(ids: readonly string[]): Promise<Comparison> {
    const { state } = this.parts;
    const rows = ids.map((id) => state.row(id));
    assertTogether(rows);
    const compared = await Promise.all(
      rows.map(async (row) => ({ row, held: await state.held(row) })),
    );
    return {
      environments: compared.map(({ row: { id, name }, held }) => ({
        id,
        name,
        loaded: held !== undefined,
        ...(held && { base: revisionToken(held) }),
      })),
      rows: compareDocuments(
        compared.map(({ row, held }) => {
          if (held === undefined) return undefined;
          const marked = state.marks(row);
          const isDisabled = (key: string): boolean => marked.get(key)?.disabled === true;
          return { document: held.document, isDisabled };
        }),
      ),
    };
  }

  /** Throws what `EnvironmentEditing.save` does, and `VALUES_NOT_LOADED` for either of the two. */
  async copyVariable(
    { fromId, toId, key, base }: CopyVariable,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { state, editing } = this.parts;
    const from = state.row(fromId);
    assertTogether([from, state.row(toId)]);
    const { document } = await state.heldOrThrow(from);
    if (document.shape !== 'map') {
      throw new AppError('INVALID_INPUT', {
        message: `“${from.name}” is not a list of variables, so there is none to copy.`,
        hint: 'Duplicate the environment instead.',
      });
    }
    const entry = document.entries.get(key);
    if (entry === undefined) throw new AppError('NO_SUCH_VARIABLE');
    const variable = { key, entry, mark: state.marks(from).get(key), from: from.name };
    return editing.putVariable(toId, base, variable, signal);
  }
}

/** Throws `INVALID_INPUT` if they belong to several workspaces. */
function assertTogether(rows: readonly EnvironmentRow[]): void {
  if (new Set(rows.map(({ workspaceId }) => workspaceId)).size <= 1) return;
  throw new AppError('INVALID_INPUT', {
    message: 'These environments belong to different workspaces.',
    hint: 'Choose environments of one workspace.',
  });
}
