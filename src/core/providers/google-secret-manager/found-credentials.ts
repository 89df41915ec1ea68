import type { AuthClient } from 'google-auth-library';

export interface FoundGoogleCredentials {
  /** Where they came from, as a person would say it. */
  readonly source: string;
  /** A service account key, a person who signed in with gcloud, or something else. */
  readonly kind: 'key' | 'user' | 'other';
  /** Whose they are, if they say. */
  readonly account: string | undefined;
  /** The service account that they act as. */
  readonly actsAs?: string | undefined;
  /** The project that they belong to, or count against. It may hold no secrets. */
  readonly project: string | undefined;
  /** The project that calls count against, if they name one. */
  readonly quotaProject: string | undefined;
  readonly client: AuthClient;
}
