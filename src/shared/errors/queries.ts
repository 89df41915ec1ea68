/**
 * What the columns of the table say about a code. Code that has to tell kinds of failures apart asks here,
 * so that a new code is sorted once, in the table, and not in a list per caller.
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

/** Whether it can mean that there is no way to the server, so that it is worth a look at the network. */
export const mayBeUnreachable = (code: ErrorCode): boolean =>
  among(['network', 'proxy'], code) && isRetryable(code);

/** Whether the server did not accept the credentials, or there are none to send. */
export const isAuthenticationFailure = (code: ErrorCode): boolean =>
  among(['authentication'], code);

/** Whether it says how the provider is, and not only how one secret or the work on it is. */
export const concernsProvider = (code: ErrorCode): boolean =>
  !endsRun(code) && !among(['permission', 'secret', 'workspace', 'input'], code);

/** Whether a request that failed with it may have been carried out all the same. */
export const isOutcomeUnknown = (code: ErrorCode): boolean => rowOf(code).outcome === 'unknown';

/**
 * Whether a write that failed with it, after all its attempts, certainly left nothing behind. Stricter than
 * a known outcome: the last attempt may find no server after the first one was carried out.
 */
export const isWriteRefused = (code: ErrorCode): boolean =>
  among(['authentication', 'permission', 'secret', 'input'], code);

/** What is at the path instead of what the caller expected; `undefined` if the code says nothing of it. */
export const foundAtPath = (code: ErrorCode) => rowOf(code).found;

/** Whether there is no secret at the path, or its newest version is deleted. */
export const isAbsent = (code: ErrorCode): boolean => {
  const found = foundAtPath(code);
  return found === 'missing' || found === 'deleted';
};

/** Whether a write was refused since somebody else wrote to the same path. */
export const isConflict = (code: ErrorCode): boolean => foundAtPath(code) === 'changed';

/** Whether the path holds something other than what a write was made on. */
export const isOvertaken = (code: ErrorCode): boolean => foundAtPath(code) !== undefined;

/** Whether the secret is deleted, and undeleting it may be possible. */
export const mayBeUndeleted = (code: ErrorCode): boolean => {
  const { remedy } = rowOf(code);
  return remedy !== undefined && 'do' in remedy && remedy.do === 'undelete';
};

/** Whether the key cannot be had, or not yet. */
export const isKeyFailure = (code: ErrorCode): boolean => among(['key'], code);

/** Whether it waits only for an answer of the person: how the key is to be kept, or the passphrase. */
export const isKeyQuestion = (code: ErrorCode): boolean => {
  const { remedy } = rowOf(code);
  if (remedy === undefined) return false;
  return 'do' in remedy ? remedy.do === 'unlock' : 'open' in remedy && remedy.open === 'protection';
};
