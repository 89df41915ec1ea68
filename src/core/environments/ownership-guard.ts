import type { EnvironmentRow } from '@core/storage/environments';

/** Protects what a declared set-up owns from changes by hand. */
export interface OwnershipGuard {
  /**
   * Throws `OWNED_BY_CONFIG`, with the owner in its details, unless nobody owns the environment, or one of
   * `owners` does.
   */
  assertMayChange(
    row: EnvironmentRow,
    signal: AbortSignal,
    owners?: readonly string[],
  ): Promise<void>;
  /** The same for a path of the workspace’s provider that no environment is linked to. */
  assertMayOverwrite(
    place: Pick<EnvironmentRow, 'workspaceId' | 'path'>,
    signal: AbortSignal,
  ): Promise<void>;
}
