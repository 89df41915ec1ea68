/** Compares the environments of a workspace, and gives variables of one for another. */
import type { Comparison, CopiedVariables } from '@shared/model/comparison';
import { missingOf } from '@shared/model/expected';
import { AppError } from '@shared/errors';
import type { ActivityLog } from '@core/activity/activity-log';
import type { EnvironmentRow } from '@core/storage/environments';
import { subjectOf, type EnvironmentState } from '@core/environments/environment-state';
import { namesOf } from '@core/environments/names-of';
import { describeEntry } from '@core/environments/variables';
import { compareDocuments } from './compare-documents';

export interface CompareServiceParts {
  readonly state: EnvironmentState;
  readonly activity: ActivityLog;
}

export interface CopyVariables {
  readonly fromId: string;
  readonly toId: string;
  readonly keys: readonly string[];
}

export class CompareService {
  constructor(private readonly parts: CompareServiceParts) {}

  /**
   * The environments are in the order of the ids. The cells of an environment that is not in memory are
   * unknown.
   */
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
      })),
      rows: compareDocuments(
        compared.map(({ row, held }) => {
          if (held === undefined) return undefined;
          const marked = state.marks(row);
          const isDisabled = (key: string): boolean => marked.get(key)?.disabled === true;
          const { document } = held;
          const needed = missingOf(state.expected(row), () => false).map(({ key }) => key);
          return {
            document,
            isDisabled,
            needed: new Set(document.shape === 'map' ? needed : []),
            misfits: state.misfits(row, document),
          };
        }),
      ),
    };
  }

  /**
   * Gives variables of one environment, with their kinds and marks, to become unsaved edits of another one.
   * Writes nothing; logged for the target, without the values. Throws `VALUES_NOT_LOADED` if either
   * environment is not in memory, `NO_SUCH_VARIABLE`, and `INVALID_INPUT` if one is not a list of variables.
   */
  async copyVariables({ fromId, toId, keys }: CopyVariables): Promise<CopiedVariables> {
    const { state, activity } = this.parts;
    const from = state.row(fromId);
    const to = state.row(toId);
    assertTogether([from, to]);
    const held = await state.heldOrThrow(from);
    const { document } = held;
    if (document.shape !== 'map') {
      throw notAList(from, 'there is none to copy', 'Duplicate the environment instead.');
    }
    const shown = state.shownMarks(from, state.marks(from, held));
    const variables = keys.map((key) => {
      const entry = document.entries.get(key);
      if (entry === undefined) throw new AppError('NO_SUCH_VARIABLE');
      const { secret, disabled, note } = describeEntry(key, entry, shown.get(key));
      const mark = {
        secret,
        ...(disabled === true && { disabled }),
        ...(note !== undefined && { note }),
      };
      return { key, value: entry.value.reveal(), kind: entry.kind, ...mark };
    });
    const { base, ...target } = await state.open(toId);
    if (base === undefined) throw new AppError('VALUES_NOT_LOADED');
    if (target.shape !== 'map') {
      throw notAList(to, 'none can be copied to it', 'Copy to another environment.');
    }
    const detail = `${namesOf(variables)} from ${from.name}`;
    activity.record({ ...subjectOf(to), action: 'copied', detail });
    return { variables, target: { ...target, base } };
  }
}

const notAList = ({ name }: EnvironmentRow, consequence: string, hint: string): AppError =>
  new AppError('INVALID_INPUT', {
    message: `“${name}” is not a list of variables, so ${consequence}.`,
    hint,
  });

/** Throws `INVALID_INPUT` if the environments belong to different workspaces. */
function assertTogether(rows: readonly EnvironmentRow[]): void {
  if (new Set(rows.map(({ workspaceId }) => workspaceId)).size <= 1) return;
  throw new AppError('INVALID_INPUT', {
    message: 'These environments belong to different workspaces.',
    hint: 'Choose environments of one workspace.',
  });
}
