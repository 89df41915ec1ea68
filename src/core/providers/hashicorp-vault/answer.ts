/** What Vault answered. */
import { z } from 'zod';
import { AppError, type ErrorDetails } from '@shared/errors';
import { isJsonObject, parseJson, type JsonObject } from '@shared/model/json';
import type { HttpAnswer } from '@core/network/http';
import { saysHttpsExpected } from '@core/network/https-expected';

/** The shapes of an answer that is no success: an error, an empty result with warnings, a health report. */
const complaintSchema = z
  .object({
    errors: z.array(z.string()).optional(),
    warnings: z.array(z.string()).nullish(),
    request_id: z.string().optional(),
    initialized: z.boolean().optional(),
  })
  .refine(({ errors, request_id, initialized }) =>
    [errors, request_id, initialized].some((field) => field !== undefined),
  );

/** What a change answers that has warnings to give. */
const doneSchema = z.object({ request_id: z.string() });

/** An answer of Vault of any status. Its text may hold values and never leaves this object. */
export class VaultAnswer {
  readonly status: number;
  readonly details: ErrorDetails;
  readonly #answer: HttpAnswer;
  readonly #text: string;

  /** Throws `UNEXPECTED_ANSWER` if the body is not UTF-8. */
  constructor(answer: HttpAnswer) {
    this.status = answer.status;
    this.#answer = answer;
    this.details = answer.details;
    this.#text = answer.text();
  }

  get retryAfter(): string | undefined {
    return this.#answer.headers['retry-after'];
  }

  get isSuccess(): boolean {
    return this.status === 200 || this.status === 204;
  }

  /**
   * Whether a change was made that has nothing to tell: 204, or 200 with the envelope of Vault. Any other
   * service may answer 200 as well.
   */
  get isDone(): boolean {
    if (this.status === 204) return true;
    return this.status === 200 && doneSchema.safeParse(this.#json()).success;
  }

  get isEmpty(): boolean {
    return this.#text.trim() === '';
  }

  /** Whether a TLS server says, in plain text, that it was not spoken to in TLS. */
  get wantsHttps(): boolean {
    return saysHttpsExpected(this.status, this.#text);
  }

  /** Whether this can be Vault at all. An empty 400 is what it says to an unprintable path. */
  get isVault(): boolean {
    if (this.isSuccess) return this.isEmpty || this.#text.trimStart().startsWith('{');
    if (this.isEmpty) return this.status === 400;
    return complaintSchema.safeParse(this.#json()).success;
  }

  /** What the server wrote under `errors` and `warnings`. For telling causes apart, never for display. */
  get complaints(): readonly string[] {
    const parsed = complaintSchema.safeParse(this.#json());
    return parsed.success ? (parsed.data.errors ?? parsed.data.warnings ?? []) : [];
  }

  /** Reads a body that holds no values. Throws `UNEXPECTED_ANSWER`. */
  parse<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
    const parsed = schema.safeParse(this.#json());
    if (!parsed.success) throw this.unexpected();
    return parsed.data;
  }

  /** Whether the body has this shape. */
  matches(schema: z.ZodType): boolean {
    return schema.safeParse(this.#json()).success;
  }

  /** Reads a body so that numbers and the order of keys survive. Throws `UNEXPECTED_ANSWER`. */
  parseLossless(): JsonObject {
    try {
      const value = parseJson(this.#text);
      if (isJsonObject(value)) return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw this.unexpected();
  }

  unexpected(message?: string): AppError {
    return new AppError('UNEXPECTED_ANSWER', { message, details: this.details });
  }

  // The error of `JSON.parse` quotes what it read, so it is dropped here.
  #json(): unknown {
    try {
      return JSON.parse(this.#text) as unknown;
    } catch {
      return undefined;
    }
  }
}
