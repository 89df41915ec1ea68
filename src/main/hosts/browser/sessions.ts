/** Who may talk to the browser host: one-time launch tokens, and the sessions they were exchanged for. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Session {
  /** Goes into an HttpOnly cookie. Cookies ignore ports, so it opens nothing alone. */
  readonly cookieToken: string;
  /** Only the page of one tab knows it. It is the first message of its WebSocket. */
  readonly socketToken: string;
}

const newToken = (): string => randomBytes(32).toString('base64url');

/** Compares texts of any lengths in constant time. */
const equal = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** What survives a core: the host's process keeps it. */
export interface KnownSessions {
  readonly launchTokens: readonly string[];
  readonly sessions: readonly Session[];
}

export class Sessions {
  readonly #launchTokens: Set<string>;
  readonly #sessions: Session[];

  /** @param onExchanged gets each session that a launch token was exchanged for */
  constructor(
    known: KnownSessions = { launchTokens: [], sessions: [] },
    private readonly onExchanged: (launchToken: string, session: Session) => void = () => undefined,
  ) {
    this.#launchTokens = new Set(known.launchTokens);
    this.#sessions = [...known.sessions];
  }

  get known(): KnownSessions {
    return { launchTokens: [...this.#launchTokens], sessions: this.#sessions };
  }

  /** A token that can be exchanged once. Earlier tokens that were not used stay valid. */
  issueLaunchToken(): string {
    const token = newToken();
    this.expect(token);
    return token;
  }

  /** Accepts a token that was issued elsewhere. */
  expect(launchToken: string): void {
    this.#launchTokens.add(launchToken);
  }

  /** Takes over a session that was made elsewhere. */
  add(launchToken: string, session: Session): void {
    this.#launchTokens.delete(launchToken);
    this.#sessions.push(session);
  }

  exchange(launchToken: string): Session | undefined {
    const known = [...this.#launchTokens].find((token) => equal(token, launchToken));
    if (known === undefined) return undefined;
    const session = { cookieToken: newToken(), socketToken: newToken() };
    this.add(known, session);
    this.onExchanged(known, session);
    return session;
  }

  /** Whether a cookie is that of a session. It admits nobody without the socket token. */
  knows(cookieToken: string): boolean {
    return this.#sessions.some((session) => equal(session.cookieToken, cookieToken));
  }

  admits(cookieToken: string, socketToken: string): boolean {
    return this.#sessions.some(
      (session) =>
        equal(session.cookieToken, cookieToken) && equal(session.socketToken, socketToken),
    );
  }
}
