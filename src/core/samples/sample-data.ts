/** Sample variables for somebody who tries the app. None of the credentials is real. */

export interface SampleVariable {
  readonly key: string;
  readonly value: string;
  /** Whether the value is shown; the others are masked. */
  readonly plain?: true;
  readonly disabled?: true;
}

export interface SampleEnvironment {
  readonly name: string;
  /** The path in the local vault; absent for an environment that is only on this computer. */
  readonly path?: string;
  readonly variables: readonly SampleVariable[];
}

const plain = true;

const shop = (
  stage: string,
  options: { readonly host: string; readonly pool: string; readonly logLevel: string },
): readonly SampleVariable[] => [
  { key: 'APP_ENV', value: stage, plain },
  { key: 'APP_URL', value: `https://${options.host}`, plain },
  { key: 'LOG_LEVEL', value: options.logLevel, plain },
  { key: 'DB_HOST', value: `db.${options.host}`, plain },
  { key: 'DB_POOL_SIZE', value: options.pool, plain },
  { key: 'DATABASE_URL', value: `postgres://shop:sample-${stage}@db.${options.host}/shop` },
  { key: 'REDIS_URL', value: `redis://:sample-${stage}@cache.${options.host}:6379/0` },
  { key: 'SESSION_SECRET', value: `sample-session-secret-of-${stage}` },
  { key: 'PAYMENTS_API_KEY', value: `sample-payments-key-of-${stage}` },
];

/** The same shop in three environments, with differences to compare. Nobody can own `example` (RFC 2606). */
export const sampleEnvironments: readonly SampleEnvironment[] = [
  {
    name: 'development',
    variables: [
      { key: 'APP_ENV', value: 'development', plain },
      { key: 'APP_URL', value: 'http://localhost:3000', plain },
      { key: 'LOG_LEVEL', value: 'debug', plain },
      { key: 'DB_HOST', value: 'localhost', plain },
      { key: 'DB_POOL_SIZE', value: '2', plain },
      { key: 'DATABASE_URL', value: 'postgres://shop:sample-development@localhost/shop' },
      { key: 'REDIS_URL', value: 'redis://localhost:6379/0' },
      { key: 'SESSION_SECRET', value: 'sample-session-secret-of-development' },
      { key: 'DEBUG_SQL', value: 'true', plain, disabled: true },
    ],
  },
  {
    name: 'staging',
    path: 'samples/staging',
    variables: [
      ...shop('staging', { host: 'staging.shop.example', pool: '5', logLevel: 'info' }),
      { key: 'FEATURE_FLAGS', value: 'checkout-v2,instant-refunds', plain },
    ],
  },
  {
    name: 'production',
    path: 'samples/production',
    variables: [
      ...shop('production', { host: 'shop.example', pool: '20', logLevel: 'warn' }),
      { key: 'FEATURE_FLAGS', value: 'checkout-v2', plain },
      { key: 'ERROR_REPORTS_DSN', value: 'https://sample-key@errors.shop.example/1' },
    ],
  },
];
