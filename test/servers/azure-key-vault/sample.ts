/** Sample data, so that anyone can try the app against the stand-in. */
import { Buffer } from 'node:buffer';
import { days } from '../clock';
import type { KeyVaultServer } from './server';

export interface SampleAccess {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Descriptions of the sample data, one line each. */
  readonly notes: readonly string[];
}

const shop = (stage: string, host: string): Record<string, unknown> => ({
  APP_NAME: 'shop',
  APP_ENV: stage,
  APP_DEBUG: stage !== 'production',
  APP_URL: `https://${host}`,
  APP_KEY: `base64:${Buffer.from(`sample key of the ${stage} shop`).toString('base64')}`,
  DB_HOST: `db.${stage}.internal`,
  DB_PORT: 5432,
  DB_USER: `shop_${stage}`,
  DB_PASSWORD: `${stage}-sample-"quoted"-pa$$word`,
  DATABASE_URL: `postgres://shop_${stage}:sample%20password@db.${stage}.internal:5432/shop?sslmode=require`,
  QUEUE_WORKERS: stage === 'production' ? 16 : 2,
  SESSION_LIFETIME_HOURS: 1.5,
  MAIL_FROM: 'Shop <no-reply@shop.example>',
  STRIPE_SECRET_KEY: `sk_sample_${stage}_0000000000000000`,
  SENTRY_DSN: '',
  FEATURE_FLAGS: { checkout_v2: true, price_rounding: 'half-even', regions: ['eu', 'us'] },
  LOG_LEVEL: stage === 'production' ? 'warning' : 'debug',
  GREETING: 'Grüße aus dem Lager – 你好',
});

/** One secret for each variable; the name of a secret has no underscore. */
const demo = {
  APP_ENV: 'demo',
  APP_KEY: 'sample',
  DATABASE_URL: 'postgres://demo:sample@db.demo.internal:5432/shop',
  LOG_LEVEL: 'debug',
} as const;

/** Fills an empty server and returns what a person types to look at it. */
export function seedSampleKeyVault(server: KeyVaultServer): SampleAccess {
  const put = (name: string, value: unknown): void => {
    server.put(name, JSON.stringify(value, undefined, 2), { contentType: 'application/json' });
  };
  put('production', shop('production', 'shop.example'));
  // A second version, so that there is a history.
  put('staging', { ...shop('staging', 'staging.shop.example'), QUEUE_WORKERS: 1 });
  put('staging', shop('staging', 'staging.shop.example'));
  put('qa', shop('qa', 'qa.shop.example'));
  for (const [name, value] of Object.entries(demo)) {
    server.put(`demo-${name.replaceAll('_', '-')}`, value, { tags: { name } });
  }
  server.put('legacy-licence-key', 'SAMPLE-0000-1111-2222-3333\nvalid until further notice');
  server.put('switched-off', 'value', { attributes: { enabled: false } });
  server.certificate('shop-certificate');
  put('old-demo', { APP_ENV: 'demo', APP_KEY: 'sample' });
  server.delete('old-demo');

  const { tenantId, clientId, clientSecret } = server.application({
    clientId: '5a3b1e00-5a3b-4e00-8a3b-5a3b1e005a3b',
    clientSecret: 'sample~client.secret-of_no_use_anywhere0',
    roles: ['Key Vault Secrets Officer'],
  });
  const reader = server.application({
    clientId: '5a3b1e01-5a3b-4e01-8a3b-5a3b1e015a3b',
    clientSecret: 'sample~reader.secret-of_no_use_anywhere0',
    roles: ['Key Vault Secrets User'],
  });
  const expired = 'sample~expired.secret-of_no_use_anywhere';
  reader.newSecret({ value: expired, expires: new Date(server.clock.now() - days(1)) });
  return {
    tenantId,
    clientId,
    clientSecret,
    notes: [
      'production, staging, qa: variables in one JSON object each; staging has a history',
      `${Object.keys(demo)
        .map((name) => `demo-${name.replaceAll('_', '-')}`)
        .join(', ')}: one secret for each variable`,
      'legacy-licence-key: plain text; switched-off: disabled; shop-certificate: belongs to a certificate',
      'old-demo: deleted, can be recovered',
      `${reader.clientId}: a client that may only read, secret ${reader.clientSecret}`,
      `${expired}: another secret of that client, expired`,
    ],
  };
}
