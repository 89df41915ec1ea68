/** Finds a project of the real Google Secret Manager, for the suites that can use one. */

export interface RealGoogleSecretManager {
  /** The name of the service, for a summary. */
  readonly name: string;
  /** Id or number of a project, which may hold secrets. */
  readonly project: string;
  /** Where to test regional secrets. */
  readonly location: string | undefined;
}

/**
 * `GOOGLE_SECRET_MANAGER_PROJECT` names a project in which application default credentials have
 * `roles/secretmanager.admin`. `GOOGLE_SECRET_MANAGER_LOCATION` adds regional secrets.
 */
export function findRealGoogleSecretManager(): Promise<RealGoogleSecretManager | undefined> {
  const project = process.env['GOOGLE_SECRET_MANAGER_PROJECT'] ?? '';
  const location = process.env['GOOGLE_SECRET_MANAGER_LOCATION'] ?? '';
  const found =
    project === ''
      ? undefined
      : {
          name: `Secret Manager of ${project}`,
          project,
          location: location === '' ? undefined : location,
        };
  return Promise.resolve(found);
}
