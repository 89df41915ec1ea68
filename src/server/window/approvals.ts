import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const approvalHandlers = ({ approvals }: Core) => ({
  watch: os.approvals.watch.handler(({ signal }) => approvals.watch(orNever(signal))),
  answer: os.approvals.answer.handler(({ input: { id, answer } }) => ({
    counted: approvals.answer(id, answer),
  })),
});
