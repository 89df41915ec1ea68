/**
 * What the stand-ins for AWS services have in common: signatures, principals and their policies, STS, rates,
 * faults and a log of requests, in process and on loopback. Written from the signing specification and
 * observed answers; it shares no code with the clients that it tests.
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
import {
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
import { callSts, stsError } from './sts';

export interface ServiceTraits<Noun extends string> {
  /** In signatures and in front of actions: `secretsmanager`. */
  readonly name: string;
  /** Of the X-Amz-Target header: `AmazonSSM.` */
  readonly targetPrefix: string;
  /** What faults call the things it holds. */
  readonly noun: Noun;
  /** The member of the service's errors that has the text. */
  readonly messageMember: 'message' | 'Message';
}

/** An operation on the JSON of a request; returns the JSON of the answer. Throws ServiceError. */
export type Perform = (input: Input, principal: AccessKey) => object;

export interface AwsServerOptions {
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
  /** `secretsmanager`, `ssm`, `sts`, or `unknown`. */
  readonly service: string;
  readonly operation: string;
  readonly accessKeyId: string | undefined;
  readonly requestId: string;
  /** Numbers the connections from 1. */
  readonly connection: number;
  /** Undefined until the answer; stays undefined if there is none. */
  status: number | undefined;
  errorCode: string | undefined;
}

const maxBodyBytes = 1024 * 1024;

/** `Details` are what the log tells about a request beside the common facts. */
export abstract class AwsServer<Noun extends string, Details extends object> {
  readonly clock = new ServerClock();
  readonly faults: Faults<Noun>;
  readonly region: string;
  readonly account: string;

  private readonly rateLimiter = new RateLimiter(this.clock);
  private readonly keys = new Map<string, AccessKey>();
  private readonly roles = new Map<string, Role>();
  private readonly stopping = new AbortController();
  private readonly http: ReturnType<typeof createServer>;
  private readonly sockets = new Map<Socket, number>();
  private log: (LoggedRequest & Details)[] = [];
  private connectionCount = 0;
  private inFlight = 0;
  private inFlightPeak = 0;
  private readonly secure: boolean;

  constructor(
    private readonly service: ServiceTraits<Noun>,
    private readonly options: AwsServerOptions,
  ) {
    this.faults = new Faults(service.noun);
    this.region = options.region ?? 'us-east-1';
    this.account = options.account ?? '123456789012';
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

  /** `http://127.0.0.1:PORT`, or https with `tls`. Serves the service and STS. */
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
      policy: statementsOf(options, this.service.name),
    };
    this.keys.set(key.accessKeyId, key);
    return key;
  }

  /** Replaces the permissions of a key, from the next request on. */
  changePolicy(accessKeyId: string, grant: Grant): void {
    const key = this.keys.get(accessKeyId);
    if (key === undefined) throw new Error(`There is no access key ${accessKeyId}.`);
    key.policy = statementsOf(grant, this.service.name);
  }

  revoke(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }

  /** Keys that it trusts, and that are allowed `sts:AssumeRole`, may assume it. */
  role(options: RoleOptions): Role {
    const { name, externalId, trusts, maxSessionSeconds = 3600 } = options;
    const role: Role = {
      name,
      arn: `arn:aws:iam::${this.account}:role/${name}`,
      roleId: uniqueId('AROA'),
      externalId,
      trusts,
      maxSessionSeconds,
      policy: statementsOf(options, this.service.name),
    };
    this.roles.set(role.arn, role);
    return role;
  }

  /** None unless set; each stand-in exports the `awsRates` of its service. */
  set rates(limits: readonly RateLimit[]) {
    this.rateLimiter.limits = limits;
  }

  // Inspection

  /** Every request since the start or the last `clearLog`, in order of arrival. No values. */
  get requests(): readonly (LoggedRequest & Details)[] {
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
    const call = this.receive(request, body);
    this.log.push(call.logged);

    const fault = this.faults.take({ ...call.logged, targets: this.targets(call.logged) });
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
        this.errorAnswer(call, frameworkError(code, message, status)),
      ownUrl: this.endpoint,
      stopping: this.stopping.signal,
    });
  }

  private receive(request: IncomingMessage, body: Buffer): IncomingCall<Details> {
    const target = request.url ?? '/';
    const method = request.method ?? '';
    const isForm =
      request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const form = new URLSearchParams(isForm ? body.toString() : '');
    const header = String(request.headers['x-amz-target'] ?? '');
    const { name, targetPrefix } = this.service;
    const service = isForm ? 'sts' : header.startsWith(targetPrefix) ? name : 'unknown';
    return {
      logged: {
        ...this.describe(service === name ? tryParse(body) : undefined),
        time: this.clock.date(),
        service,
        operation: isForm ? (form.get('Action') ?? '') : header.slice(header.indexOf('.') + 1),
        accessKeyId: /Credential=([^/,\s]+)/.exec(request.headers.authorization ?? '')?.[1],
        requestId: randomUUID(),
        connection: this.sockets.get(request.socket) ?? 0,
        status: undefined,
        errorCode: undefined,
      },
      signed: { method, target, rawHeaders: request.rawHeaders, body },
      form,
    };
  }

  /** Undefined if the service has no such operation. */
  protected abstract perform(operation: string): Perform | undefined;

  /** What the log tells about a request; its JSON is undefined if it cannot be read. No values. */
  protected abstract describe(input: Input | undefined): Details;

  /** The names and ids that a fault can match. */
  protected abstract targets(details: Details): readonly string[];

  private answer(call: IncomingCall<Details>): Answer {
    try {
      return call.logged.service === 'sts' ? this.answerSts(call) : this.answerService(call);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      call.logged.errorCode = error.code;
      return this.errorAnswer(call, error);
    }
  }

  private answerService({ logged, signed }: IncomingCall<Details>): Answer {
    const { operation, service, requestId } = logged;
    const path = signed.target.split('?')[0];
    if (service === 'unknown' || signed.method !== 'POST' || path !== '/') {
      throw frameworkError('UnknownOperationException', '', 404);
    }
    if (signed.body.length > maxBodyBytes) {
      throw frameworkError('RequestEntityTooLargeException', 'The request is too large.', 413);
    }
    const principal = this.authenticate(signed, this.service.name);
    const perform = this.perform(operation);
    if (perform === undefined) throw frameworkError('UnknownOperationException', '');
    this.rateLimiter.admit(operation);
    const result = perform(Input.parse(signed.body), principal);
    return {
      status: 200,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-RequestId': requestId,
      },
      body: JSON.stringify(result),
    };
  }

  private answerSts(call: IncomingCall<Details>): Answer {
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

  private errorAnswer(
    { logged }: IncomingCall<Details>,
    { code, message, status, origin }: ServiceError,
  ): Answer {
    if (logged.service === 'sts') return stsError(code, message, status);
    const member = origin === 'framework' ? 'message' : this.service.messageMember;
    return {
      status,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-RequestId': logged.requestId,
        'x-amzn-errortype': code,
      },
      body: JSON.stringify({ __type: code, ...(message === '' ? {} : { [member]: message }) }),
    };
  }
}

/** A request before it is authenticated. */
interface IncomingCall<Details> {
  readonly logged: LoggedRequest & Details;
  readonly signed: SignedRequest;
  readonly form: URLSearchParams;
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
