/** `npm run servers`: starts the stand-ins with sample data, and prints what to type into the app. */
import { parseArgs } from 'node:util';
import { seedSampleKeyVault } from './azure-key-vault/sample';
import { startKeyVaultServer } from './azure-key-vault/server';
import { createSelfSigned } from './certificates';
import { seedSampleSecrets } from './secrets-manager/sample';
import { startSecretsManagerServer } from './secrets-manager/server';
import { seedSampleVault, type SampleRole } from './vault/sample';
import { startVaultServer } from './vault/server';

const USAGE = `Usage: npm run servers -- [options]

Starts stand-ins for HashiCorp Vault, AWS Secrets Manager and Azure Key Vault on 127.0.0.1, with sample
data that lives in memory until Ctrl+C.

  --vault-port N   port of the Vault stand-in (default 18200, 0 for any that is free)
  --aws-port N     port of the Secrets Manager stand-in (default 14566, 0 for any that is free)
  --azure-port N   port of the Key Vault stand-in (default 18443, 0 for any that is free)
  --tls            Vault over https with a self-signed certificate: try Verify SSL
  --help           show this
`;

interface Options {
  readonly vaultPort: number;
  readonly awsPort: number;
  readonly azurePort: number;
  readonly tls: boolean;
}

class UsageError extends Error {}

function portOption(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--${name} wants a port from 0 to 65535, not “${text}”.`);
}

/** `undefined` for `--help`. Throws for unknown options. */
function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'vault-port': { type: 'string', default: '18200' },
      'aws-port': { type: 'string', default: '14566' },
      'azure-port': { type: 'string', default: '18443' },
      tls: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    vaultPort: portOption('vault-port', values['vault-port']),
    awsPort: portOption('aws-port', values['aws-port']),
    azurePort: portOption('azure-port', values['azure-port']),
    tls: values.tls,
  };
}

/** Starts one server; if its port is taken, the error names the option to change it. */
async function at<T>(option: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new UsageError(`The port is in use. Choose another with --${option} N.`);
    }
    throw error;
  }
}

const table = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `    ${label.padEnd(width)}   ${value}`).join('\n');
};

const roleRows = ({ roleId, secretId, namespace, enginePath }: SampleRole) =>
  [
    ['Authentication', 'AppRole'],
    ['Role ID', roleId],
    ['Secret ID', secretId],
    ['Namespace', namespace === '' ? '(leave empty)' : namespace],
    ['Engine Path', enginePath],
  ] as const;

interface Started {
  /** What to type into the app. */
  readonly text: string;
  stop(): Promise<void>;
}

async function startVault({ vaultPort, tls }: Options): Promise<Started> {
  const server = await startVaultServer({
    port: vaultPort,
    ...(tls ? { tls: createSelfSigned() } : {}),
  });
  const { token, role, namespacedRole, engines } = seedSampleVault(server);
  const text = [
    'HashiCorp Vault',
    '',
    '  Settings → Vault → Provider “HashiCorp Vault”:',
    table([
      ['Vault URL', server.url],
      ['Verify SSL', tls ? 'off (or on, to see it refuse)' : 'on or off, this is plain http'],
    ]),
    '  and one of',
    table([
      ['Authentication', 'Token'],
      ['Token', token],
      ['Engine Path', 'secret'],
    ]),
    '',
    table(roleRows(role)),
    '',
    table(roleRows(namespacedRole)),
    '  Engine paths to try:',
    table(engines),
  ].join('\n');
  return { text, stop: () => server.close() };
}

async function startSecretsManager({ awsPort }: Options): Promise<Started> {
  const server = await startSecretsManagerServer({ port: awsPort });
  const { region, accessKeyId, secretAccessKey, notes } = seedSampleSecrets(server);
  const text = [
    'AWS Secrets Manager',
    '',
    '  Settings → Vault → Provider “AWS Secrets Manager”:',
    table([
      ['Endpoint Override', server.endpoint],
      ['Region', region],
      ['Authentication', 'Access Keys'],
      ['Access Key ID', accessKeyId],
      ['Secret Access Key', secretAccessKey],
    ]),
    '  What is there:',
    ...notes.map((note) => `    ${note}`),
  ].join('\n');
  return { text, stop: () => server.stop() };
}

async function startKeyVault({ azurePort }: Options): Promise<Started> {
  const server = await startKeyVaultServer({
    port: azurePort,
    // The same each time, so that saved settings stay valid.
    tenantId: '5a3b1e0f-5a3b-4e0f-8a3b-5a3b1e0f5a3b',
  });
  const { tenantId, clientId, clientSecret, notes } = seedSampleKeyVault(server);
  const identity = server.managedIdentity();
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = server.appServiceEnvironment;
  const text = [
    'Azure Key Vault',
    '',
    '  Settings → Vault → Provider “Azure Key Vault”:',
    table([
      ['Key Vault', server.url],
      ['Authority', server.url],
      ['Authentication', 'Client Secret'],
      ['Tenant ID', tenantId],
      ['Client ID', clientId],
      ['Client Secret', clientSecret],
    ]),
    `  or, as the managed identity ${identity.appId}, with these variables:`,
    table([
      ['IDENTITY_ENDPOINT', IDENTITY_ENDPOINT],
      ['IDENTITY_HEADER', IDENTITY_HEADER],
    ]),
    '  What is there:',
    ...notes.map((note) => `    ${note}`),
  ].join('\n');
  return { text, stop: () => server.close() };
}

async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Starts the servers in order. They run until Ctrl+C, or until one of them cannot be started. */
async function runAll(starts: readonly (() => Promise<Started>)[]): Promise<void> {
  const started: Started[] = [];
  try {
    for (const start of starts) started.push(await start());
    console.log(`\n${started.map(({ text }) => text).join('\n\n')}\n\nCtrl+C stops all.`);
    await untilStopped();
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}

export async function main(args: readonly string[]): Promise<void> {
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      console.log(USAGE);
      return;
    }
    await runAll([
      () => at('vault-port', () => startVault(options)),
      () => at('aws-port', () => startSecretsManager(options)),
      () => at('azure-port', () => startKeyVault(options)),
    ]);
  } catch (error) {
    const usage =
      error instanceof UsageError ||
      (error instanceof TypeError &&
        'code' in error &&
        String(error.code).startsWith('ERR_PARSE_ARGS'));
    if (!usage) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
