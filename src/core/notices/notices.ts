import type { Notice } from '@shared/model/notice';

/** What Strongroom says by itself, such as a fault that it survived; each stays until a person dismisses it. */
export class Notices {
  #notices: readonly Notice[];

  constructor(
    notices: readonly Notice[],
    private readonly onAdded: () => void,
  ) {
    this.#notices = notices;
  }

  list(): Notice[] {
    return [...this.#notices];
  }

  /** A notice takes the place of one with the same id. */
  add(notice: Notice): void {
    this.#notices = [...this.#notices.filter(({ id }) => id !== notice.id), notice];
    this.onAdded();
  }

  dismiss(id: string): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
  }
}
