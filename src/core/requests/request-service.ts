/** Makes requests for programs with a credential that they do not see. */
import { Readable } from 'node:stream';
import { AppError, isAppError, type ErrorCode } from '@shared/errors';
import type { NewAuditEntry, AuditLog } from '@core/audit/audit-log';
import { listOf } from '@shared/model/format';
import { knownSecretsOf, secretNamesOf, type GrantSettings } from '@shared/model/grant';
import { decide, strictest } from '@shared/model/policy';
import { remembered } from '@shared/model/remembered';
import type { RequestEvent, RequestRule } from '@shared/model/request';
import { shellWord } from '@shared/model/shell';
import type { WorkspaceSelector } from '@shared/model/selector';
import { currentCall } from '@core/call';
import type { EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { HttpClient, OpenAnswer } from '@core/network/http';
import { networkError } from '@core/network/network-error';
import { onAbort } from '@core/network/on-abort';
import { untilAborted } from '@core/network/until-aborted';
import type { Lookup } from '@core/references/lookup';
import type { OutsideValues } from '@core/references/outside';
import type { Runtime } from '@core/runtime';
import type { Secret } from '@core/secrets/secret';
import { redacted, type SecretValue } from '@core/secrets/redact';
import type { GrantRow, Grants } from '@core/storage/grants';
import { cleanBody, headersOf, type CleanBody } from './answer';
import {
  isAllowed,
  notAllowed,
  outcomeWords,
  type ApprovalQuestion,
  type Approvals,
} from './approvals';
import { stateOf, type GrantChain, type GrantService } from './grant-service';
import {
  assertHeaders,
  hiddenOf,
  withCredential,
  withoutCredential,
  type Headers,
  type Outgoing,
} from './outgoing';
import { bodyWithPlaceholders, withPlaceholders, type Placeholder } from './placeholders';
import { refusal } from './refusals';
import { assertUsable } from './secret-values';
import {
  assertGranted,
  assertOnHosts,
  checkedAddresses,
  parseTarget,
  type Resolve,
} from './target';

export interface GrantedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body?: Uint8Array | Readable | undefined;
  /** Milliseconds for the whole request, with its answer. Default: a minute. */
  readonly timeout?: number | undefined;
  /** How many redirects are followed. Default: 5. */
  readonly redirects?: number | undefined;
  readonly brokered?: Brokered | undefined;
}

/**
 * For a program that has placeholders in place of secrets. Its request is sent as the program wrote it: no redirect is
 * followed, and nothing but the program limits its time and its size. An answer with the status 101 is the other
 * protocol.
 */
export interface Brokered {
  /**
   * What is replaced in the query, the headers and the body. If there is none, the request needs no permission: the
   * credential is not used, and only the answer is searched for it.
   */
  readonly placeholders: readonly Placeholder[];
  /** The ids of the other grants of the program. No answer may show their secrets either. */
  readonly others: readonly string[];
  /** The names of the grants whose placeholders the request has too. Such a request is refused. */
  readonly mixedWith: readonly string[];
  /** The length that the program gave for a body that is a stream, in bytes. */
  readonly length?: number | undefined;
  /** The protocol that the program wants to go over to, such as `websocket`. */
  readonly upgrade?: string | undefined;
}

export interface RequestServiceParts {
  readonly grants: GrantService;
  readonly rows: Grants;
  readonly approvals: Approvals;
  readonly audit: AuditLog;
  readonly http: HttpClient;
  readonly resolve: Resolve;
  readonly lookup: Lookup;
  readonly environments: EnvironmentService;
  readonly reading: EnvironmentReading;
  /** Where the variables are that grants refer to, if they are not in the environments. */
  readonly outside: OutsideValues | undefined;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'after'>;
}

const TIMEOUT_MS = 60_000;
const REDIRECTS = 5;
/** Bytes of the body of a request, and of an answer after it was decoded. */
const LARGEST_BODY = 100 * 1024 * 1024;
const LARGEST_ANSWER = 100 * 1024 * 1024;
/** Bytes of a body that has to be in memory as a whole, to be signed, or to be measured after a replacement. */
const LARGEST_SIGNED_BODY = 16 * 1024 * 1024;

