/** Adds many variables to an environment in one save, and says what became of each. */
import type { ChangeSet } from '@shared/model/change-set';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ImportReport, ImportedVariable } from '@shared/model/variable-import';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';

export interface ImportServiceParts {
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly reading: EnvironmentReading;
}

export interface ImportChoices {
  /** Whether variables that exist get the new value. */
  readonly overwrite: boolean;
  /** Whether empty values count. */
  readonly empty: boolean;
  /** Writes nothing. */
  readonly dryRun: boolean;
}

export class ImportService {
  constructor(private readonly parts: ImportServiceParts) {}

  /** Reads a synced environment first. Throws what `save` throws; then nothing has changed. */
  async import(
    id: string,
    variables: readonly ImportedVariable[],
    choices: ImportChoices,
    signal: AbortSignal,
  ): Promise<ImportReport> {
    const { environments, editing, reading } = this.parts;
    const { base, variables: before } = await environments.fresh(id, signal);
    const states = await reading.compareValues(id, variables);
    const report = variables.map(({ key, value }, index) => ({
      key,
      outcome: outcomeOf(value, states[index]?.state ?? 'new', choices),
    }));
    const changes = changesFor(variables, report, before);
    const isNothing = changes.edits.length === 0 && changes.additions.length === 0;
    if (!choices.dryRun && !isNothing && base !== undefined) {
      await editing.save(id, base, changes, signal);
    }
    return report;
  }
}

type Outcome = ImportReport[number]['outcome'];

function outcomeOf(
  value: string,
  state: 'new' | 'same' | 'different',
  { overwrite, empty }: ImportChoices,
): Outcome {
  if (value === '' && !empty) return 'blank';
  if (state === 'new') return 'added';
  if (state === 'same') return 'unchanged';
  return overwrite ? 'updated' : 'kept';
}

/** A variable that has its value already gets only the mark, and only if that was asked for. */
function changesFor(
  variables: readonly ImportedVariable[],
  report: ImportReport,
  before: OpenEnvironment['variables'],
): ChangeSet {
  const secrets = new Map(before.map(({ key, secret }) => [key, secret]));
  const changes: ChangeSet = { edits: [], additions: [] };
  for (const [index, { key, value, secret }] of variables.entries()) {
    const outcome = report[index]?.outcome;
    if (outcome === 'added') changes.additions.push({ key, value, ...marked(secret) });
    else if (outcome === 'updated') {
      changes.edits.push({
        key,
        value,
        ...(secrets.get(key) !== secret && { secret }),
      });
    }
  }
  return changes;
}

/** Text is secret unless it is marked. */
const marked = (secret: boolean): { secret?: false } => (secret ? {} : { secret: false });
