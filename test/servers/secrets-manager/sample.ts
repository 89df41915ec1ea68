/** Sample data, so that anyone can try the app against the stand-in. */
import { Buffer } from 'node:buffer';
import type { SecretsManagerServer } from './server';

export interface SampleAccess {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Descriptions of the sample data, one line each. */
  readonly notes: readonly string[];
}

const privateKey = `-----BEGIN PRIVATE KEY-----
c2FtcGxlIGtleSwgb2Ygbm8gdXNlIGFueXdoZXJlIC0gc2FtcGxlIGtleSwgb2Yg
bm8gdXNlIGFueXdoZXJlIC0gc2FtcGxlIGtleSwgb2Ygbm8gdXNlIGFueXdoZXJl
IC0gc2FtcGxlIGtleSwgb2Ygbm8gdXNlIGFueXdoZXJlIC0gc2FtcGxlIGtleSwg
b2Ygbm8gdXNlIGFueXdoZXJlCg==
-----END PRIVATE KEY-----
`;

const shop = (stage: string, host: string): Record<string, unknown> => ({
  APP_NAME: 'shop',
  APP_ENV: stage,
  APP_DEBUG: stage !== 'production',
  APP_URL: `https://${host}`,
  APP_KEY: `base64:${Buffer.from(`sample key of the ${stage} shop`).toString('base64')}`,
  DB_HOST: `db.${stage}.internal`,
  DB_PORT: 5432,
  DB_NAME: 'shop',
  DB_USER: `shop_${stage}`,
  DB_PASSWORD: `${stage}-sample-"quoted"-pa$$word`,
  DATABASE_URL: `postgres://shop_${stage}:sample%20password@db.${stage}.internal:5432/shop?sslmode=require`,
  REDIS_URL: `rediss://:sample@cache.${stage}.internal:6379/0`,
  QUEUE_WORKERS: stage === 'production' ? 16 : 2,
  SESSION_LIFETIME_HOURS: 1.5,
  MAIL_FROM: 'Shop <no-reply@shop.example>',
  STRIPE_SECRET_KEY: `sk_sample_${stage}_0000000000000000`,
  STRIPE_WEBHOOK_SECRET: `whsec_sample_${stage}`,
  SENTRY_DSN: '',
  JWT_PRIVATE_KEY: privateKey,
  FEATURE_FLAGS: { checkout_v2: true, price_rounding: 'half-even', regions: ['eu', 'us'] },
  LOG_LEVEL: stage === 'production' ? 'warning' : 'debug',
  GREETING: 'Grüße aus dem Lager – 你好',
  LEGACY_TOKEN: null,
});

const billing = (region: string, currency: string, taxRate: number): Record<string, unknown> => ({
  REGION: region,
  CURRENCY: currency,
  TAX_RATE: taxRate,
  TAX_INCLUDED: region === 'eu',
  LEDGER_URL: `https://ledger.${region}.internal/api/v3`,
  LEDGER_TOKEN: `ledger-sample-${region}`,
  LEDGER_ACCOUNT: 4_711_000_042,
  INVOICE_PREFIX: `${region.toUpperCase()}-`,
  INVOICE_FOOTER: 'Line one\nLine two\tindented\nLine three',
  SFTP_HOST: `bank.${region}.example`,
  SFTP_USER: 'strongroom-sample',
  SFTP_PRIVATE_KEY: privateKey,
  RETRY: { attempts: 5, backoff_ms: [100, 500, 2500] },
});

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);

/** Fills an empty server and returns what a person types to look at it. */
export function seedSampleSecrets(server: SecretsManagerServer): SampleAccess {
  server.put('production', json(shop('production', 'shop.example')), {
    description: 'The shop, live',
    tags: [{ Key: 'team', Value: 'checkout' }],
  });
  // A second version, so that there is a history.
  server.put('staging', json({ ...shop('staging', 'staging.shop.example'), QUEUE_WORKERS: 1 }));
  server.put('staging', json(shop('staging', 'staging.shop.example')));
  server.put('qa', json(shop('qa', 'qa.shop.example')));
  server.put('billing/eu', json(billing('eu', 'EUR', 0.19)));
  server.put('billing/us', json(billing('us', 'USD', 0)));
  server.put('legacy/licence-key', 'SAMPLE-0000-1111-2222-3333\nvalid until further notice');
  server.put('shop/allowed-origins', json(['https://shop.example', 'https://admin.shop.example']));
  server.put(
    'shop/keystore.p12',
    Buffer.from([0x30, 0x82, 0x0a, 0x51, 0x02, 0x01, 0x03, 0x00, 0xff]),
  );
  server.put('old-demo', json({ APP_ENV: 'demo', APP_KEY: 'sample' }));
  server.scheduleDeletion('old-demo', 7);
  server.put('payroll/production', json({ DB_PASSWORD: 'not for everyone' }));

  const { accessKeyId, secretAccessKey } = server.accessKey({
    name: 'sample',
    accessKeyId: 'AKIASTRONGROOMSAMPLE',
    secretAccessKey: 'sample/secret/access/key/of/no/use/else+',
    statements: [
      {
        effect: 'Deny',
        actions: ['*'],
        resources: [`arn:aws:secretsmanager:${server.region}:*:secret:payroll/*`],
      },
    ],
  });
  const role = server.role({
    name: 'reader',
    externalId: 'sample-external-id',
    allow: ['secretsmanager:ListSecrets', 'secretsmanager:GetSecretValue'],
  });
  return {
    region: server.region,
    accessKeyId,
    secretAccessKey,
    notes: [
      'production, staging, qa, billing/eu, billing/us: variables, with numbers, nested values and keys of several lines',
      'legacy/licence-key: plain text; shop/allowed-origins: a JSON array; shop/keystore.p12: binary',
      'old-demo: scheduled for deletion; payroll/production: no permission for this key',
      `${role.arn}: a role that may only read, with the external ID sample-external-id`,
    ],
  };
}