/** What the audit keeps of a method and of a name that are not known. */
const LONGEST_METHOD = 32;
const LONGEST_NAME = 100;

/** How long the values of a provider are used for further requests, in milliseconds. */
const FRESH_MS = 30_000;

/** TRACE answers with the headers that it got; CONNECT opens a tunnel. */
const NEVER_SENT = new Set(['TRACE', 'TRACK', 'CONNECT']);

/** One request while it is made. */
interface Attempt {
  readonly chain: GrantChain;
  readonly row: GrantRow;
  readonly began: number;
  /** What the audit says of it so far. */
  readonly entry: { -readonly [Key in keyof NewAuditEntry]?: NewAuditEntry[Key] };
}

/** An answer that has begun; its use is in the audit. */
interface Answered {
  /** What has arrived already: the head, or everything. */
  readonly events: readonly RequestEvent[];
  /** What comes after that; absent if that is everything. */
  readonly rest?: AsyncIterable<RequestEvent>;
}

const WAITING = { type: 'waiting' } as const;

interface Exchange {
  /** What comes first: that a person is asked, or the answer. */
  readonly first: Promise<typeof WAITING | Answered>;
  readonly answered: Promise<Answered>;
  /** Ends what is still under way. */
  end(): void;
}

export class RequestService {
  /** Until when the values of an environment that is synced are fresh enough, by its id. */
  readonly #freshUntil = new Map<string, number>();
  /** Those that may have been sent, and have no line in the audit yet. */
  readonly #underWay = new Set<Attempt>();

  constructor(private readonly parts: RequestServiceParts) {}

  /**
   * Makes a request with a grant, by its id or its name in a workspace. Yields what happens: that a person is asked,
   * the head of the answer, its body in parts, and its end. Throws `NO_SUCH_GRANT`, the codes of the area “grant”
   * with the rule that refused, `INVALID_INPUT`, and those of the network. Each use and refusal is in the audit.
   */
  async *send(
    grant: { readonly grant: string } & WorkspaceSelector,
    request: GrantedRequest,
    signal: AbortSignal,
  ): AsyncGenerator<RequestEvent, void, undefined> {
    yield* eventsOf(this.#start(grant, request, signal));
  }

  /** As `send`, but begins at once. The events of an answer that has arrived as a whole come as a list. */
  async gathered(
    grant: { readonly grant: string } & WorkspaceSelector,
    request: GrantedRequest,
    signal: AbortSignal,
  ): Promise<readonly RequestEvent[] | AsyncIterable<RequestEvent>> {
    const exchange = this.#start(grant, request, signal);
    const first = await exchange.first;
    return 'events' in first && first.rest === undefined ? first.events : eventsOf(exchange);
  }

  /** Writes the lines of requests that end because Strongroom does. */
  close(): void {
    for (const attempt of this.#underWay) this.#recordAtOnce(attempt, { error: 'INTERRUPTED' });
  }

  #start(
    grant: { readonly grant: string } & WorkspaceSelector,
    request: GrantedRequest,
    signal: AbortSignal,
  ): Exchange {
    const ended = new AbortController();
    let isDone = false;
    // Not after its end: the connection may serve another request by then.
    const end = (): void => {
      if (!isDone) ended.abort();
    };
    const forget = onAbort(signal, end);
    const done = (): void => {
      isDone = true;
      forget();
      if (request.body instanceof Readable) request.body.destroy();
    };
    let ask = (): void => undefined;
    const asking = new Promise<typeof WAITING>((resolve) => {
      ask = () => {
        resolve(WAITING);
      };
    });
    const answered = this.#answer({ grant, request, ended, ask, done });
    // Whoever waits for the first of them hears of a failure.
    answered.catch(() => undefined);
    return { first: Promise.race([asking, answered]), answered, end };
  }

  /** Throws `NO_SUCH_GRANT`, and the audit has a line of that too. */
  #begin(
    { grant: typed, ...selector }: { readonly grant: string } & WorkspaceSelector,
    { method, brokered }: GrantedRequest,
  ): Attempt {
    const { grants, runtime } = this.parts;
    const began = runtime.monotonic();
    try {
      const row = grants.row(typed, selector);
      const entry: Attempt['entry'] = {
        workspaceId: row.workspaceId,
        grant: { id: row.id, name: row.name },
        ...(brokered && { detail: BROKERED }),
      };
      return { chain: grants.chain(row), row, began, entry };
    } catch (error) {
      this.parts.audit.record({
        event: 'request',
        decision: 'refused',
        rule: 'grant' satisfies RequestRule,
        method: method.slice(0, LONGEST_METHOD),
        error: isAppError(error) ? error.code : 'INTERNAL',
        detail: typed.slice(0, LONGEST_NAME),
      });
      throw error;
    }
  }

