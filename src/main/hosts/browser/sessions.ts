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

export class Sessions {
  readonly #launchTokens = new Set<string>();
  readonly #sessions: Session[] = [];

  /** A token that can be exchanged once. Earlier tokens that were not used stay valid. */
  issueLaunchToken(): string {
    const token = newToken();
    this.#launchTokens.add(token);
    return token;
  }

  exchange(launchToken: string): Session | undefined {
    const known = [...this.#launchTokens].find((token) => equal(token, launchToken));
    if (known === undefined) return undefined;
    this.#launchTokens.delete(known);
    const session = { cookieToken: newToken(), socketToken: newToken() };
    this.#sessions.push(session);
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
