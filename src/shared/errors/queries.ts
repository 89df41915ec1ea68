/**
 * What the columns of the table say about a code. Code that must distinguish kinds of failures asks here, so
 * a new code is classified once, in the table, and not in a list for each caller.
 */
import { rowOf, type ErrorArea, type ErrorCode } from './table';

const among = (areas: readonly ErrorArea[], code: ErrorCode): boolean =>
  areas.includes(rowOf(code).area);

/** Whether the same request can succeed with nothing changed, at once or later: see `Retryable`. */
export const isRetryable = (code: ErrorCode): boolean => rowOf(code).retryable !== 'no';

/** Whether it says nothing about other requests over the same connection. */
export const concernsOneRequest = (code: ErrorCode): boolean => rowOf(code).scope === 'request';

/** Whether every other request over the same connection can be expected to fail alike. */
export const concernsConnection = (code: ErrorCode): boolean => rowOf(code).scope === 'connection';

/** Whether the whole work is over, and not only the part of it that failed. */
export const endsRun = (code: ErrorCode): boolean => rowOf(code).scope === 'run';

/** Whether it is about TLS: the certificates, the versions or the handshake. */
export const isTlsFailure = (code: ErrorCode): boolean => among(['tls'], code);

/** Whether it can mean that the server is out of reach, so that a network probe is worthwhile. */
export const mayBeUnreachable = (code: ErrorCode): boolean =>
  among(['network', 'proxy'], code) && isRetryable(code);

/** Whether the server did not accept the credentials, or there are none to send. */
export const isAuthenticationFailure = (code: ErrorCode): boolean =>
  among(['authentication'], code);

/** Whether it tells something about the provider, and not only about one secret or the work on it. */
export const concernsProvider = (code: ErrorCode): boolean =>
  !endsRun(code) && !among(['permission', 'secret', 'workspace', 'grant', 'input'], code);

/** Whether a request that failed with it may still have been carried out. */
export const isOutcomeUnknown = (code: ErrorCode): boolean => rowOf(code).outcome === 'unknown';

/**
 * Whether a write that failed with it, after all its attempts, certainly changed nothing. This is stricter
 * than a known outcome: the first attempt may have been carried out, and the last one may have found no
 * server.
 */
export const isWriteRefused = (code: ErrorCode): boolean =>
  among(['authentication', 'permission', 'secret', 'input'], code) &&
  rowOf(code).outcome !== 'partial';

/** What the path holds instead of what the caller expected; `undefined` if the code does not say. */
export const foundAtPath = (code: ErrorCode) => rowOf(code).found;

/** Whether there is no secret at the path, or its newest version is deleted. */
export const isAbsent = (code: ErrorCode): boolean => {
  const found = foundAtPath(code);
  return found === 'missing' || found === 'deleted';
};

/** Whether a write was refused because somebody else wrote to the same path. */
export const isConflict = (code: ErrorCode): boolean => foundAtPath(code) === 'changed';

/** Whether the path holds something other than what the write was based on. */
export const isOvertaken = (code: ErrorCode): boolean => foundAtPath(code) !== undefined;

/** Whether the secret is deleted, and undeleting it may be possible. */
export const mayBeUndeleted = (code: ErrorCode): boolean => {
  const { remedy } = rowOf(code);
  return remedy !== undefined && 'do' in remedy && remedy.do === 'undelete';
};

/** Whether the key is not available, or not yet. */
export const isKeyFailure = (code: ErrorCode): boolean => among(['key'], code);

/** Whether only a person can continue: by choosing how the key is kept, or with the passphrase. */
export const isKeyQuestion = (code: ErrorCode): boolean => {
  if (code === 'KEY_CHOICE_NEEDED') return true;
  const { remedy } = rowOf(code);
  return remedy !== undefined && 'do' in remedy && remedy.do === 'unlock';
};