  /** `ask` says that a person is asked; `done` runs at the end of everything, whatever the end is. */
  async #answer({
    grant,
    request,
    ended,
    ask,
    done,
  }: {
    readonly grant: { readonly grant: string } & WorkspaceSelector;
    readonly request: GrantedRequest;
    readonly ended: AbortController;
    readonly ask: () => void;
    readonly done: () => void;
  }): Promise<Answered> {
    const { runtime } = this.parts;
    const { brokered } = request;
    const isUse = isUseOf(request);
    const timeout = brokered === undefined ? (request.timeout ?? TIMEOUT_MS) : undefined;
    let attempt: Attempt | undefined;
    let isLate = false;
    let cancel = (): void => undefined;
    let answer: OpenAnswer | undefined;
    const finish = (): void => {
      cancel();
      done();
    };
    const failure = async (thrown: unknown): Promise<unknown> => {
      answer?.destroy();
      finish();
      if (attempt === undefined) return thrown;
      const error = explained(thrown, attempt.row);
      if (isUse) await this.#recordFailure(attempt, error);
      return error;
    };
    const explained = (error: unknown, row: GrantRow): unknown => {
      if (ended.signal.aborted && !isLate) return new AppError('CANCELLED', { cause: error });
      if (isLate && !isRefusal(error)) return timedOut(timeout ?? 0, error);
      return failed(error, row);
    };
    try {
      attempt = this.#begin(grant, request);
      if (brokered !== undefined) assertCommand();
      const { url, question } = isUse
        ? this.#admit(attempt, request)
        : { url: assertHost(attempt, request) };
      await this.parts.grants.assertGenuine(attempt.chain);
      if (question !== undefined) {
        ask();
        await this.#ask(attempt, question, ended.signal);
      }
      if (isUse) {
        this.#countUse(attempt);
        this.#underWay.add(attempt);
      }
      // A person may take longer than the service.
      if (timeout !== undefined) {
        cancel = runtime.after(timeout, () => {
          isLate = true;
          ended.abort();
        });
      }
      const sent = await this.#exchange(attempt, { ...request, url }, ended.signal);
      ({ answer } = sent);
      const { status } = answer;
      const body = cleanBody(answer, {
        method: sent.method,
        patterns: sent.patterns,
        ...(brokered === undefined
          ? { most: LARGEST_ANSWER }
          : { most: Infinity, pauses: runtime }),
      });
      // The credential may have been rotated at the provider.
      if (status === 401) this.#freshUntil.clear();
      // Nothing of the answer leaves before the audit has its line.
      if (isUse) await this.#record(attempt, { status });
      const head: RequestEvent = {
        type: 'head',
        status,
        headers: headersOf(answer, sent.patterns, keptHeaders(request, answer)),
        url: redacted(sent.patterns, sent.shown.href),
      };
      const whole = body.arrived();
      if (whole === undefined) return { events: [head], rest: restOf(body, { finish, failure }) };
      finish();
      const chunk: RequestEvent[] = whole.byteLength > 0 ? [{ type: 'chunk', bytes: whole }] : [];
      return { events: [head, ...chunk, { type: 'end', replaced: body.replaced() }] };
    } catch (thrown) {
      throw await failure(thrown);
    }
  }

  /** Checks everything that needs no network. Returns the question for a person, if one has to be asked. */
  #admit(
    attempt: Attempt,
    request: GrantedRequest,
  ): { readonly url: URL; readonly question?: ApprovalQuestion } {
    const { chain, row, entry } = attempt;
    const { method, brokered } = request;
    const own = originalOf(chain);
    entry.method = method.slice(0, LONGEST_METHOD);
    const url = parseTarget(request.url);
    entry.host = url.host;
    entry.path = url.pathname;
    this.#assertState(chain);
    if (!/^[A-Z][A-Z-]{0,31}$/.test(method) || NEVER_SENT.has(method)) {
      throw refusal('INVALID_INPUT', 'method', {
        message: 'The method of the request cannot be sent with a credential.',
        hint: 'Use a method such as GET, POST, PUT, PATCH or DELETE, in capitals.',
      });
    }
    assertGranted(settingsOf(chain), url);
    assertHeaders(own.settings, request.headers, { ofProgram: brokered !== undefined });
    if (brokered !== undefined) {
      assertBrokerable(own, brokered);
      assertNotMixed(row, brokered.mixedWith);
    }
    const verdict = this.#decide(chain, method, url);
    if (verdict !== 'ask') return { url };
    const { caller, reason } = currentCall() ?? {};
    const question: ApprovalQuestion = {
      grant: { id: row.id, name: row.name },
      version: versionOf(chain),
      caller,
      reason,
      method,
      host: url.host,
      path: url.pathname,
    };
    if (!this.parts.approvals.isRemembered(question)) return { url, question };
    entry.rule = 'approved earlier';
    return { url };
  }

  /** Resolves when a person allows it. Throws `APPROVAL_REFUSED`, and what refuses a grant that was changed meanwhile. */
  async #ask(attempt: Attempt, question: ApprovalQuestion, signal: AbortSignal): Promise<void> {
    const { entry, row } = attempt;
    const { approvals, grants } = this.parts;
    Object.assign(entry, { decision: 'refused', rule: 'ask' satisfies RequestRule });
    this.#underWay.add(attempt);
    const outcome = await approvals.ask(question, signal);
    entry.detail = [entry.detail ?? [], outcomeWords[outcome]].flat().join(', ');
    if (!isAllowed(outcome)) {
      const refused = notAllowed(outcome);
      // The process ends right after Lock. The program would not hear why if its failure waited for the disk.
      if (outcome === 'locked') this.#recordAtOnce(attempt, failureOf(refused));
      throw refused;
    }
    const now = grants.chain(grants.row(row.id));
    this.#assertState(now);
    if (versionOf(now) !== question.version) {
      throw refusal('APPROVAL_REFUSED', 'ask', {
        message: 'The grant was changed while this request waited for a person.',
        hint: 'Send the request again.',
      });
    }
    Object.assign(entry, { decision: 'allowed', rule: 'approved' });
  }

  #assertState(chain: GrantChain): void {
    const state = stateOf(chain, this.parts.runtime.now());
    if (state === 'active') return;
    const codes: Readonly<Record<typeof state, ErrorCode>> = {
      disabled: 'GRANT_DISABLED',
      expired: 'GRANT_EXPIRED',
      ended: 'GRANT_ENDED',
    };
    throw refusal(codes[state], state === 'expired' ? 'expiry' : 'state');
  }

  /** Throws `POLICY_REFUSED`. */
  #decide(chain: GrantChain, method: string, url: URL): 'allow' | 'ask' {
    const caller = currentCall()?.caller;
    const request = {
      caller,
      address: caller?.address,
      method,
      path: url.pathname,
      now: this.parts.runtime.now(),
    };
    const { verdict, rule, because } = strictest(
      chain.rows.map(({ settings: { policy } }) => decide(policy, request)),
    );
    if (verdict !== 'deny') return verdict;
    throw refusal('POLICY_REFUSED', rule ?? 'callers', {
      message: because,
      remedy: { run: `strongroom grant show ${shellWord(chain.rows[0].name)}` },
    });
  }

  /** Throws `RATE_EXCEEDED`. */
  #countUse({ chain }: Attempt): void {
    const now = this.parts.runtime.now();
    const limits = chain.rows.flatMap(({ id, settings: { policy } }) =>
      policy.rate === undefined
        ? []
        : [{ id, requests: policy.rate.requests, since: now - policy.rate.seconds * 1000 }],
    );
    if (limits.length > 0 && this.parts.rows.use(limits, now) !== undefined) {
      throw refusal('RATE_EXCEEDED', 'rate');
    }
  }

  /** Sends the request, and follows redirects with a check at each. */
  async #exchange(
    attempt: Attempt,
    request: Omit<GrantedRequest, 'url'> & { readonly url: URL },
    signal: AbortSignal,
  ): Promise<{
    readonly answer: OpenAnswer;
    readonly method: string;
    readonly patterns: Outgoing['patterns'];
    /** The URL that answered, without the credential. */
    readonly shown: URL;
  }> {
    const { chain } = attempt;
    const { runtime, http, resolve } = this.parts;
    let values: Map<string, Secret> | undefined;
    const { settings } = originalOf(chain);
    const { brokered } = request;
    let { url, method, headers } = request;
    let body = await bodyOf(request, settings, signal);
    const redirects = brokered === undefined ? (request.redirects ?? REDIRECTS) : 0;
    for (let left = redirects; ; left -= 1) {
      const found = checkedAddresses(settingsOf(chain), url, resolve);
      const addresses = found instanceof Promise ? await untilAborted(found, signal) : found;
      // Not before the first address was checked.
      values ??= await this.#values(chain, signal);
      if (brokered !== undefined) {
        body = bodyWithPlaceholders(body, { ...brokered, headers, values });
      }
      const parts = {
        settings,
        method,
        url,
        headers,
        values,
        body: body instanceof Uint8Array ? body : new Uint8Array(),
        now: runtime.now(),
      };
      const outgoing =
        brokered === undefined
          ? withCredential(parts)
          : withPlaceholders({
              ...parts,
              placeholders: brokered.placeholders,
              others: await this.#hiddenOf(brokered.others, signal),
            });
      const answer = await http.open({
        method,
        url: outgoing.url.href,
        headers: headersForNode([
          ...outgoing.headers,
          ['Accept-Encoding', 'identity'],
          ...(brokered === undefined ? [] : headersOfConnection(brokered, body)),
        ]),
        ...(body !== undefined && { body }),
        upgrades: brokered?.upgrade !== undefined,
        addresses,
        signal,
      });
      const { location } = answer.headers;
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status);
      if (!isRedirect || location === undefined || left <= 0) {
        return { answer, method, patterns: outgoing.patterns, shown: url };
      }
      answer.destroy();
      attempt.entry.status = answer.status;
      const next = this.#redirected(attempt, { url, location, patterns: outgoing.patterns });
      const isGet = answer.status === 303 ? method !== 'HEAD' : method === 'POST';
      if (answer.status <= 303 && isGet) {
        method = 'GET';
        body = undefined;
        headers = headers.filter(([name]) => !/^content-/i.test(name));
      } else if (body instanceof Readable) {
        throw refusal('REDIRECT_REFUSED', 'redirect', {
          message: 'The server redirects, and the body of the request was sent already.',
          hint: 'Send the request to the address that the server redirects to.',
        });
      }
      // A person who allowed the first address is not asked again, but the policy still holds.
      this.#decide(chain, method, next);
      if (next.origin !== url.origin) {
        headers = headers.filter(([name]) => !/^(authorization|cookie)$/i.test(name));
      }
      url = withoutCredential(settings, next);
    }
  }

  /** Where a redirect leads. Throws `REDIRECT_REFUSED`; nothing was sent there. */
  #redirected(
    { chain }: Attempt,
    {
      url,
      location,
      patterns,
    }: {
      readonly url: URL;
      readonly location: string;
      readonly patterns: Outgoing['patterns'];
    },
  ): URL {
    const refuse = (where: string, cause?: unknown): AppError =>
      refusal('REDIRECT_REFUSED', 'redirect', {
        message: `The server redirects to ${redacted(patterns, where)}, which the grant is not for.`,
        cause,
      });
    const text = URL.canParse(location, url.href) ? new URL(location, url).href : undefined;
    if (text === undefined) throw refuse('something that is no address');
    try {
      const next = parseTarget(text);
      if (url.protocol === 'https:' && next.protocol !== 'https:') throw refuse(next.origin);
      assertGranted(settingsOf(chain), next);
      return next;
    } catch (error) {
      throw isAppError(error, 'REDIRECT_REFUSED') ? error : refuse(new URL(text).origin, error);
    }
  }

  /** The values of other grants that no answer may show. One that has lost a secret, or is gone, has none to show. */
  async #hiddenOf(ids: readonly string[], signal: AbortSignal): Promise<SecretValue[]> {
    const { grants } = this.parts;
    const hidden: SecretValue[] = [];
    for (const id of ids) {
      try {
        const chain = grants.chain(grants.row(id));
        await grants.assertGenuine(chain);
        hidden.push(...hiddenOf(await this.#values(chain, signal)));
      } catch (error) {
        const isGone = isAppError(error, 'NO_SUCH_GRANT') || isAppError(error, 'GRANT_INCOMPLETE');
        if (!isGone) throw error;
      }
    }
    return hidden;
  }

  /** The values of the secrets, from where they live. Throws `GRANT_INCOMPLETE`. */
  async #values(chain: GrantChain, signal: AbortSignal): Promise<Map<string, Secret>> {
    const own = originalOf(chain);
    const values = new Map<string, Secret>();
    const { needed, known } = secretsOf(own.settings);
    for (const name of known) {
      const value = await this.#value(own, name, signal);
      if (value !== undefined) values.set(name, value);
      else if (needed.includes(name)) {
        throw refusal('GRANT_INCOMPLETE', 'state', {
          message: `The secret ${name} of the grant “${own.name}” is missing.`,
          remedy: { run: `strongroom grant rotate ${shellWord(own.name)}` },
        });
      }
    }
    return values;
  }

  async #value(own: GrantRow, name: string, signal: AbortSignal): Promise<Secret | undefined> {
    const reference = own.references.find((each) => each.name === name);
    if (reference === undefined) return this.parts.grants.stored(own, name);
    const values = await this.#valuesOf(own, reference.environment, signal);
    const value = values.get(reference.key);
    if (value === undefined) {
      throw refusal('GRANT_INCOMPLETE', 'state', {
        message: `There is no variable ${reference.key} in “${reference.environment}”, which the grant “${own.name}” refers to.`,
        hint: 'Create the variable, or rotate the grant.',
      });
    }
    assertUsable(name, value.reveal());
    return value;
  }

  /** The values of an environment, read at most half a minute ago. */
  async #valuesOf(
    own: GrantRow,
    named: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Secret>> {
    const { lookup, environments, reading, outside, runtime } = this.parts;
    const now = runtime.monotonic();
    const isFresh = (id: string): boolean => now < (this.#freshUntil.get(id) ?? 0);
    if (outside !== undefined) {
      const values = await outside.values(named, { fresh: !isFresh(named), signal });
      if (!isFresh(named)) this.#freshUntil.set(named, now + FRESH_MS);
      return values;
    }
    const { environment } = lookup.environment({ workspace: own.workspaceId, environment: named });
    const { id } = environment;
    // They are forgotten when Strongroom is locked.
    const held = isFresh(id) ? await reading.values(id).catch(orNotLoaded) : undefined;
    if (held !== undefined) return held;
    await environments.fresh(id, signal);
    if (environment.synced) this.#freshUntil.set(id, now + FRESH_MS);
    return reading.values(id);
  }

  async #record(attempt: Attempt, more: Partial<NewAuditEntry>): Promise<void> {
    const line = this.#lineOf(attempt, more);
    this.#underWay.delete(attempt);
    attempt.entry.event = 'request';
    await this.parts.audit.recordTogether(line);
  }

  #recordAtOnce(attempt: Attempt, more: Partial<NewAuditEntry>): void {
    this.parts.audit.record(this.#lineOf(attempt, more));
    this.#underWay.delete(attempt);
    attempt.entry.event = 'request';
  }

  #lineOf({ entry, began }: Attempt, more: Partial<NewAuditEntry>): NewAuditEntry {
    const duration = Math.round(this.parts.runtime.monotonic() - began);
    return { event: 'request', decision: 'allowed', rule: 'policy', ...entry, duration, ...more };
  }

  /** A failure after the answer began has its line already. */
  async #recordFailure(attempt: Attempt, error: unknown): Promise<void> {
    if (attempt.entry.event !== undefined) return;
    await this.#record(attempt, failureOf(error));
  }
}

