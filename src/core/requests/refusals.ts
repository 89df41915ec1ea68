/** Refusals of requests. Each names the rule that refused, and none holds a header, a body or a query. */
import { AppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import type { PolicyRule } from '@shared/model/policy';

/** What refuses a request beside the rules of a policy. */
const requestRules = [
  'grant',
  'client',
  'state',
  'url',
  'method',
  'scheme',
  'host',
  'path',
  'address',
  'redirect',
  'header',
  'body',
] as const;
export type RequestRule = (typeof requestRules)[number] | PolicyRule;

export const refusal = (
  code: ErrorCode,
  rule: RequestRule,
  options: AppErrorOptions = {},
): AppError => new AppError(code, { ...options, details: { ...options.details, rule } });
