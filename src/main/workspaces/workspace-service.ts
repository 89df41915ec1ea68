import type { Workspace } from '@shared/model/workspace';
import type { Workspaces } from '../database/workspaces';

export class WorkspaceService {
  constructor(private readonly rows: Workspaces) {}

  /** In the order people gave them; the first is the one in use. */
  list(): { workspaces: Workspace[]; currentId: string } {
    const workspaces = this.rows.list().map(({ id, name }) => ({ id, name }));
    const [current] = workspaces;
    if (current === undefined) throw new Error('A database without a workspace');
    return { workspaces, currentId: current.id };
  }
}
