/**
 * A stand-in for AWS Secrets Manager and the part of STS that credentials need, in process and on loopback.
 * Written from the API reference, the signing specification and observed answers of the service; it shares
 * no code with the client that it tests.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import { ServerClock } from '../clock';
import { frameworkError, ServiceError } from './errors';
import { deliverFault, Faults, send, type Answer } from './faults';
import { Input } from './input';
import { isOperation, operations } from './operations';
import { Pager } from '../paging';
import {
  guidePermissions,
  newSecretAccessKey,
  newSessionToken,
  statementsOf,
  uniqueId,
  type AccessKey,
  type Grant,
  type Role,
} from './principals';
import { RateLimiter, type RateLimit } from './rates';
import { parseAuthorization, verifySignature, type SignedRequest } from './sigv4';
import {
  current,
  labelled,
  newVersionId,
  sortedLabels,
  SecretStore,
  type KmsFault,
  type SecretAttributes,
  type SecretValue,
  type StoreSettings,
} from './store';
import { callSts, stsError } from './sts';

export interface SecretsManagerOptions {
  /** A free port unless given. */
  readonly port?: number;
  /** `us-east-1` unless given. Requests signed for another region are refused. */
  readonly region?: string;
  readonly account?: string;
  readonly tls?: TlsOptions;
}

export interface AccessKeyOptions extends Grant {
  /** The user's name, in the ARN and so in refusals. */
  readonly name?: string;
  /** Makes these temporary credentials. */
  readonly sessionToken?: boolean;
  readonly expires?: Date;
  /** For credentials that people type; random otherwise. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

export interface RoleOptions extends Grant {
  readonly name: string;
  readonly externalId?: string;
  /** ARN patterns of those who may assume it; everybody who has the permission when left out. */
  readonly trusts?: readonly string[];
  /** 3600 unless given. */
  readonly maxSessionSeconds?: number;
}

export interface LoggedRequest {
  /** By the server's clock. */
  readonly time: Date;
  readonly service: 'secretsmanager' | 'sts' | 'unknown';
  readonly operation: string;
  readonly secretId: string | undefined;
  /** SecretIdList of a batch. */
  readonly secretIds: readonly string[];
  readonly accessKeyId: string | undefined;
  readonly requestId: string;
  /** Numbers the connections from 1. */
  readonly connection: number;
  /** Undefined until the answer; stays undefined if there is none. */
  status: number | undefined;
  errorCode: string | undefined;
}

export interface PutOptions extends SecretAttributes {
  /** `[AWSCURRENT]` unless given. */
  readonly labels?: readonly string[];
  readonly versionId?: string;
}

export interface VersionView {
  readonly id: string;
  /** Sorted. */
  readonly labels: readonly string[];
  readonly value: string | Buffer;
  readonly createdAt: Date;
}

export interface SecretView extends SecretAttributes {
  readonly name: string;
  readonly arn: string;
  /** Oldest first. */
  readonly versions: readonly VersionView[];
  readonly current: VersionView | undefined;
  /** When the recovery window ends. */
  readonly deletionDate: Date | undefined;
}

const maxBodyBytes = 1024 * 1024;

export class SecretsManagerServer {
  readonly clock = new ServerClock();
  readonly faults = new Faults();
  readonly region: string;
  readonly account: string;

  private readonly store: SecretStore;
  private readonly pager = new Pager(
    () => new ServiceError('InvalidNextTokenException', 'The NextToken value is invalid.'),
  );
  private readonly rateLimiter = new RateLimiter(this.clock);
  private readonly keys = new Map<string, AccessKey>();
  private readonly roles = new Map<string, Role>();
  private readonly stopping = new AbortController();
  private readonly http: ReturnType<typeof createServer>;
  private readonly sockets = new Map<Socket, number>();
  private log: LoggedRequest[] = [];
  private connectionCount = 0;
  private inFlight = 0;
  private inFlightPeak = 0;
  private readonly secure: boolean;

