/** The set-up of a workspace as a file, without secrets: how a team starts. */
import { AppError } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { expectedId, EXPECTED_MAX, type ExpectedVariable } from '@shared/model/expected';
import { fileNamePart } from '@shared/model/file-name';
import { plural } from '@shared/model/format';
import type { FormValues } from '@shared/model/form-values';
import type { Grant } from '@shared/model/grant';
import { parseReference } from '@shared/model/reference';
import {
  parseSetup,
  referenceText,
  setupText,
  type SetupChange,
  type SetupEnvironment,
  type SetupFile,
  type SetupGrant,
} from '@shared/model/setup-file';
import { referenceIn } from '@shared/model/stored-reference';
import type { Workspace } from '@shared/model/workspace';
import { providerDescriptors } from '@shared/providers';
import type { ActivityLog } from '@core/activity/activity-log';
import type { ConnectionService } from '@core/connections/connection-service';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { GrantService } from '@core/requests/grant-service';
import { entriesOf } from '@core/secrets/document';
import type { EnvironmentRow } from '@core/storage/environments';
import type { VariableMark, VariableMarks } from '@core/storage/variable-marks';
import type { WorkspaceService } from '@core/workspaces/workspace-service';

export interface SetupServiceParts {
  readonly workspaces: WorkspaceService;
  readonly connections: ConnectionService;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly state: EnvironmentState;
  readonly marks: VariableMarks;
  readonly grants: GrantService;
  readonly activity: ActivityLog;
}

export interface SetupPlan {
  /** Of the workspace. */
  readonly name: string;
  /** In the order of the file. */
  readonly changes: SetupChange[];
}

/** Where a file is imported to, and what is there. */
interface Target {
  readonly file: SetupFile;
  readonly name: string;
  readonly workspace: Workspace | undefined;
  readonly environments: readonly Environment[];
  readonly grants: readonly Grant[];
}

export class SetupService {
  constructor(private readonly parts: SetupServiceParts) {}

  /** The text of the file. Throws `LOCKED` if variables of this computer cannot be read. */
  async export(workspaceId: string): Promise<{ readonly text: string; readonly fileName: string }> {
    const { workspaces, state, grants, activity } = this.parts;
    const workspace = workspaces.list().workspaces.find(({ id }) => id === workspaceId);
    if (workspace === undefined) throw new AppError('NO_SUCH_WORKSPACE');
    const { name, expected = [] } = workspace;
    const rows = state.rows(workspaceId);
    const file: SetupFile = {
      strongroom: 1,
      workspace: name,
      connection: this.#connectionOf(workspaceId),
      environments: [],
      ...(expected.length > 0 && { expected }),
      // A clone is for one purpose, and ends.
      grants: grants
        .list(workspaceId)
        .filter(({ original }) => original === undefined)
        .map(fileOfGrant),
    };
    for (const row of rows) file.environments.push(await this.#fileOf(row, rows));
    activity.record({
      workspaceId,
      action: 'setup-exported',
      detail: `${plural(rows.length, 'environment')}, ${plural(file.grants.length, 'grant')}`,
    });
    return { text: setupText(file), fileName: `${fileNamePart(name)}.strongroom.json` };
  }

  /** What `import` would do. Throws `INVALID_INPUT` for a text that is no such file. */
  plan(text: string, into: string | undefined): SetupPlan {
    const target = this.#target(text, into);
    return { name: target.name, changes: this.#changes(target) };
  }

  /**
   * Adds what is missing, to the workspace of this name or to a new one. Changes and deletes nothing that is there, so
   * that it can be run again after it has failed. Throws `INVALID_INPUT`.
   */
  async import(
    text: string,
    into: string | undefined,
    signal: AbortSignal,
  ): Promise<SetupPlan & { readonly id: string }> {
    const { workspaces, activity } = this.parts;
    const target = this.#target(text, into);
    const changes = this.#changes(target);
    const isAdded = (kind: SetupChange['kind'], name: string): boolean =>
      changes.some((one) => one.kind === kind && one.name === name && one.action === 'added');
    const { id } = target.workspace ?? workspaces.create(target.name);
    const { connection, environments, grants } = target.file;
    if (isAdded('connection', labelOf(target.file))) {
      this.parts.connections.adopt(id, connection.provider, connection.settings);
    }
    for (const one of environments) {
      signal.throwIfAborted();
      if (isAdded('environment', one.name)) await this.#addEnvironment(id, one, signal);
    }
    const newRules = rulesToAdd(target);
    if (newRules.length > 0) workspaces.setExpected(id, [...rulesOf(target), ...newRules]);
    for (const one of grants) {
      signal.throwIfAborted();
      if (isAdded('grant', one.name)) await this.#addGrant(id, one);
    }
    const added = changes.filter(({ action }) => action === 'added').length;
    activity.record({
      workspaceId: id,
      action: 'setup-imported',
      detail: `${String(added)} added, ${String(changes.length - added)} already there`,
    });
    return { id, name: target.name, changes };
  }

  #target(text: string, into: string | undefined): Target {
    const file = parseSetup(text);
    assertOnce(file.environments, 'environments');
    assertOnce(file.grants, 'grants');
    const name = into ?? file.workspace;
    const workspace = this.parts.workspaces
      .list()
      .workspaces.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const environments = workspace === undefined ? [] : this.parts.environments.list(workspace.id);
    assertNamed(file.grants, [...environments, ...file.environments]);
    return {
      file,
      name: workspace?.name ?? name,
      workspace,
      environments,
      grants: workspace === undefined ? [] : this.parts.grants.list(workspace.id),
    };
  }

  #changes(target: Target): SetupChange[] {
    const { file, workspace, name } = target;
    return [
      { kind: 'workspace', name, action: workspace === undefined ? 'added' : 'same' },
      this.#connectionChange(target),
      ...file.environments.map((one) => environmentChange(one, target.environments)),
      ...expectedChange(target),
      ...file.grants.map((one) => grantChange(one, target.grants)),
    ];
  }

