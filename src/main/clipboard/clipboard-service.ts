/** Copies a value through the host's clipboard, and wipes it later if it is still there. */
export interface HostClipboard {
  readText(): string;
  writeText(text: string): void;
}

export type Offered =
  | { readonly by: 'host'; readonly clearsAfterMs: number }
  | { readonly by: 'window'; readonly clearsAfterMs: number; readonly value: string };

const CLEARS_AFTER_MS = 30_000;

export class ClipboardService {
  #clear: NodeJS.Timeout | undefined;
  #wipe: (() => void) | undefined;

  constructor(private readonly host: HostClipboard | undefined) {}

  /** Puts the value on the clipboard, or hands it back for the window to do so. */
  offer(value: string): Offered {
    const { host } = this;
    if (host === undefined) return { by: 'window', clearsAfterMs: CLEARS_AFTER_MS, value };
    host.writeText(value);
    clearTimeout(this.#clear);
    this.#wipe = () => {
      if (host.readText() === value) host.writeText('');
      this.#wipe = undefined;
    };
    this.#clear = setTimeout(() => this.#wipe?.(), CLEARS_AFTER_MS);
    return { by: 'host', clearsAfterMs: CLEARS_AFTER_MS };
  }

  /** Wipes at once what would have been wiped later. */
  close(): void {
    clearTimeout(this.#clear);
    this.#wipe?.();
  }
}
