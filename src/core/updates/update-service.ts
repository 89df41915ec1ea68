/**
 * Reads the feed of releases once a day, if this build names one and the person has not switched that off. The request
 * says the version that asks, and nothing else: no cookie, no id, no user agent. The answer counts only with an
 * Ed25519 signature (RFC 8032) by the key of this build.
 */
import { verify } from 'node:crypto';
import { AppError, toErrorReport } from '@shared/errors';
import { isNewer, releaseSchema, type Release, type UpdateStatus } from '@shared/model/update';
import { z } from 'zod';
import type { HttpClient } from '@core/network/http';
import type { Runtime } from '@core/runtime';

/** What a build knows of its feed. */
export interface ReleaseFeed {
  readonly url: string;
  /** An Ed25519 public key, as the Base64 of its SubjectPublicKeyInfo in DER (RFC 8410). */
  readonly publicKey: string;
}

interface UpdateParts {
  readonly feed: ReleaseFeed | undefined;
  readonly version: string;
  readonly http: Pick<HttpClient, 'send'>;
  readonly runtime: Pick<Runtime, 'after' | 'now'>;
  /** Whether the person wants it. */
  readonly isOn: () => boolean;
  readonly onNewer: (release: Release) => void;
}

/** `release` is a text, because a signature is over bytes and not over JSON. */
const feedSchema = z.object({
  release: z.string().max(10_000),
  signature: z.base64().max(200),
});

/** Milliseconds. */
const FIRST_AFTER = 20_000;
const AGAIN_AFTER = 24 * 60 * 60_000;
const DEADLINE = 15_000;

export class UpdateService {
  #status: UpdateStatus = {};
  #cancel: () => void = () => undefined;
  readonly #closed = new AbortController();

  constructor(private readonly parts: UpdateParts) {
    if (parts.feed !== undefined) this.#later(FIRST_AFTER);
  }

  status(): UpdateStatus {
    return this.#status;
  }

  /** Reads the feed now. What goes wrong is in the status. Throws `INVALID_INPUT` if this build has no feed. */
  async check(): Promise<UpdateStatus> {
    const { feed, version, runtime, onNewer } = this.parts;
    if (feed === undefined) {
      throw new AppError('INVALID_INPUT', {
        message: 'This build has no feed of releases.',
        hint: 'Look for updates where you got Strongroom.',
      });
    }
    const before = this.#status.newer;
    try {
      const release = await this.#read(feed);
      const checkedAt = runtime.now();
      if (isNewer(release.version, version)) {
        this.#status = { checkedAt, newer: release };
        if (before?.version !== release.version) onNewer(release);
      } else this.#status = { checkedAt };
    } catch (error) {
      this.#status = { ...this.#status, problem: toErrorReport(error).message };
    }
    return this.#status;
  }

  close(): void {
    this.#cancel();
    this.#closed.abort();
  }

  async #read({ url, publicKey }: ReleaseFeed): Promise<Release> {
    const address = new URL(url);
    address.searchParams.set('version', this.parts.version);
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(DEADLINE)]);
    const answer = await this.parts.http.send({ method: 'GET', url: address.href, signal });
    const sent = feedSchema.safeParse(answer.status === 200 ? answer.json() : undefined).data;
    if (sent === undefined) {
      throw new AppError('UNEXPECTED_ANSWER', { message: 'The feed of releases cannot be read.' });
    }
    const isSigned = verify(
      null,
      Buffer.from(sent.release, 'utf8'),
      { key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' },
      Buffer.from(sent.signature, 'base64'),
    );
    const release = isSigned ? releaseSchema.safeParse(parsed(sent.release)).data : undefined;
    if (release === undefined) {
      throw new AppError('UNEXPECTED_ANSWER', {
        message: 'The feed of releases is not signed by the key of this build, so it was ignored.',
      });
    }
    return release;
  }

  #later(milliseconds: number): void {
    this.#cancel = this.parts.runtime.after(milliseconds, async () => {
      if (this.parts.isOn()) await this.check();
      if (!this.#closed.signal.aborted) this.#later(AGAIN_AFTER);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