/** What the audit says of a failure. */
function failureOf(error: unknown): Partial<NewAuditEntry> {
  if (!isAppError(error)) return { error: 'INTERNAL' };
  const { code, details } = error;
  return {
    ...(details?.rule !== undefined && { decision: 'refused', rule: details.rule }),
    error: code,
  };
}

/** What the audit says of a request of a program that has placeholders. */
const BROKERED = 'brokered';

/** Whether the credential is used, or may be. */
const isUseOf = ({ brokered }: GrantedRequest): boolean =>
  brokered === undefined || brokered.placeholders.length > 0;

/** A request without the credential may go to the hosts of its grant too, and there to any path. */
function assertHost({ chain }: Attempt, request: GrantedRequest): URL {
  const url = parseTarget(request.url);
  assertHeaders(originalOf(chain).settings, request.headers, { ofProgram: true });
  assertOnHosts(settingsOf(chain), url);
  return url;
}

/** What programs send is sent for the command that has started them, and for nobody else. */
function assertCommand(): void {
  if (currentCall()?.caller.kind === 'cli') return;
  throw refusal('POLICY_REFUSED', 'callers', {
    message: 'Only the command line can send requests of programs that have placeholders.',
    hint: 'Send the request with the grant itself.',
  });
}

/**
 * A program says itself where a placeholder is, and could put a secret where it stays, such as into a public text. So
 * this is only for values that the command could give out: those of variables.
 */
