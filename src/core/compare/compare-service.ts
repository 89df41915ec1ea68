/** Environments of a workspace side by side, and single variables from one to another. */
import type { Comparison } from '@shared/model/comparison';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { AppError } from '@shared/errors';
import type { EnvironmentRow } from '@core/storage/environments';
import type { VariableMarks } from '@core/storage/variable-marks';
import type { EnvironmentService } from '@core/environments/environment-service';
import { revisionToken } from '@core/environments/environment-values';
import { compareDocuments } from './compare-documents';

export interface CompareServiceParts {
  readonly environments: EnvironmentService;
  readonly marks: VariableMarks;
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

  /** In the order of the ids. One that is not in memory is named, and its cells are unknown. */
  async environments(ids: readonly string[]): Promise<Comparison> {
    const { environments, marks } = this.parts;
    const rows = ids.map((id) => environments.row(id));
    assertTogether(rows);
    const compared = await Promise.all(
      rows.map(async (row) => ({ row, held: await environments.held(row) })),
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
          const marked = marks.list(row.id);
          const isDisabled = (key: string): boolean => marked.get(key)?.disabled === true;
          return { document: held.document, isDisabled };
        }),
      ),
    };
  }

  /** Throws what `EnvironmentService.save` does, and `VALUES_NOT_LOADED` for either of the two. */
  async copyVariable(
    { fromId, toId, key, base }: CopyVariable,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { environments, marks } = this.parts;
    const from = environments.row(fromId);
    assertTogether([from, environments.row(toId)]);
    const { document } = await environments.heldOrThrow(from);
    if (document.shape !== 'map') {
      throw new AppError('INVALID_INPUT', {
        message: `“${from.name}” is not a list of variables, so there is none to copy.`,
        hint: 'Duplicate the environment instead.',
      });
    }
    const entry = document.entries.get(key);
    if (entry === undefined) throw new AppError('NO_SUCH_VARIABLE');
    const variable = { key, entry, mark: marks.list(fromId).get(key), from: from.name };
    return environments.putVariable(toId, base, variable, signal);
  }
}

/** Throws `INVALID_INPUT` where they are not of one workspace. */
function assertTogether(rows: readonly EnvironmentRow[]): void {
  if (new Set(rows.map(({ workspaceId }) => workspaceId)).size <= 1) return;
  throw new AppError('INVALID_INPUT', {
    message: 'These environments belong to different workspaces.',
    hint: 'Choose environments of one workspace.',
  });
}