  #connectionChange({ file, workspace }: Target): SetupChange {
    const change = { kind: 'connection', name: labelOf(file) } as const;
    const { provider, settings } = file.connection;
    const { schema, defaults } = providerDescriptors[provider];
    const issue = schema.safeParse({ ...defaults, ...settings }).error?.issues[0];
    if (issue !== undefined) {
      throw new AppError('INVALID_INPUT', {
        message: `The settings of the connection are not valid: ${issue.message}`,
        hint: 'Correct connection.settings in the file.',
        details: { field: issue.path.map(String).join('.') },
      });
    }
    if (workspace === undefined) return { ...change, action: 'added' };
    const here = this.#connectionOf(workspace.id);
    if (isSame(here, file.connection)) return { ...change, action: 'same' };
    // The local vault is what a workspace has before somebody has chosen.
    const isChosen = workspace.ownConfiguration || here.provider !== 'local-vault';
    return isChosen
      ? {
          ...change,
          action: 'kept',
          detail: `this workspace uses ${labelOf({ connection: here })}`,
        }
      : { ...change, action: 'added' };
  }

  #connectionOf(workspaceId: string): SetupFile['connection'] {
    const { provider, providers } = this.parts.connections.settings(workspaceId);
    const { defaults } = providerDescriptors[provider];
    const { values } = providers[provider];
    const settings: FormValues = Object.fromEntries(
      Object.entries(values)
        .filter(([name, value]) => value !== defaults[name])
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    return { provider, settings };
  }

  async #fileOf(row: EnvironmentRow, rows: readonly EnvironmentRow[]): Promise<SetupEnvironment> {
    const marks = [...this.parts.marks.list(row.id)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const keysWith = (isWanted: (mark: VariableMark) => boolean): string[] =>
      marks.filter(([, mark]) => isWanted(mark)).map(([key]) => key);
    const plain = keysWith(({ secret }) => secret === false);
    const secret = keysWith((mark) => mark.secret === true);
    const disabled = keysWith((mark) => mark.disabled);
    const notes = Object.fromEntries(
      // An empty note hides the one that is kept with the secret.
      marks.flatMap(([key, { note }]) => (note === undefined || note === '' ? [] : [[key, note]])),
    );
    const references = row.synced ? {} : await this.#referencesIn(row, rows);
    return {
      name: row.name,
      ...(row.synced && { path: row.path }),
      ...(row.expands === true && { expands: true }),
      ...(plain.length > 0 && { plain }),
      ...(secret.length > 0 && { secret }),
      ...(disabled.length > 0 && { disabled }),
      ...(Object.keys(notes).length > 0 && { notes }),
      ...(Object.keys(references).length > 0 && { references }),
    };
  }

  async #referencesIn(
    row: EnvironmentRow,
    rows: readonly EnvironmentRow[],
  ): Promise<Record<string, string>> {
    const held = await this.parts.state.held(row);
    if (held === undefined) return {};
    const isEnvironment = (name: string): boolean => rows.some((one) => one.name === name);
    return Object.fromEntries(
      [...entriesOf(held.document)].flatMap(([key, { value }]) => {
        const named = referenceIn(value.reveal(), isEnvironment);
        return named === undefined ? [] : [[key, referenceText(named.vault, named.key)]];
      }),
    );
  }

  async #addEnvironment(
    workspaceId: string,
    { name, path, expands, plain, secret, disabled, notes = {}, references = {} }: SetupEnvironment,
    signal: AbortSignal,
  ): Promise<void> {
    const { environments, editing, marks } = this.parts;
    const { id } =
      path === undefined
        ? environments.create(workspaceId, name)
        : environments.createAt(workspaceId, name, path);
    if (expands === true) environments.setExpands(id, true);
    if (Object.keys(references).length > 0) {
      const { base = '' } = await environments.open(id);
      const additions = Object.entries(references).map(([key, value]) => ({ key, value }));
      await editing.save(id, base, { edits: [], additions }, signal);
    }
    const isDisabled = new Set(disabled);
    const shown = new Map([
      ...(plain ?? []).map((key) => [key, false] as const),
      ...(secret ?? []).map((key) => [key, true] as const),
    ]);
    const noteOf = new Map(Object.entries(notes));
    const marked = new Set([...isDisabled, ...shown.keys(), ...noteOf.keys()]);
    marks.replace(
      id,
      new Map(
        [...marked].map((key) => [
          key,
          { disabled: isDisabled.has(key), secret: shown.get(key), note: noteOf.get(key) },
        ]),
      ),
    );
  }

  async #addGrant(workspaceId: string, { name, secrets, ...settings }: SetupGrant): Promise<void> {
    await this.parts.grants.createIncomplete(workspaceId, {
      name,
      settings,
      secrets: Object.fromEntries(
        Object.entries(secrets).flatMap(([secret, text]) => {
          const { vault, key } = parseReference(text ?? '') ?? {};
          return vault === undefined || key === undefined
            ? []
            : [[secret, { environment: vault, key }]];
        }),
      ),
    });
  }
}

