/** Refusals of requests. Each names the rule that refused, and none holds a header, a body or a query. */
import { AppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import type { RequestRule } from '@shared/model/request';

export const refusal = (
  code: ErrorCode,
  rule: RequestRule,
  options: AppErrorOptions = {},
): AppError => new AppError(code, { ...options, details: { ...options.details, rule } });