function assertBrokerable({ name, references }: GrantRow, { placeholders }: Brokered): void {
  const isReference = placeholders.every(({ secret }) =>
    references.some((each) => each.name === secret),
  );
  if (isReference) return;
  throw refusal('POLICY_REFUSED', 'grant', {
    message: `The grant “${name}” stores its secret, so no program can have a placeholder for it.`,
    hint: 'Send the request with the grant itself.',
  });
}

function assertNotMixed({ name }: GrantRow, others: readonly string[]): void {
  if (others.length === 0) return;
  const names = listOf([name, ...others].map((each) => `“${each}”`));
  throw refusal('INVALID_INPUT', 'grant', {
    message: `The request has placeholders of several grants: ${names}.`,
    hint: 'Put the secrets that one request needs into one grant.',
  });
}

/** Headers of an answer that a program needs although no others pass them on. */
function keptHeaders(
  { brokered, method }: GrantedRequest,
  { status }: OpenAnswer,
): readonly string[] {
  if (brokered === undefined) return [];
  if (status === 101) return ['connection', 'upgrade'];
  // The length of what was not sent.
  return method === 'HEAD' ? ['content-length'] : [];
}

function headersOfConnection(
  { upgrade, length }: Brokered,
  body: Uint8Array | Readable | undefined,
): Headers {
  if (upgrade !== undefined) {
    return [
      ['Connection', 'Upgrade'],
      ['Upgrade', upgrade],
    ];
  }
  return body instanceof Readable && length !== undefined
    ? [['Content-Length', String(length)]]
    : [];
}

