/** The cells of AWS Secrets Manager. Each has its own stand-in, which injects the fault. */
import {
  awsSecretsManagerDescriptor,
  awsSecretsManagerSchema,
} from '@shared/providers/aws-secrets-manager';
import { isDeepStrictEqual } from 'node:util';
import type { FaultAnswer } from '../servers/aws/faults';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '../servers/secrets-manager/server';
import { Secret } from '@core/secrets/secret';
import { createAwsSecretsManagerFactory } from '@core/providers/aws-secrets-manager/factory';
import { type SecretsProvider } from '@core/providers/provider';
import { asRevision } from '@core/secrets/revision';
import { passes, type Cell, type Row, type Scene, type Store } from './matrix';
import {
  content,
  markers,
  newContent,
  oldContent,
  run,
  secrets,
  type Operation,
} from './operations';

export interface AwsRow extends Row {
  readonly answer?: FaultAnswer;
  /** Milliseconds by which the server's clock is ahead. */
  readonly skew?: number;
  /** The request takes effect anyway. */
  readonly applied?: boolean;
}

const SECRET_ACCESS_KEY = `${markers.credential}/AbCdEfGhIjKlMnOpQrStUv`;

const patient = { callDeadline: 30_000, maxAttempts: 2 } as const;

/** For slow faults: two attempts fit into the deadline of a call. */
const hasty = { ...patient, callDeadline: 3000, attemptTimeout: 1200 } as const;

export const connectAws = (
  endpoint: string,
  accessKeyId: string,
  isHasty: boolean,
  more: Readonly<Record<string, unknown>> = {},
  credentials: Readonly<Record<string, Secret>> = {},
): SecretsProvider =>
  createAwsSecretsManagerFactory(isHasty ? hasty : patient).create({
    values: awsSecretsManagerSchema.parse({
      ...awsSecretsManagerDescriptor.defaults,
      region: 'us-east-1',
      authentication: 'access-keys',
      endpoint,
      ...more,
    }),
    credentials: {
      accessKeyId: new Secret(accessKeyId),
      secretAccessKey: new Secret(SECRET_ACCESS_KEY),
      ...credentials,
    },
  });

const lookAt = (server: SecretsManagerServer): Store =>
  Object.fromEntries(
    server.names().map((name) => {
      const secret = server.secret(name);
      return [
        name,
        {
          versions: secret?.versions.map(({ id, labels, value }) => ({ id, labels, value })),
          until: secret?.deletionDate,
        },
      ];
    }),
  );

function hasHappened(server: SecretsManagerServer, operation: Operation, before: Store): boolean {
  const changed = operation === 'undelete' ? secrets.gone : secrets.app;
  const others = (store: Store): Store =>
    Object.fromEntries(Object.entries(store).filter(([name]) => name !== changed));
  if (!isDeepStrictEqual(others(lookAt(server)), others(before))) return false;
  const { versions = [], current, deletionDate } = server.secret(changed) ?? {};
  const values = versions.map(({ value }) => value);
  const contents = (...wanted: readonly string[]): boolean => isDeepStrictEqual(values, wanted);
  if (operation === 'remove') return deletionDate !== undefined && contents(oldContent, content);
  if (deletionDate !== undefined) return false;
  if (operation === 'undelete') return contents(content);
  return current?.value === newContent && contents(oldContent, content, newContent);
}

export async function openAws(
  { answer, skew = 0, applied = false, isSlow = false }: AwsRow,
  { moment }: Cell,
): Promise<Scene> {
  const server = await startSecretsManagerServer();
  server.clock.advance(skew);
  const { accessKeyId } = server.accessKey({ secretAccessKey: SECRET_ACCESS_KEY });
  server.put(secrets.app, oldContent);
  server.put(secrets.app, content);
  server.put(secrets.gone, content);
  server.scheduleDeletion(secrets.gone);
  server.put(secrets.inFolder, content);
  server.pageSizes = [2];
  const provider = connectAws(server.endpoint, accessKeyId, isSlow);
  const revision = asRevision(server.secret(secrets.app)?.current?.id ?? '');
  return {
    run: (operation) => run(provider, operation, revision),
    look: () => lookAt(server),
    strike: () => {
      if (answer === undefined) return;
      server.faults.add({ skip: passes(moment), times: Infinity, answer, applied });
    },
    repair: () => {
      server.faults.clear();
    },
    hasHappened: (operation, before) => hasHappened(server, operation, before),
    close: async () => {
      provider.dispose();
      await server.stop();
    },
  };
}
