/** Finds what a program names: workspaces and environments, by the names that people gave them or by id. */
import { AppError, isAppError } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { listOf } from '@shared/model/format';
import { nearNames } from '@shared/model/near-names';
import type { Selector, WorkspaceSelector } from '@shared/model/selector';
import type { Workspace } from '@shared/model/workspace';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { WorkspaceService } from '@core/workspaces/workspace-service';

export interface LookupParts {
  readonly workspaces: WorkspaceService;
  readonly environments: EnvironmentService;
}

export interface Found {
  readonly environment: Environment;
  readonly workspace: Workspace;
}

export class Lookup {
  constructor(private readonly parts: LookupParts) {}

  /** The named workspace; without a name the one in use. Throws `NO_SUCH_WORKSPACE`. */
  workspace({ workspace: typed }: WorkspaceSelector): Workspace {
    const { workspaces, currentId } = this.parts.workspaces.list();
    const found = workspaces.find(({ id, name }) =>
      typed === undefined ? id === currentId : name === typed || id === typed,
    );
    // Names of workspaces differ in more than case.
    const inAnyCase = workspaces.find(({ name }) => name.toLowerCase() === typed?.toLowerCase());
    if (found !== undefined) return found;
    if (inAnyCase !== undefined) return inAnyCase;
    const near = nearNames(
      typed ?? '',
      workspaces.map(({ name }) => name),
    );
    throw new AppError('NO_SUCH_WORKSPACE', {
      message: `There is no workspace “${typed ?? ''}”.`,
      hint:
        suggestion(near) ??
        `The workspaces are ${listOf(workspaces.map(({ name }) => `“${name}”`))}.`,
      details: { field: 'workspace', suggestion: near[0] },
    });
  }

  /**
   * The named environment of a workspace; without a name the active one, or the only one. Throws `NO_SUCH_WORKSPACE`,
   * `NO_SUCH_ENVIRONMENT` with near names, and `AMBIGUOUS_NAME` with those that have the name.
   */
  environment(selector: Selector): Found {
    const workspace = this.workspace(selector);
    const all = this.parts.environments.list(workspace.id);
    const typed = selector.environment;
    if (typed === undefined) {
      // A single one is meant even if nobody has made it active.
      const active = all.find((each) => each.active) ?? (all.length === 1 ? all[0] : undefined);
      if (active === undefined) throw noneActive(workspace);
      return { environment: active, workspace };
    }
    const named = all.filter(({ name }) => name === typed);
    if (named.length > 1) throw ambiguous(typed, named);
    const environment = named[0] ?? all.find(({ id }) => id === typed);
    if (environment === undefined) throw noSuch(typed, workspace, all);
    return { environment, workspace };
  }

  /** The name of an environment, which errors show, or its id if several of the workspace have the name. */
  nameOf({ environment, workspace }: Found): string {
    const alike = this.parts.environments
      .list(workspace.id)
      .filter(({ name }) => name === environment.name);
    return alike.length === 1 ? environment.name : environment.id;
  }

  /** Whether that environment is meant, and no other. */
  isEnvironment(selector: Selector, id: string): boolean {
    try {
      return this.environment(selector).environment.id === id;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  }
}

const noneActive = ({ name }: Workspace): AppError =>
  new AppError('NO_SUCH_ENVIRONMENT', {
    message: `No environment is named, and no environment is active in the workspace “${name}”.`,
    hint: 'Name an environment, or make one active.',
  });

function noSuch(typed: string, workspace: Workspace, all: readonly Environment[]): AppError {
  const names = all.map(({ name }) => name);
  const near = nearNames(typed, names);
  const hint =
    suggestion(near) ??
    (names.length === 0
      ? 'The workspace has no environments yet: create one, or pull those of the provider.'
      : 'List the environments to see their names.');
  return new AppError('NO_SUCH_ENVIRONMENT', {
    message: `There is no environment “${typed}” in the workspace “${workspace.name}”.`,
    hint,
    details: { field: 'environment', suggestion: near[0] },
  });
}

const ambiguous = (typed: string, named: readonly Environment[]): AppError =>
  new AppError('AMBIGUOUS_NAME', {
    message: `There are ${String(named.length)} environments “${typed}”.`,
    hint: `Use the id of the one you mean: ${named
      .map(({ id, synced, path }) => `${id} (${synced ? `at ${path}` : 'on this computer'})`)
      .join(', ')}.`,
    details: { field: 'environment' },
  });

/** `undefined` if there is nothing to suggest. */
export const suggestion = (near: readonly string[]): string | undefined =>
  near.length === 0 ? undefined : `Did you mean ${near.map((name) => `“${name}”`).join(' or ')}?`;
