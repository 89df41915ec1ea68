/** Sample data, so that anyone can try a client against the stand-in. None of it opens anything. */
import type { GoogleSecretManager, ServiceAccountKey } from './server';

export const SAMPLE_LOCATION = 'europe-west3';

export interface SampleProject {
  readonly key: ServiceAccountKey;
  /** An access token that lives for 30 days, for curl. */
  readonly token: string;
  /** Descriptions of the sample data, one line each. */
  readonly notes: readonly string[];
}

const parcels = (stage: string, replicas: number): Record<string, unknown> => ({
  APP_ENV: stage,
  APP_URL: `https://${stage}.parcels.example`,
  PORT: 8080,
  REPLICAS: replicas,
  DB_SOCKET: `/cloudsql/sample-project:${SAMPLE_LOCATION}:parcels-${stage}`,
  DB_USER: 'parcels',
  DB_PASSWORD: `${stage}-sample "quoted" $and #hashed`,
  PUBSUB_TOPIC: `projects/sample-project/topics/parcels-${stage}`,
  MAPS_API_KEY: `sample-maps-key-${stage}`,
  WEBHOOK_SECRET: `whsec_sample_${stage}_0123456789`,
  MAIL_FROM: 'Zoë at Parcels <no-reply@parcels.example>',
  SENTRY_DSN: '',
  LOG_LEVEL: stage === 'production' ? 'warning' : 'debug',
  FEATURES: { labels_v2: true, carriers: ['dhl', 'ups'] },
  SESSION_HOURS: 1.5,
});

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);

/** Fills an empty server. It must have been started with `SAMPLE_LOCATION`. */
export function seedSampleProject(server: GoogleSecretManager): SampleProject {
  const secrets = server.secrets();
  secrets.put('production', json(parcels('production', 8)), { labels: { team: 'parcels' } });
  // A second version, so that there is a history.
  secrets.put('staging', json({ ...parcels('staging', 1), PORT: 3000 }));
  secrets.put('staging', json(parcels('staging', 1)));
  secrets.put('billing-DB_PASSWORD', 'one secret for each variable');
  secrets.put('billing-API_KEY', 'sample-api-key');
  secrets.put('licence', 'SAMPLE-0000-1111\nvalid until further notice');
  secrets.put('keystore', Uint8Array.from([0x30, 0x82, 0x0a, 0x51, 0x02, 0x01, 0x03, 0xff]));
  secrets.put('paused', json(parcels('paused', 0)));
  secrets.put('paused', json(parcels('paused', 1)));
  secrets.disable('paused', 2);
  secrets.create('empty');
  server.secrets(server.project, SAMPLE_LOCATION).put('production', json(parcels('frankfurt', 4)));

  server.setProject('payroll');
  server.secrets('payroll').put('production', json({ DB_PASSWORD: 'not for everyone' }));
  server.setProject('new-project', { apiEnabled: false });

  const account = server.serviceAccount({ name: 'sample' });
  const accessor = server.serviceAccount({
    name: 'sample-accessor',
    roles: ['roles/secretmanager.secretAccessor'],
  });
  server.grant(
    account.member,
    'roles/iam.serviceAccountTokenCreator',
    `projects/-/serviceAccounts/${accessor.email}`,
  );
  return {
    key: account.newKey(),
    token: account.token({ lifetime: 30 * 86_400 }),
    notes: [
      'production, staging: variables as JSON, with numbers and nested values; staging has two versions',
      'billing-DB_PASSWORD, billing-API_KEY: one secret for each variable',
      'licence: plain text; keystore: binary; paused: its newest version is disabled; empty: no version',
      `${SAMPLE_LOCATION} has a regional secret, production`,
      'project payroll: no permission; project new-project: the API is not enabled',
      `${accessor.email}: may read but not list; impersonate it`,
    ],
  };
}