const labelOf = ({ connection }: Pick<SetupFile, 'connection'>): string =>
  providerDescriptors[connection.provider].label;

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function environmentChange(
  { name, path }: SetupEnvironment,
  here: readonly Environment[],
): SetupChange {
  const change = { kind: 'environment', name } as const;
  const added = path === undefined ? 'on this computer' : `linked to ${path}`;
  const found = here.find((one) => one.name === name);
  if (found === undefined) {
    const linked = here.find((one) => one.synced && one.path === path);
    return linked === undefined
      ? { ...change, action: 'added', detail: added }
      : { ...change, action: 'kept', detail: `“${linked.name}” is linked to ${linked.path}` };
  }
  const isAlike = found.synced ? found.path === path : path === undefined;
  if (isAlike) return { ...change, action: 'same' };
  const place = found.synced ? `it is linked to ${found.path}` : 'it is on this computer';
  return { ...change, action: 'kept', detail: place };
}

const rulesOf = ({ workspace }: Target): readonly ExpectedVariable[] => workspace?.expected ?? [];

/** Throws `INVALID_INPUT` if the workspace would have more rules than it can. */
function rulesToAdd(target: Target): ExpectedVariable[] {
  const { expected = [] } = target.file;
  const here = new Set(rulesOf(target).map(expectedId));
  const added = expected.filter((rule) => !here.has(expectedId(rule)));
  if (here.size + added.length > EXPECTED_MAX) {
    throw new AppError('INVALID_INPUT', {
      message: `A workspace can expect ${String(EXPECTED_MAX)} variables at most.`,
      hint: 'Remove some from the file, or from the workspace.',
    });
  }
  return added;
}

