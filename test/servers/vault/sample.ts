/** Sample data, so that anyone can try the app against the stand-in. None of it opens anything. */
import type { VaultServer } from './server';

export interface SampleRole {
  readonly roleId: string;
  readonly secretId: string;
  /** '' for the root namespace. */
  readonly namespace: string;
  readonly enginePath: string;
}

export interface SampleVault {
  readonly token: string;
  readonly role: SampleRole;
  readonly namespacedRole: SampleRole;
  /** Engine paths and their content. */
  readonly engines: readonly (readonly [path: string, what: string])[];
}

const CERTIFICATE_KEY = `-----BEGIN EC PRIVATE KEY-----
c2FtcGxlIGtleSBmb3IgdHJ5aW5nIHRoZSBhcHAsIG9mIG5vIHVzZSBhbnl3aGVy
ZSBlbHNlLCBzYW1wbGUga2V5IGZvciB0cnlpbmcgdGhlIGFwcCwgb2Ygbm8gdXNl
IGFueXdoZXJlIGVsc2U=
-----END EC PRIVATE KEY-----
`;

interface Stage {
  readonly name: string;
  readonly host: string;
  readonly replicas: number;
  readonly debug: boolean;
}

const bookingApi = ({ name, host, replicas, debug }: Stage): Record<string, unknown> => ({
  APP_ENV: name,
  APP_URL: `https://${host}`,
  APP_DEBUG: debug,
  PORT: 8080,
  REPLICAS: replicas,
  DB_HOST: `db.${name}.internal`,
  DB_PORT: 5432,
  DB_USER: 'booking',
  DB_PASSWORD: `${name}-c0rrect "horse" $battery #staple`,
  DATABASE_URL: `postgres://booking:sample@db.${name}.internal:5432/booking?sslmode=verify-full`,
  REDIS_URL: `rediss://:sample@cache.${name}.internal:6380/0`,
  API_KEY: `ak_sample_${name}_7f3d9c1e5b`,
  OAUTH_CLIENT_ID: `booking-${name}`,
  OAUTH_CLIENT_SECRET: `ocs_sample_${name}_a81b2c3d4e5f`,
  JWT_SIGNING_KEY: CERTIFICATE_KEY,
  JWT_TTL_HOURS: 1.5,
  SMTP_URL: 'smtps://mailer:sample%2Fpass@smtp.example.com:465',
  MAIL_FROM: 'Zoë at Booking <no-reply@booking.example.com>',
  SENTRY_DSN: '',
  LOG_LEVEL: debug ? 'debug' : 'info',
  RATE_LIMIT: { window_s: 60, max: debug ? 10_000 : 600, exempt: ['10.0.0.0/8'] },
  FEATURES: { new_checkout: true, calendar: 'v2', beta_regions: ['eu-central-1'] },
  MAINTENANCE_UNTIL: null,
});

const billing = (region: string, currency: string, vat: number): Record<string, unknown> => ({
  REGION: region,
  CURRENCY: currency,
  VAT_RATE: vat,
  VAT_INCLUDED: region === 'eu',
  PSP_ENDPOINT: `https://pay.${region}.example.com/v3`,
  PSP_MERCHANT_ID: 100_200_300,
  PSP_SECRET: `psp_sample_${region}_0f1e2d3c`,
  WEBHOOK_SECRET: `whsec_sample_${region}`,
  LEDGER_TOKEN: `ledger-sample-${region}`,
  INVOICE_PREFIX: `${region.toUpperCase()}-`,
  INVOICE_FOOTER: 'Thank you.\nPayable within 30 days.\n\tNo cheques.',
  RETRY_DELAYS_MS: [100, 500, 2500],
});

const STAGES = {
  production: { name: 'production', host: 'booking.example.com', replicas: 12, debug: false },
  staging: { name: 'staging', host: 'staging.booking.example.com', replicas: 2, debug: false },
  qa: { name: 'qa', host: 'qa.booking.example.com', replicas: 1, debug: true },
} as const satisfies Record<string, Stage>;

/** Everything that the app does with a KV v2 engine, without access to one folder. */
const rulesFor = (engine: string) =>
  ({
    [`${engine}/data/*`]: ['create', 'read', 'update', 'patch', 'delete'],
    [`${engine}/metadata/*`]: ['list', 'read', 'update', 'delete'],
    [`${engine}/delete/*`]: ['update'],
    [`${engine}/undelete/*`]: ['update'],
    [`${engine}/destroy/*`]: ['update'],
    [`${engine}/subkeys/*`]: ['read'],
    [`${engine}/data/payroll/*`]: ['deny'],
  }) as const;