async function* eventsOf({ first, answered, end }: Exchange): AsyncGenerator<RequestEvent> {
  try {
    if ((await first) === WAITING) yield WAITING;
    const { events, rest } = await answered;
    yield* events;
    if (rest !== undefined) yield* rest;
  } finally {
    end();
  }
}

/** The body of an answer, and its end. */
async function* restOf(
  body: CleanBody,
  {
    finish,
    failure,
  }: {
    readonly finish: () => void;
    /** Ends the exchange, and returns the error to throw. */
    readonly failure: (thrown: unknown) => Promise<unknown>;
  },
): AsyncGenerator<RequestEvent> {
  try {
    for await (const bytes of body.chunks) yield { type: 'chunk', bytes };
    yield { type: 'end', replaced: body.replaced() };
  } catch (thrown) {
    throw await failure(thrown);
  } finally {
    finish();
    body.end();
  }
}

/** The grant that has the secrets, and says how they are used. */
const originalOf = ({ rows }: GrantChain): GrantRow => rows.at(-1) ?? rows[0];

const secretsOf = remembered((settings: GrantSettings) => ({
  needed: secretNamesOf(settings),
  known: knownSecretsOf(settings),
}));
/** Another one whenever the grant, or what it is a clone of, is changed. */
const versionOf = ({ rows }: GrantChain): string =>
  JSON.stringify(rows.map(({ id, changedAt }) => [id, changedAt]));

