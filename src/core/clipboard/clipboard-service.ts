/** Copies a value through the host's clipboard, and wipes it later if it is still there. */
import type { Runtime } from '@core/runtime';

/** The clipboard as Electron 45 offers it: reading and writing are asynchronous. */
export interface HostClipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
  /**
   * Writes a text that clipboard histories should leave out. `isConcealed` says whether they were asked to:
   * a history that does not know the marks keeps the text.
   */
  writeSecret(text: string): Promise<{ readonly isConcealed: boolean }>;
}

export type Offered =
  | { readonly by: 'host'; readonly clearsAfterMs: number; readonly isConcealed: boolean }
  | { readonly by: 'window'; readonly clearsAfterMs: number; readonly value: string };

export class ClipboardService {
  #cancel: () => void = () => undefined;
  #wipe: (() => Promise<void>) | undefined;

  constructor(
    private readonly host: HostClipboard | undefined,
    private readonly runtime: Pick<Runtime, 'after'>,
    private readonly clearsAfterSeconds: () => number,
  ) {}

  /** Puts the value on the clipboard. If the host has none, returns the value for the window to copy. */
  async offer(value: string): Promise<Offered> {
    const { host } = this;
    const clearsAfterMs = this.clearsAfterSeconds() * 1000;
    if (host === undefined) return { by: 'window', clearsAfterMs, value };
    const { isConcealed } = await host.writeSecret(value);
    this.#cancel();
    this.#wipe = async () => {
      this.#wipe = undefined;
      if ((await host.readText()) === value) await host.writeText('');
    };
    this.#cancel = this.runtime.after(clearsAfterMs, () => {
      // If the clipboard cannot be read or written now, its content stays.
      this.#wipe?.().catch(() => undefined);
    });
    return { by: 'host', clearsAfterMs, isConcealed };
  }

  /** Copies a text that is not wiped later. False if the host has no clipboard. */
  async write(text: string): Promise<boolean> {
    await this.host?.writeText(text);
    return this.host !== undefined;
  }

  /** Wipes at once a value that would have been wiped later. */
  async close(): Promise<void> {
    this.#cancel();
    await this.#wipe?.().catch(() => undefined);
  }
}
