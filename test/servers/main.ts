/** `npm run servers`: starts the stand-ins with sample data, and prints what to type into the app. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seedSampleKeyVault } from './azure-key-vault/sample';
import { startKeyVaultServer } from './azure-key-vault/server';
import { createSelfSigned } from './certificates';
import { SAMPLE_LOCATION, seedSampleProject } from './google-secret-manager/sample';
import { startGoogleSecretManager } from './google-secret-manager/server';
import { seedSampleParameters } from './parameter-store/sample';
import { startParameterStoreServer } from './parameter-store/server';
import { seedSampleSecrets } from './secrets-manager/sample';
import { startSecretsManagerServer } from './secrets-manager/server';
import { seedSampleVault, type SampleRole } from './vault/sample';
import { startVaultServer } from './vault/server';

const USAGE = `Usage: npm run servers -- [options]

Starts stand-ins for HashiCorp Vault, AWS Secrets Manager, AWS Parameter Store, Google Secret Manager and
Azure Key Vault on 127.0.0.1, with sample data that lives in memory until Ctrl+C.

  --vault-port N    port of the Vault stand-in (default 18200, 0 for any that is free)
  --aws-port N      port of the AWS Secrets Manager stand-in (default 14566, 0 for any that is free)
  --ssm-port N      port of the AWS Parameter Store stand-in (default 14567, 0 for any that is free)
  --google-port N   port of the Google Secret Manager stand-in (default 14570, 0 for any that is free);
                    its regional endpoint is at the next port
  --azure-port N    port of the Azure Key Vault stand-in (default 18443, 0 for any that is free)
  --tls             Vault over https with a self-signed certificate: try Verify SSL
  --help            show this
`;

interface Options {
  readonly vaultPort: number;
  readonly awsPort: number;
  readonly ssmPort: number;
  readonly googlePort: number;
  readonly azurePort: number;
  readonly tls: boolean;
}

interface Running {
  /** What to type into the app, and what is there. */
  readonly text: string;
  stop(): Promise<void>;
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
      'ssm-port': { type: 'string', default: '14567' },
      'google-port': { type: 'string', default: '14570' },
      'azure-port': { type: 'string', default: '18443' },
      tls: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    vaultPort: portOption('vault-port', values['vault-port']),
    awsPort: portOption('aws-port', values['aws-port']),
    ssmPort: portOption('ssm-port', values['ssm-port']),
    googlePort: portOption('google-port', values['google-port']),
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

async function startVault({ vaultPort, tls }: Options): Promise<Running> {
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

async function startSecretsManager({ awsPort }: Options): Promise<Running> {
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

async function startParameterStore({ ssmPort }: Options): Promise<Running> {
  const server = await startParameterStoreServer({ port: ssmPort });
  const { region, accessKeyId, secretAccessKey, path, notes } = seedSampleParameters(server);
  const text = [
    'AWS Parameter Store',
    '',
    '  Settings → Vault → Provider “AWS Parameter Store”:',
    table([
      ['Endpoint Override', server.endpoint],
      ['Region', region],
      ['Path Prefix', path],
      ['Authentication', 'Access Keys'],
      ['Access Key ID', accessKeyId],
      ['Secret Access Key', secretAccessKey],
    ]),
    '  What is there:',
    ...notes.map((note) => `    ${note}`),
  ].join('\n');
  return { text, stop: () => server.stop() };
}

async function startGoogle({ googlePort }: Options): Promise<Running> {
  const server = await startGoogleSecretManager({
    port: googlePort,
    project: 'sample-project',
    locations: [SAMPLE_LOCATION],
  });
  const { key, token, notes } = seedSampleProject(server);
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-servers-'));
  const keyFile = join(folder, 'service-account-key.json');
  await writeFile(keyFile, JSON.stringify(key, undefined, 2), { mode: 0o600 });
  const text = [
    'Google Secret Manager',
    '',
    '  For a client that can be given another endpoint:',
    table([
      ['Global Endpoint', server.url],
      [`Endpoint of ${SAMPLE_LOCATION}`, server.regionalUrl(SAMPLE_LOCATION)],
      ['Project', server.project],
      ['Service Account Key', keyFile],
      ['Token Endpoint', key.token_uri],
      ['Access Token', token],
    ]),
    '  What is there:',
    ...notes.map((note) => `    ${note}`),
  ].join('\n');
  const stop = async (): Promise<void> => {
    await Promise.all([server.close(), rm(folder, { recursive: true })]);
  };
  return { text, stop };
}

async function startKeyVault({ azurePort }: Options): Promise<Running> {
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

/** The option for its port, and how to start each. */
const servers: readonly (readonly [string, (options: Options) => Promise<Running>])[] = [
  ['vault-port', startVault],
  ['aws-port', startSecretsManager],
  ['ssm-port', startParameterStore],
  ['google-port', startGoogle],
  ['azure-port', startKeyVault],
];

async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

export async function main(args: readonly string[]): Promise<void> {
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      console.log(USAGE);
      return;
    }
    const running: Running[] = [];
    const stop = async (): Promise<void> => {
      await Promise.all(running.map((server) => server.stop()));
    };
    try {
      for (const [option, start] of servers) running.push(await at(option, () => start(options)));
    } catch (error) {
      await stop();
      throw error;
    }
    console.log(`\n${running.map(({ text }) => text).join('\n\n')}\n\nCtrl+C stops them all.`);
    await untilStopped();
    await stop();
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
