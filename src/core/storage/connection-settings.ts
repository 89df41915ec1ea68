import { z } from 'zod';
import { formValuesSchema, type FormValues } from '@shared/model/form-values';
import { providerIds, type ProviderId } from '@shared/providers/descriptor';
import type { Runtime } from '@core/runtime';
import type { Database } from './database';

const selectionSchema = z.object({ provider: z.enum(providerIds) });

/** Which provider each scope uses, and the settings of each. A scope is `global` or a workspace's id. */
export class ConnectionSettingsRows {
  constructor(
    private readonly database: Database,
    private readonly runtime: Pick<Runtime, 'now'>,
  ) {}

  /** `undefined` if nothing was saved in this scope. */
  selected(scope: string): ProviderId | undefined {
    const row = this.database.get('SELECT provider FROM vault_selection WHERE scope = ?', scope);
    return row && selectionSchema.parse(row).provider;
  }

  /** The settings of one provider, selected or not. */
  find(scope: string, provider: ProviderId): FormValues | undefined {
    const row = this.database.get(
      'SELECT settings_json FROM vault_configurations WHERE scope = ? AND provider = ?',
      scope,
      provider,
    );
    return row && formValuesSchema.parse(JSON.parse(String(row['settings_json'])));
  }

  /** Stores the settings of a provider and selects it. */
  save(scope: string, provider: ProviderId, settings: FormValues): void {
    this.database.transaction(() => {
      this.database.run(
        `INSERT INTO vault_configurations (scope, provider, settings_json, updated_at)
         VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET
           settings_json = excluded.settings_json, updated_at = excluded.updated_at`,
        scope,
        provider,
        JSON.stringify(settings),
        this.runtime.now(),
      );
      this.database.run(
        `INSERT INTO vault_selection (scope, provider) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET provider = excluded.provider`,
        scope,
        provider,
      );
    });
  }

  /** Copies the settings of every provider from one scope to another that has none; selects nothing. */
  copyScope(from: string, to: string): void {
    this.database.run(
      `INSERT INTO vault_configurations (scope, provider, settings_json, updated_at)
       SELECT ?, provider, settings_json, ? FROM vault_configurations WHERE scope = ?`,
      to,
      this.runtime.now(),
      from,
    );
  }

  /** Runs what belongs together; all or nothing. */
  transaction(work: () => void): void {
    this.database.transaction(work);
  }

  /** Forgets everything of a scope, so that a workspace falls back on the global defaults. */
  removeScope(scope: string): void {
    this.database.transaction(() => {
      this.database.run('DELETE FROM vault_configurations WHERE scope = ?', scope);
      this.database.run('DELETE FROM vault_selection WHERE scope = ?', scope);
    });
  }
}
