/**
 * What Strongroom must report for each fault of Parameter Store, Google Secret Manager and Azure Key Vault.
 * Written by hand from https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html,
 * https://cloud.google.com/apis/design/errors and
 * https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes
 */
import type { ErrorCode } from '@shared/errors';
import type { Layout } from '@shared/model/layout';
import { htmlAnswer, type Effect } from '../servers/faults';
import type { CloudRow } from './cloud-scene';
import type { Plan } from './matrix';
import { markers } from './operations';

export type Store = 'parameterStore' | 'google' | 'keyVault';

/** The requests that each operation makes without a fault, by store and layout. */
const requests: Readonly<Record<Store, Readonly<Record<Layout, Plan['requests']>>>> = {
  parameterStore: {
    object: {
      // STS, two pages, a reading, then one of each optional permission
      check: 8,
      list: 1,
      read: 1,
      // Up to ten parameters in one request
      readMany: 1,
      // Look, describe, put, look at the new version and the one before it
      write: 5,
      // Look, delete
      remove: 2,
      versions: 1,
      readVersion: 1,
      glance: 1,
      undelete: 1,
    },
    entries: {
      check: 10,
      list: 1,
      read: 1,
      readMany: 2,
      // Look, describe; put and look for each; look, delete
      write: 9,
      remove: 2,
      versions: 3,
      readVersion: 2,
      glance: 1,
      undelete: 1,
    },
  },
  google: {
    object: {
      check: 5,
      list: 1,
      read: 1,
      readMany: 2,
      // Look, add
      write: 2,
      // The etag, look, delete
      remove: 3,
      versions: 1,
      readVersion: 1,
      glance: 1,
      // Look, enable
      undelete: 2,
    },
    entries: {
      check: 7,
      list: 1,
      // The folder, and each of its two secrets
      read: 3,
      // One listing for both folders, and each of their secrets
      readMany: 5,
      write: 10,
      remove: 6,
      versions: 3,
      readVersion: 3,
      glance: 0,
      undelete: 5,
    },
  },
  keyVault: {
    object: {
      check: 3,
      list: 1,
      read: 1,
      readMany: 2,
      // The versions, look, set, the versions
      write: 4,
      // Look, delete
      remove: 2,
      versions: 2,
      readVersion: 1,
      glance: 1,
      // Look, recover, look
      undelete: 3,
    },
    entries: {
      check: 5,
      list: 1,
      read: 3,
      // One listing for both folders, and each of their secrets
      readMany: 5,
      write: 16,
      remove: 5,
      versions: 3,
      readVersion: 3,
      glance: 0,
      undelete: 7,
    },
  },
};

export const planOf = (store: Store, layout: Layout): Plan => {
  const second = store === 'parameterStore' ? 'list' : 'read';
  return {
    moments: ['first', 'second', 'third', 'fourth', 'sixth', 'eighth'],
    requests: requests[store][layout],
    healthy: { ...(store !== 'parameterStore' && layout === 'entries' && { glance: 'unknown' }) },
    steps: {
      cold: 'list',
      first: 'list',
      second,
      third: 'read',
      fourth: 'read',
      sixth: 'read',
      eighth: 'read',
    },
    isStepwise: layout === 'entries',
  };
};

const page = (status: number): Effect => htmlAnswer(status, markers.body);

const json = (status: number, body: unknown): Effect => ({ kind: 'answer', status, body });