  constructor(private readonly options: SecretsManagerOptions) {
    this.region = options.region ?? 'us-east-1';
    this.account = options.account ?? '123456789012';
    this.store = new SecretStore(
      this.clock,
      `arn:aws:secretsmanager:${this.region}:${this.account}:secret:`,
    );
    this.secure = options.tls !== undefined;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      void this.handle(request, response);
    };
    this.http =
      options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    // Longer than any client keeps a connection, so that no test uses one that is just being closed.
    this.http.keepAliveTimeout = 120_000;
    this.http.on(this.secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.connectionCount += 1;
      this.sockets.set(socket, this.connectionCount);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(this.options.port ?? 0, '127.0.0.1', () => {
        this.http.off('error', reject);
        resolve();
      });
    });
  }

  /** Ends every connection, answered or not. Stopping twice is no error. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise<void>((resolve) => {
      this.http.close(() => resolve());
    });
    this.http.closeAllConnections();
    await closed;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:PORT`, or https with `tls`. Serves Secrets Manager and STS. */
  get endpoint(): string {
    return `${this.secure ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  // Set-up

  /** Without options, the key may do everything. */
  accessKey(options: AccessKeyOptions = {}): AccessKey {
    const name = options.name ?? 'tester';
    const key: AccessKey = {
      accessKeyId: options.accessKeyId ?? uniqueId(options.sessionToken === true ? 'ASIA' : 'AKIA'),
      secretAccessKey: options.secretAccessKey ?? newSecretAccessKey(),
      ...(options.sessionToken === true ? { sessionToken: newSessionToken() } : {}),
      arn: `arn:aws:iam::${this.account}:user/${name}`,
      userId: uniqueId('AIDA'),
      expiresAt: options.expires?.getTime(),
      policy: statementsOf(options),
    };
    this.keys.set(key.accessKeyId, key);
    return key;
  }

  /** A user with the five permissions of the product's guide, and no other. */
  guideAccessKey(options: Omit<AccessKeyOptions, 'allow'> = {}): AccessKey {
    return this.accessKey({ name: 'guide', ...options, allow: guidePermissions });
  }

  /** Replaces the permissions of a key, from the next request on. */
  changePolicy(accessKeyId: string, grant: Grant): void {
    const key = this.keys.get(accessKeyId);
    if (key === undefined) throw new Error(`There is no access key ${accessKeyId}.`);
    key.policy = statementsOf(grant);
  }

  revoke(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }

  /** Keys that it trusts, and that are allowed `sts:AssumeRole`, may assume it. */
  role(options: RoleOptions): Role {
    const role: Role = {
      ...options,
      arn: `arn:aws:iam::${this.account}:role/${options.name}`,
      roleId: uniqueId('AROA'),
      externalId: options.externalId,
      maxSessionSeconds: options.maxSessionSeconds ?? 3600,
    };
    this.roles.set(role.arn, role);
    return role;
  }

  /** Creates the secret, or gives it a new version. Returns the version's id. */
  put(name: string, value: string | Uint8Array, options: PutOptions = {}): string {
    const { labels, versionId = newVersionId(), ...attributes } = options;
    const secretValue: SecretValue =
      typeof value === 'string'
        ? { kind: 'string', text: value }
        : { kind: 'binary', bytes: Buffer.from(value) };
    const existing = this.store.find(name);
    if (existing === undefined) {
      this.store.create(name, { versionId, value: secretValue }, attributes);
    } else {
      this.store.putVersion(existing, versionId, secretValue, labels ?? [current]);
    }
    return versionId;
  }

  /** Moves a label without a permission check, as another client would. */
  moveLabel(name: string, label: string, moveTo: string): void {
    const secret = this.store.get(name);
    this.store.moveLabel(secret, label, labelled(secret, label)?.id, moveTo);
  }

  /** Makes the key of a secret fail, until called with undefined. */
  breakKms(name: string, fault: KmsFault | undefined): void {
    this.store.get(name).kmsFault = fault;
  }

  scheduleDeletion(name: string, recoveryDays = 30): void {
    this.store.scheduleDeletion(this.store.get(name), recoveryDays);
  }

  /** Removes a secret at once, like a forced deletion. */
  remove(name: string): void {
    this.store.forceDeletion(this.store.get(name));
  }

  restore(name: string): void {
    this.store.restore(this.store.get(name));
  }

  get settings(): StoreSettings {
    return this.store.settings;
  }

  /** See `Pager.pageSizes`. */
  set pageSizes(sizes: readonly number[] | undefined) {
    this.pager.pageSizes = sizes;
  }

  /** None unless set; `awsRates` are those of the service. */
  set rates(limits: readonly RateLimit[]) {
    this.rateLimiter.limits = limits;
  }

  // Inspection

  /** The names of all secrets, scheduled for deletion or not, oldest first. */
  names(): string[] {
    return this.store.all().map(({ name }) => name);
  }

  secret(name: string): SecretView | undefined {
    const secret = this.store.find(name);
    if (secret === undefined) return undefined;
    const versions = [...secret.versions.values()].map((version): VersionView => ({
      id: version.id,
      labels: sortedLabels(version.labels),
      value: version.value.kind === 'string' ? version.value.text : version.value.bytes,
      createdAt: new Date(version.createdAt),
    }));
    return {
      name: secret.name,
      arn: secret.arn,
      description: secret.description,
      kmsKeyId: secret.kmsKeyId,
      owningService: secret.owningService,
      tags: secret.tags,
      versions,
      current: versions.find(({ labels }) => labels.includes(current)),
      deletionDate: secret.deletion === undefined ? undefined : new Date(secret.deletion.endsAt),
    };
  }

  /** Every request since the start or the last `clearLog`, in order of arrival. No values. */
  get requests(): readonly LoggedRequest[] {
    return this.log;
  }

  /** Requests of one operation, or all. */
  count(operation?: string): number {
    return operation === undefined
      ? this.log.length
      : this.log.filter((request) => request.operation === operation).length;
  }

  /** Also resets the peak of `concurrency`. */
  clearLog(): void {
    this.log = [];
    this.inFlightPeak = this.inFlight;
  }

  get connections(): { readonly open: number; readonly total: number } {
    return { open: this.sockets.size, total: this.connectionCount };
  }

  /** Requests being worked on. */
  get concurrency(): { readonly now: number; readonly peak: number } {
    return { now: this.inFlight, peak: this.inFlightPeak };
  }

  /** Closes all connections, as a restarting server does; new ones are accepted. */
  dropConnections(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
  }

  // Requests

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inFlight += 1;
    this.inFlightPeak = Math.max(this.inFlightPeak, this.inFlight);
    let done = false;
    response.once('close', () => {
      if (!done) this.inFlight -= 1;
      done = true;
    });
    response.sendDate = false;
    response.setHeader('Date', this.clock.date().toUTCString());
    try {
      const body = await readBody(request);
      if (body === undefined) return;
      await this.respond(request, response, body);
    } catch (error) {
      if (!response.headersSent) {
        send(response, { status: 500, headers: {}, body: '' });
      }
      throw error;
    }
  }

  private async respond(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<void> {
    const call = new IncomingCall(
      request,
      body,
      this.clock.date(),
      this.sockets.get(request.socket),
    );
    this.log.push(call.logged);

    const fault = this.faults.take(call.logged);
    if (fault !== undefined && fault.delayMs > 0) {
      await sleep(fault.delayMs, undefined, { signal: this.stopping.signal }).catch(
        () => undefined,
      );
      if (this.stopping.signal.aborted) return;
    }
    await fault?.before?.();
    const answer = fault === undefined || fault.applied ? this.answer(call) : undefined;
    await fault?.after?.();

    if (fault?.answer === undefined) {
      if (answer === undefined) return;
      call.logged.status = answer.status;
      send(response, answer);
      return;
    }
    response.once('finish', () => {
      call.logged.status = response.statusCode;
    });
    if (fault.answer.kind === 'error') call.logged.errorCode = fault.answer.code;
    await deliverFault(fault.answer, {
      request,
      response,
      answer,
      errorAnswer: (code, message, status) =>
        call.errorAnswer(frameworkError(code, message, status)),
      ownUrl: this.endpoint,
      stopping: this.stopping.signal,
    });
  }

  private answer(call: IncomingCall): Answer {
    try {
      return call.logged.service === 'sts' ? this.answerSts(call) : this.answerSecrets(call);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      call.logged.errorCode = error.code;
      return call.errorAnswer(error);
    }
  }

  private answerSecrets(call: IncomingCall): Answer {
    const { operation, service, requestId } = call.logged;
    if (service === 'unknown' || call.method !== 'POST' || call.path !== '/') {
      throw frameworkError('UnknownOperationException', '', 404);
    }
    if (call.signed.body.length > maxBodyBytes) {
      throw frameworkError('RequestEntityTooLargeException', 'The request is too large.', 413);
    }
    const principal = this.authenticate(call.signed, 'secretsmanager');
    if (!isOperation(operation)) throw frameworkError('UnknownOperationException', '');
    this.rateLimiter.admit(operation);
    const result = operations[operation]({
      input: Input.parse(call.signed.body),
      principal,
      store: this.store,
      pager: this.pager,
    });
    return {
      status: 200,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-RequestId': requestId,
      },
      body: JSON.stringify(result),
    };
  }

  private answerSts(call: IncomingCall): Answer {
    return callSts(call.form, {
      account: this.account,
      now: this.clock.now(),
      principal: this.authenticate(call.signed, 'sts'),
      role: (arn) => this.roles.get(arn),
      addKey: (key) => this.keys.set(key.accessKeyId, key),
    });
  }

  /** Throws the errors of the signing layer. */
  private authenticate(request: SignedRequest, service: string): AccessKey {
    const authorization = parseAuthorization(request);
    const { scope } = authorization;
    if (scope.service !== service) {
      throw frameworkError(
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${service}'.`,
      );
    }
    // The global endpoint of STS signs for us-east-1, wherever the secrets are.
    const global = service === 'sts' && scope.region === 'us-east-1';
    if (scope.region !== this.region && !global) {
      throw frameworkError(
        'InvalidSignatureException',
        `Credential should be scoped to a valid region, not '${scope.region}'.`,
      );
    }
    const key = this.keys.get(authorization.accessKeyId);
    if (key === undefined || key.sessionToken !== authorization.sessionToken) {
      throw frameworkError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    if (key.expiresAt !== undefined && key.expiresAt <= this.clock.now()) {
      throw frameworkError(
        'ExpiredTokenException',
        'The security token included in the request is expired',
      );
    }
    verifySignature(request, {
      authorization,
      secretAccessKey: key.secretAccessKey,
      now: this.clock.now(),
    });
    return key;
  }
}