function expectedChange(target: Target): SetupChange[] {
  const { expected = [] } = target.file;
  if (expected.length === 0) return [];
  const change = { kind: 'expected', name: 'expected variables' } as const;
  const here = new Map(rulesOf(target).map((rule) => [expectedId(rule), rule]));
  const added = rulesToAdd(target).length;
  const differing = expected.filter((rule) => {
    const other = here.get(expectedId(rule));
    return other !== undefined && !isSame(sorted(other), sorted(rule));
  }).length;
  const kept =
    differing === 0
      ? ''
      : differing === 1
        ? '1 differs, and stays'
        : `${String(differing)} differ, and stay`;
  if (added > 0) {
    const detail = [plural(added, 'variable'), kept].filter((text) => text !== '').join('; ');
    return [{ ...change, action: 'added', detail }];
  }
  return [
    differing === 0 ? { ...change, action: 'same' } : { ...change, action: 'kept', detail: kept },
  ];
}

const sorted = (rule: ExpectedVariable): unknown =>
  Object.entries(rule).toSorted(([a], [b]) => (a < b ? -1 : 1));

function grantChange(one: SetupGrant, here: readonly Grant[]): SetupChange {
  const change = { kind: 'grant', name: one.name } as const;
  const found = here.find(({ name }) => name === one.name);
  if (found === undefined) {
    const toEnter = Object.keys(one.secrets).filter((name) => one.secrets[name] === null);
    return {
      ...change,
      action: 'added',
      detail: sentTo(one),
      ...(toEnter.length > 0 && { toEnter }),
    };
  }
  return isSame(fileOfGrant(found), one)
    ? { ...change, action: 'same' }
    : { ...change, action: 'kept', detail: `it is for ${found.hosts.join(', ')}` };
}

/** Whoever imports a file decides by this whether its author may have these requests made. */
function sentTo({ hosts, secrets }: SetupGrant): string {
  const names = Object.entries(secrets).map(
    ([name, reference]) => reference ?? `${name}, to be entered`,
  );
  return `sends ${names.join(' and ')} to ${hosts.join(', ')}`;
}

function fileOfGrant({
  name,
  type,
  template,
  header,
  format,
  region,
  service,
  rules,
  hosts,
  networks,
  policy,
  secrets,
}: Grant): SetupGrant {
  return {
    name,
    type,
    ...(template !== undefined && { template }),
    ...(header !== undefined && { header }),
    ...(format !== undefined && { format }),
    ...(region !== undefined && { region }),
    ...(service !== undefined && { service }),
    rules,
    hosts,
    networks,
    policy,
    secrets: Object.fromEntries(
      secrets.map(({ name: secret, reference }) => [
        secret,
        reference === undefined ? null : referenceText(reference.environment, reference.key),
      ]),
    ),
  };
}

/** Throws `INVALID_INPUT` if a name is in the list twice. */
function assertOnce(named: readonly { readonly name: string }[], list: string): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name)) {
      throw new AppError('INVALID_INPUT', {
        message: `“${name}” is in ${list} twice.`,
        hint: 'Give one of them another name in the file.',
      });
    }
    seen.add(name);
  }
}

/** Throws `INVALID_INPUT` if a secret is a variable of an environment that nobody has. */
function assertNamed(
  grants: readonly SetupGrant[],
  environments: readonly { readonly name: string }[],
): void {
  for (const { name, secrets } of grants) {
    for (const reference of Object.values(secrets)) {
      const vault = parseReference(reference ?? '')?.vault;
      if (vault === undefined || environments.some((one) => one.name === vault)) continue;
      throw new AppError('INVALID_INPUT', {
        message: `The grant “${name}” uses ${String(reference)}, and no environment is called “${vault}”.`,
        hint: 'Add the environment to the file, or correct the reference.',
      });
    }
  }
}
