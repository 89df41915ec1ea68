/** The size that one value may have, for the documents of providers. */
import type { AppError } from '@shared/errors';
import { valueProblem, type PlatformLimits } from '@shared/model/platform-limits';
import { entriesOf, fingerprint, type SecretDocument } from '@core/secrets/document';

/**
 * The first value that is too large. With `before`, the document that is there, only those that differ from it
 * count: what is stored is kept when other keys are saved.
 */
export function sizeProblem(
  limits: PlatformLimits,
  document: SecretDocument,
  before?: SecretDocument,
): AppError | undefined {
  if (document.shape !== 'map') {
    if (before !== undefined && fingerprint(before) === fingerprint(document)) return undefined;
    const bytes =
      document.shape === 'binary' ? document.bytes : Buffer.byteLength(document.text.reveal());
    return valueProblem(limits, 'The environment', bytes);
  }
  const kept = before === undefined ? undefined : entriesOf(before);
  for (const [key, { value }] of document.entries) {
    const text = value.reveal();
    if (kept?.get(key)?.value.reveal() === text) continue;
    const problem = valueProblem(limits, key, Buffer.byteLength(text));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Throws `VALUE_OVER_LIMIT`. */
export function assertSizes(
  limits: PlatformLimits,
  document: SecretDocument,
  before?: SecretDocument,
): void {
  const problem = sizeProblem(limits, document, before);
  if (problem !== undefined) throw problem;
}
