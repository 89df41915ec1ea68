import type { Notice } from '@shared/model/notice';

/** Faults at start that Strongroom survived; each stays until a person dismisses it. */
export class Notices {
  #notices: readonly Notice[];

  constructor(notices: readonly Notice[]) {
    this.#notices = notices;
  }

  list(): Notice[] {
    return [...this.#notices];
  }

  /** A notice takes the place of one with the same id. */
  add(notice: Notice): void {
    this.#notices = [...this.#notices.filter(({ id }) => id !== notice.id), notice];
  }

  dismiss(id: string): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
  }
}
