/** What the pictures show: one shop in three environments, changed over weeks. None of it opens anything. */
import { days, hours, minutes } from '@test/servers/clock';
import type { VaultServer } from '@test/servers/vault/server';

type Values = Readonly<Record<string, string | number>>;

interface Stage {
  readonly name: string;
  readonly host: string;
  readonly replicas: number;
  readonly logLevel: string;
}

const shop = ({ name, host, replicas, logLevel }: Stage): Values => ({
  APP_ENV: name,
  APP_URL: `https://${host}`,
  LOG_LEVEL: logLevel,
  PORT: 8080,
  REPLICAS: replicas,
  DB_HOST: `db.${host}`,
  DB_POOL_SIZE: replicas * 2,
  DATABASE_URL: `postgres://shop:sample-${name}@db.${host}/shop`,
  REDIS_URL: `rediss://:sample-${name}@cache.${host}:6380/0`,
  SESSION_SECRET: `sample-session-secret-of-${name}`,
  STRIPE_API_KEY: `sk_sample_${name}`,
  STRIPE_WEBHOOK_SECRET: `whsec_sample_${name}`,
  MAIL_FROM: 'Shop <no-reply@shop.example>',
  SMTP_URL: 'smtps://mailer:sample@smtp.example:465',
});

const development = shop({
  name: 'development',
  host: 'dev.shop.example',
  replicas: 1,
  logLevel: 'debug',
});
const staging = shop({
  name: 'staging',
  host: 'staging.shop.example',
  replicas: 2,
  logLevel: 'info',
});
const production = shop({
  name: 'production',
  host: 'shop.example',
  replicas: 12,
  logLevel: 'warn',
});

const without = (values: Values, ...keys: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));

/** What is written, and how long ago, oldest first. */
const writes: readonly (readonly [path: string, age: number, values: Values])[] = [
  ['production', days(34), { ...without(production, 'REDIS_URL'), REPLICAS: 4, DB_POOL_SIZE: 8 }],
  [
    'staging',
    days(33),
    { ...without(staging, 'REDIS_URL', 'STRIPE_WEBHOOK_SECRET'), LOG_LEVEL: 'debug' },
  ],
  ['billing/eu', days(30), { APP_ENV: 'eu', CURRENCY: 'EUR', PSP_SECRET: 'psp_sample_eu' }],
  ['billing/us', days(30), { APP_ENV: 'us', CURRENCY: 'USD', PSP_SECRET: 'psp_sample_us' }],
  ['staging', days(21), { ...without(staging, 'STRIPE_WEBHOOK_SECRET'), LOG_LEVEL: 'debug' }],
  ['production', days(20), { ...production, REPLICAS: 8, DB_POOL_SIZE: 16 }],
  ['staging', days(9), { ...staging, STRIPE_API_KEY: 'sk_sample_staging_1', REPLICAS: 1 }],
  ['staging', days(6), { ...staging, REPLICAS: 1 }],
  ['production', days(2) + hours(3), production],
  ['development', days(1) + hours(5), { ...without(development, 'SMTP_URL'), DEBUG_SQL: 'true' }],
  ['staging', minutes(50), { ...staging, FEATURE_FLAGS: 'checkout-v2,instant-refunds' }],
];

/** Fills an empty server, and returns a token for it. */
export function seedPictures(server: VaultServer): string {
  const secret = server.kv('secret');
  for (const [path, age, values] of writes) {
    server.clock.advance(-age);
    secret.put(path, values);
    server.clock.advance(age);
  }
  server.policy('strongroom', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/metadata/*': ['list', 'read', 'update', 'delete'],
    'secret/delete/*': ['update'],
    'secret/undelete/*': ['update'],
    'secret/subkeys/*': ['read'],
  });
  return server.token({ id: 'hvs.strongroom-sample-token', policies: ['strongroom'] });
}

/** The rules that the workspace has, so that there are plain values and secret ones. */
export const plainRules = ['APP_*', 'LOG_*', 'PORT', 'REPLICAS', 'DB_*', 'MAIL_FROM', 'FEATURE_*'];

/** What a colleague writes to production while it is edited. */
export const theirs = {
  ...production,
  STRIPE_API_KEY: 'sk_sample_theirs',
  REPLICAS: 14,
};