const settingsOf = ({ rows }: GrantChain): GrantSettings[] => rows.map(({ settings }) => settings);

const orNotLoaded = (error: unknown): undefined => {
  if (!isAppError(error, 'VALUES_NOT_LOADED')) throw error;
};

const isRefusal = (error: unknown): boolean =>
  isAppError(error) && error.details?.rule !== undefined;

/** Node joins the values of a name that is given several times. */
function headersForNode(headers: Headers): Record<string, string> {
  const joined = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, value] of headers) {
    const known = joined.get(name.toLowerCase());
    if (known === undefined) joined.set(name.toLowerCase(), { name, values: [value] });
    else known.values.push(value);
  }
  return Object.fromEntries(
    [...joined.values()].map(({ name, values }) => [
      name,
      values.join(name.toLowerCase() === 'cookie' ? '; ' : ', '),
    ]),
  );
}

/** The body within its limit; as a whole if it has to be signed. Throws `REQUEST_TOO_LARGE`. */
async function bodyOf(
  request: Pick<GrantedRequest, 'body' | 'brokered'>,
  { type }: GrantSettings,
  signal: AbortSignal,
): Promise<Uint8Array | Readable | undefined> {
  const { body, brokered } = request;
  if (brokered !== undefined && type !== 'sigv4') {
    // Its length changes with what is replaced, and many servers want to know it.
    const isWhole =
      body instanceof Readable && (brokered.length ?? Infinity) <= LARGEST_SIGNED_BODY;
    return isWhole ? untilAborted(wholeOf(body), signal) : body;
  }
  const most = type === 'sigv4' ? LARGEST_SIGNED_BODY : LARGEST_BODY;
  if (body instanceof Readable) {
    const limited = limitedTo(body, most);
    return type === 'sigv4'
      ? untilAborted(wholeOf(limited), signal)
      : Readable.from(limited, { objectMode: false });
  }
  if (body !== undefined && body.byteLength > most) throw bodyTooLarge(most);
  return body;
}

