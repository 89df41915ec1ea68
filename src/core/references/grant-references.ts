/** The secrets of grants that are variables of environments: they follow renames, and are among the uses. */
import type { VariableName } from '@shared/model/stored-reference';
import { AppError } from '@shared/errors';
import type { GrantSeals } from '@core/keys/grant-seals';
import type { AuditLog } from '@core/audit/audit-log';
import type { GrantRow, Grants } from '@core/storage/grants';

export class GrantReferences {
  constructor(
    private readonly parts: {
      readonly rows: Grants;
      readonly seals: GrantSeals;
      readonly audit: Pick<AuditLog, 'record'>;
    },
  ) {}

  /** The names of the grants with a secret that is such a variable. */
  using(workspaceId: string, isWanted: (name: VariableName) => boolean): string[] {
    return this.parts.rows
      .list(workspaceId)
      .filter(({ references }) => references.some((one) => isWanted(nameIn(one))))
      .map(({ name }) => name);
  }

  /**
   * Changes what was renamed. Returns the names of the grants that it changed: not of those that somebody else wrote,
   * and none if there is no key to seal them with.
   */
  async follow(
    workspaceId: string,
    redirect: (name: VariableName) => VariableName | undefined,
  ): Promise<string[]> {
    const { rows, audit } = this.parts;
    const changed: GrantRow[] = [];
    for (const row of rows.list(workspaceId)) {
      let isChanged = false;
      const references = row.references.map((one) => {
        const now = redirect(nameIn(one));
        if (now === undefined) return one;
        isChanged = true;
        return { name: one.name, environment: now.vault, key: now.key };
      });
      if (!isChanged) continue;
      if (await this.#change(row, { ...row, references })) changed.push(row);
    }
    for (const { id, name } of changed) {
      audit.record({
        event: 'grant-updated',
        workspaceId,
        grant: { id, name },
        detail: 'follows a rename',
      });
    }
    return changed.map(({ name }) => name);
  }

  async #change(before: GrantRow, after: GrantRow): Promise<boolean> {
    const { rows, seals } = this.parts;
    try {
      await seals.assertGenuine(before);
      const seal = await seals.make(after);
      rows.transaction(() => {
        rows.update(after);
        seal();
      });
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }
}

const nameIn = ({ environment, key }: GrantRow['references'][number]): VariableName => ({
  vault: environment,
  key,
});
