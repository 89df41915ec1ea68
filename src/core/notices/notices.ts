import type { Notice } from '@shared/model/notice';

/** What went wrong at start and was survived, until the person has read it. */
export class Notices {
  #notices: readonly Notice[];

  constructor(notices: readonly Notice[]) {
    this.#notices = notices;
  }

  list(): Notice[] {
    return [...this.#notices];
  }

  dismiss(id: string): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
  }
}