/** Faults that are the same for all three. */
const common = (store: Store): readonly CloudRow[] => {
  // Azure's own failures may have no body.
  const failed: ErrorCode = store === 'keyVault' ? 'SERVER_ERROR' : 'UNEXPECTED_ANSWER';
  return [
    {
      fault: 'a connection closed before the answer',
      code: 'CONNECTION_RESET',
      effect: { kind: 'drop', applied: false },
    },
    {
      fault: 'a connection closed in place of the answer',
      code: 'CONNECTION_RESET',
      effect: { kind: 'drop', applied: true },
    },
    {
      fault: 'a reset in the middle of the answer',
      code: 'CONNECTION_RESET',
      effect: { kind: 'reset' },
    },
    {
      fault: 'no answer',
      code: 'TIMED_OUT',
      effect: { kind: 'hang', applied: false },
      isSlow: true,
    },
    {
      fault: 'no answer to what was done',
      code: 'TIMED_OUT',
      effect: { kind: 'hang', applied: true },
      isSlow: true,
    },
    { fault: 'a page with 200', code: 'UNEXPECTED_ANSWER', effect: page(200) },
    { fault: 'a page with 403', code: 'UNEXPECTED_ANSWER', effect: page(403) },
    { fault: 'a page with 404', code: 'UNEXPECTED_ANSWER', effect: page(404) },
    { fault: 'a page with 429', code: 'RATE_LIMITED', effect: page(429) },
    { fault: 'a page with 502', code: failed, effect: page(502) },
    { fault: 'an answer cut short', code: 'UNEXPECTED_ANSWER', effect: { kind: 'truncate' } },
    {
      fault: 'an error of another service',
      code: 'UNEXPECTED_ANSWER',
      effect: json(404, { detail: markers.body }),
    },
    { fault: 'an empty answer', code: 'UNEXPECTED_ANSWER', effect: json(200, '') },
    {
      fault: 'a redirect',
      code: 'REDIRECTED',
      effect: { kind: 'redirect', to: 'https://other.example/' },
    },
  ];
};

const aws = (status: number, code: string, message = ''): Effect =>
  json(status, { __type: code, message: `${message} ${markers.body}` });

const google = (code: number, status: string, message: string): Effect =>
  json(code, { error: { code, status, message: `${message} ${markers.body}` } });

const azure = (status: number, code: string, message: string): Effect =>
  json(status, { error: { code, message: `${message} ${markers.body}` } });

/** Whoever may not list, or not read every secret, may still use some. */
const denied = {
  'check first': 'warned list PERMISSION_DENIED',
  'glance first': 'unknown',
} as const;

const own: Readonly<Record<Store, readonly CloudRow[]>> = {
  parameterStore: [
    {
      fault: 'InternalServerError',
      code: 'SERVER_ERROR',
      effect: aws(500, 'InternalServerError'),
    },
    { fault: 'ThrottlingException', code: 'RATE_LIMITED', effect: aws(400, 'ThrottlingException') },
    { fault: 'InvalidKeyId', code: 'ENCRYPTION_FAILED', effect: aws(400, 'InvalidKeyId') },
    {
      fault: 'UnrecognizedClientException',
      code: 'KEY_ID_UNKNOWN',
      effect: aws(400, 'UnrecognizedClientException', 'The security token is invalid.'),
    },
  ],
  google: [
    {
      fault: 'UNAUTHENTICATED',
      code: 'TOKEN_INVALID',
      effect: google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
    },
    {
      fault: 'PERMISSION_DENIED',
      code: 'PERMISSION_DENIED',
      except: denied,
      effect: google(403, 'PERMISSION_DENIED', 'Permission denied on the resource.'),
    },
    {
      fault: 'RESOURCE_EXHAUSTED',
      code: 'RATE_LIMITED',
      effect: google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.'),
    },
    { fault: 'INTERNAL', code: 'SERVER_ERROR', effect: google(500, 'INTERNAL', 'Internal.') },
    {
      fault: 'UNAVAILABLE',
      code: 'SERVER_ERROR',
      effect: google(503, 'UNAVAILABLE', 'Unavailable.'),
    },
  ],
  keyVault: [
    {
      fault: '401 without a challenge',
      code: 'UNEXPECTED_ANSWER',
      effect: azure(401, 'Unauthorized', 'AKV10022.'),
    },
    {
      fault: '403',
      code: 'PERMISSION_DENIED',
      except: { ...denied, 'check third': 'warned read PERMISSION_DENIED' },
      effect: azure(403, 'Forbidden', 'Not allowed.'),
    },
    { fault: '429', code: 'RATE_LIMITED', effect: azure(429, 'Throttled', 'Too many.') },
    { fault: '500', code: 'SERVER_ERROR', effect: azure(500, 'InternalServerError', 'Failed.') },
    { fault: '503', code: 'SERVER_ERROR', effect: azure(503, 'ServiceUnavailable', 'Busy.') },
  ],
};

export const cloudTable = (store: Store): readonly CloudRow[] => [...common(store), ...own[store]];