/** The facts about a request before it is authenticated. */
class IncomingCall {
  readonly logged: LoggedRequest;
  readonly signed: SignedRequest;
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;

  constructor(request: IncomingMessage, body: Buffer, time: Date, connection: number | undefined) {
    const target = request.url ?? '/';
    this.method = request.method ?? '';
    this.path = target.split('?')[0] ?? '/';
    this.signed = { method: this.method, target, rawHeaders: request.rawHeaders, body };
    const query =
      request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    this.form = new URLSearchParams(query ? body.toString() : '');
    const header = String(request.headers['x-amz-target'] ?? '');
    const service = query
      ? 'sts'
      : header.startsWith('secretsmanager.')
        ? 'secretsmanager'
        : 'unknown';
    const operation = query
      ? (this.form.get('Action') ?? '')
      : header.slice(header.indexOf('.') + 1);
    const input = service === 'secretsmanager' ? tryParse(body) : undefined;
    this.logged = {
      time,
      service,
      operation,
      secretId: input?.describeTarget(),
      secretIds: input?.describeTargets() ?? [],
      accessKeyId: /Credential=([^/,\s]+)/.exec(request.headers.authorization ?? '')?.[1],
      requestId: randomUUID(),
      connection: connection ?? 0,
      status: undefined,
      errorCode: undefined,
    };
  }

  errorAnswer({ code, message, status, origin }: ServiceError): Answer {
    if (this.logged.service === 'sts') return stsError(code, message, status);
    const member = origin === 'framework' ? 'message' : 'Message';
    return {
      status,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-RequestId': this.logged.requestId,
        'x-amzn-errortype': code,
      },
      body: JSON.stringify({ __type: code, ...(message === '' ? {} : { [member]: message }) }),
    };
  }
}

function tryParse(body: Buffer): Input | undefined {
  try {
    return Input.parse(body);
  } catch {
    return undefined;
  }
}

/** Undefined when the sender disconnected. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

export async function startSecretsManagerServer(
  options: SecretsManagerOptions = {},
): Promise<SecretsManagerServer> {
  const server = new SecretsManagerServer(options);
  await server.start();
  return server;
}

export { awsRates } from './rates';
export { guidePermissions } from './principals';
export type { AccessKey, Grant, Role } from './principals';
