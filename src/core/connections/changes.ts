/** Tells a window that something was changed by another window, by a program, or by Strongroom itself. */
import type { ActivityAction } from '@shared/model/activity';
import { currentCall } from '@core/call';
import { ChangeSignal } from './change-signal';

/** What changes nothing that a window shows, apart from the log. */
const CHANGES_NOTHING: ReadonlySet<ActivityAction> = new Set([
  'revealed',
  'searched',
  'copied',
  'tested',
  'exported',
  'setup-exported',
  'went-offline',
]);

interface Watcher {
  readonly connection: object | undefined;
  readonly workspaceId: string;
  readonly changed: ChangeSignal;
}

export class Changes {
  readonly #watchers = new Set<Watcher>();

  /** Notes an entry of the activity log. Without a workspace it is about all of them. */
  note({
    action,
    workspaceId,
  }: {
    readonly action: ActivityAction;
    readonly workspaceId?: string | undefined;
  }): void {
    if (CHANGES_NOTHING.has(action)) return;
    const connection = currentCall()?.connection;
    for (const watcher of this.#watchers) {
      const isOwn = connection !== undefined && watcher.connection === connection;
      const isAbout = workspaceId === undefined || watcher.workspaceId === workspaceId;
      if (isAbout && !isOwn) watcher.changed.tell();
    }
  }

  /** Tells every window, also the one that called: something is there that none of them made, such as a notice. */
  tellAll(): void {
    for (const { changed } of this.#watchers) changed.tell();
  }

  /** Yields after each change in a workspace that came over another connection than this call. */
  async *watch(
    workspaceId: string,
    signal: AbortSignal,
  ): AsyncGenerator<Record<string, never>, void, undefined> {
    const changed = new ChangeSignal();
    const watcher = { connection: currentCall()?.connection, workspaceId, changed };
    this.#watchers.add(watcher);
    try {
      let seen = changed.count;
      for (;;) {
        await changed.after(seen, signal);
        if (signal.aborted) return;
        seen = changed.count;
        yield {};
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}
