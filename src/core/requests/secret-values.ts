/** What the value of a secret must be like, so that a request can use it and an answer cannot show it. */
import { AppError } from '@shared/errors';
import { isHidden } from '@shared/model/grant';
import { isRedacted, SHORTEST_REDACTED } from '@core/secrets/redact';

const CONTROL = /\p{Cc}/u;

/** Throws `INVALID_INPUT` with the name of the secret, never its value. */
export function assertUsable(name: string, value: string): void {
  if (CONTROL.test(value)) {
    throw new AppError('INVALID_INPUT', {
      message: `The secret ${name} has a line break or another control character.`,
      hint: 'A header cannot hold one. Check that only the credential was copied.',
      details: { field: name },
    });
  }
  if (isHidden(name) && !isRedacted(value)) {
    throw new AppError('INVALID_INPUT', {
      message: `The secret ${name} is too short or too common to be hidden in answers.`,
      hint: `Use a value of at least ${String(SHORTEST_REDACTED)} characters that is not an ordinary word.`,
      details: { field: name },
    });
  }
}
