import type { Addition } from '@shared/model/change-set';

/** A variable to copy: `as` is what differs there from what is stored here. With a value, the stored one is not asked for. */
export interface CopiedAcross {
  readonly key: string;
  readonly as?: Partial<Addition>;
}