function fillMain(server: VaultServer): void {
  const secret = server.kv('secret');
  secret.put('production', bookingApi(STAGES.production), {
    customMetadata: { owner: 'platform', on_call: '#booking-ops' },
  });
  // Older versions for the history: a readable, a deleted and a destroyed one.
  secret.put('staging', { ...bookingApi(STAGES.staging), REPLICAS: 1 });
  secret.put('staging', { ...bookingApi(STAGES.staging), API_KEY: 'ak_sample_leaked' });
  secret.put('staging', { ...bookingApi(STAGES.staging), LOG_LEVEL: 'trace' });
  secret.put('staging', bookingApi(STAGES.staging));
  secret.destroy('staging', [2]);
  secret.delete('staging', [3]);
  secret.put('qa', bookingApi(STAGES.qa));
  secret.put('billing/eu', billing('eu', 'EUR', 0.19));
  secret.put('billing/us', billing('us', 'USD', 0));
  secret.put('mobile app/release #2', { STORE_KEY: 'sample', BUILD: 20_417, '100% rollout': true });
  secret.put('demo', { APP_ENV: 'demo', API_KEY: 'ak_sample_demo' });
  secret.delete('demo');
  secret.put('payroll/production', { DB_PASSWORD: 'not for everyone' });
}

function fillOthers(server: VaultServer): void {
  server.mount('legacy', { version: 1, description: 'KV v1, as it has always been' });
  const legacy = server.kv('legacy');
  legacy.put('cron', { SCHEDULE: '*/15 * * * *', NODE: 'batch-03', TIMEOUT_S: 900 });
  legacy.put('reports/monthly', { SFTP_HOST: 'reports.example.com', SFTP_PASSWORD: 'sample' });

  server.mount('organization/team/kv-engine', { description: 'a mount path with slashes' });
  server.kv('organization/team/kv-engine').put('search', { ENGINE_URL: 'https://search.internal' });

  server.namespace('admin');
  server.namespace('admin/my-namespace');
  server.mount('admin/my-namespace/secret', { casRequired: true });
  server.kv('admin/my-namespace/secret').put('production', bookingApi(STAGES.production));
  server.kv('admin/my-namespace/secret').put('qa', bookingApi(STAGES.qa));

  server.mount('transit', { type: 'transit', description: 'no KV engine' });
}

/** Fills a new server and returns what a person types to look at it. */
export function seedSampleVault(server: VaultServer): SampleVault {
  fillMain(server);
  fillOthers(server);
  server.policy('strongroom', {
    ...rulesFor('secret'),
    ...rulesFor('organization/team/kv-engine'),
    'legacy/*': ['create', 'read', 'update', 'delete', 'list'],
    'admin/my-namespace/secret/*': ['create', 'read', 'update', 'patch', 'delete', 'list'],
  });
  server.policy('strongroom', rulesFor('my-namespace/secret'), 'admin');
  const role = server.appRole({
    roleId: 'strongroom-sample-role',
    secretId: 'strongroom-sample-secret',
    policies: ['strongroom'],
    tokenTtl: 3600,
    tokenMaxTtl: 14_400,
  });
  const namespacedRole = server.appRole({
    namespace: 'admin',
    roleId: 'strongroom-namespaced-role',
    secretId: 'strongroom-namespaced-secret',
    policies: ['strongroom'],
    tokenTtl: 3600,
  });
  return {
    token: server.token({ id: 'hvs.strongroom-sample-token', policies: ['strongroom'] }),
    role: { ...role, namespace: '', enginePath: 'secret' },
    namespacedRole: {
      ...namespacedRole,
      namespace: 'admin',
      enginePath: 'admin/my-namespace/secret',
    },
    engines: [
      [
        'secret',
        'KV v2: production, staging, qa, billing/…; demo is deleted, payroll is forbidden',
      ],
      ['legacy', 'KV v1: cron, reports/monthly'],
      ['organization/team/kv-engine', 'KV v2 at a path with slashes: search'],
      ['admin/my-namespace/secret', 'KV v2 inside two namespaces, check-and-set required'],
      ['transit', 'no KV engine: see what Test Connection says'],
    ],
  };
}