async function* limitedTo(
  body: AsyncIterable<Buffer>,
  most: number,
): AsyncGenerator<Buffer, void, undefined> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw bodyTooLarge(most);
    yield chunk;
  }
}

async function wholeOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const bodyTooLarge = (most: number): AppError =>
  refusal('REQUEST_TOO_LARGE', 'body', {
    message: `The body of the request is larger than ${String(most / (1024 * 1024))} MiB.`,
  });

const timedOut = (timeout: number, cause: unknown): AppError =>
  new AppError('TIMED_OUT', {
    message: `The service did not answer within ${String(Math.round(timeout / 1000))} seconds.`,
    likelyCause: 'The service is overloaded or sends slowly.',
    hint: 'Try again, or allow more time.',
    cause,
  });

/** Failures of the network, without the advice to change the connection of the workspace. */
function failed(error: unknown, { name }: GrantRow): unknown {
  const known = networkError(error) ?? error;
  if (!isAppError(known)) return known;
  const { code, message, likelyCause, hint, details, cause, remedy } = known;
  if (remedy === undefined || !('open' in remedy) || remedy.open !== 'connection') return known;
  return new AppError(code, {
    message,
    likelyCause,
    hint,
    details: { ...details, field: undefined },
    remedy: { run: `strongroom grant show ${shellWord(name)}` },
    cause,
  });
}
