/** Sample data, so that anyone can try the app against the stand-in. */
import type { ParameterStoreServer } from './server';

export interface SampleAccess {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The path that everything but `legacy-licence-key` is below. */
  readonly path: string;
  /** Descriptions of the sample data, one line each. */
  readonly notes: readonly string[];
}

const privateKey = `-----BEGIN PRIVATE KEY-----
c2FtcGxlIGtleSwgb2Ygbm8gdXNlIGFueXdoZXJlIC0gc2FtcGxlIGtleSwgb2Yg
bm8gdXNlIGFueXdoZXJlIC0gc2FtcGxlIGtleSwgb2Ygbm8gdXNlIGFueXdoZXJl
-----END PRIVATE KEY-----
`;

const shop = (stage: string, host: string): Readonly<Record<string, string>> => ({
  APP_ENV: stage,
  APP_URL: `https://${host}`,
  APP_DEBUG: String(stage !== 'production'),
  DB_HOST: `db.${stage}.internal`,
  DB_PORT: '5432',
  DB_USER: `shop_${stage}`,
  DB_PASSWORD: `${stage}-sample-"quoted"-pa$$word`,
  DATABASE_URL: `postgres://shop_${stage}:sample%20password@db.${stage}.internal:5432/shop`,
  STRIPE_SECRET_KEY: `sk_sample_${stage}_0000000000000000`,
  JWT_PRIVATE_KEY: privateKey,
  FEATURE_FLAGS: '{"checkout_v2":true,"regions":["eu","us"]}',
  GREETING: 'Grüße aus dem Lager – 你好',
});

const billing = (region: string, currency: string): string =>
  JSON.stringify({ REGION: region, CURRENCY: currency, TAX_RATE: 0.19, LEDGER_TOKEN: 'sample' });

/** Fills an empty server and returns what a person types to look at it. */
export function seedSampleParameters(server: ParameterStoreServer): SampleAccess {
  const path = '/strongroom';
  for (const [stage, host] of [
    ['production', 'shop.example'],
    ['staging', 'staging.shop.example'],
  ] as const) {
    for (const [key, value] of Object.entries(shop(stage, host))) {
      server.put(`${path}/shop/${stage}/${key}`, value);
    }
  }
  // A history, with a label on an old version.
  server.put(`${path}/shop/staging/DB_PORT`, '5433');
  server.put(`${path}/shop/staging/DB_PORT`, '5432');
  server.label(`${path}/shop/staging/DB_PORT`, 'tested', 2);
  server.put(
    `${path}/shop/production/ALLOWED_ORIGINS`,
    'https://shop.example,https://example.org',
    {
      type: 'StringList',
    },
  );
  server.put(`${path}/shop/production/CERTIFICATES`, privateKey.repeat(25), {
    description: 'Above 4 KB, so of the Advanced tier',
  });
  server.put(`${path}/billing/eu`, billing('eu', 'EUR'));
  server.put(`${path}/billing/us`, billing('us', 'USD'));
  server.kmsKey('alias/payroll').locked = true;
  server.put(`${path}/payroll/DB_PASSWORD`, 'not for everyone', { keyId: 'alias/payroll' });
  server.put('legacy-licence-key', 'SAMPLE-0000-1111-2222-3333', { type: 'String' });

  const { accessKeyId, secretAccessKey } = server.accessKey({
    name: 'sample',
    accessKeyId: 'AKIASTRONGROOMSAMPLE',
    secretAccessKey: 'sample/secret/access/key/of/no/use/else+',
  });
  const role = server.role({
    name: 'reader',
    externalId: 'sample-external-id',
    allow: ['DescribeParameters', 'GetParameter', 'GetParameters', 'GetParametersByPath'],
  });
  return {
    region: server.region,
    accessKeyId,
    secretAccessKey,
    path,
    notes: [
      `${path}/shop/production/, ${path}/shop/staging/: one parameter for each variable`,
      `${path}/billing/eu, ${path}/billing/us: all variables in one parameter, as JSON`,
      `${path}/payroll/DB_PASSWORD: encrypted with a key that this user may not use`,
      'legacy-licence-key: a String outside of the path',
      `${role.arn}: a role that may only read, with the external ID sample-external-id`,
    ],
  };
}
