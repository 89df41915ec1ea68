/** Copies a value through the host's clipboard, and wipes it later if it is still there. */
import type { Runtime } from '@core/runtime';

/** As Electron 45 has it: asynchronous in both directions. */
export interface HostClipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
}

export type Offered =
  | { readonly by: 'host'; readonly clearsAfterMs: number }
  | { readonly by: 'window'; readonly clearsAfterMs: number; readonly value: string };

const CLEARS_AFTER_MS = 30_000;

export class ClipboardService {
  #cancel: () => void = () => undefined;
  #wipe: (() => Promise<void>) | undefined;

  constructor(
    private readonly host: HostClipboard | undefined,
    private readonly runtime: Pick<Runtime, 'after'>,
  ) {}

  /** Puts the value on the clipboard, or hands it back for the window to do so. */
  async offer(value: string): Promise<Offered> {
    const { host } = this;
    if (host === undefined) return { by: 'window', clearsAfterMs: CLEARS_AFTER_MS, value };
    await host.writeText(value);
    this.#cancel();
    this.#wipe = async () => {
      this.#wipe = undefined;
      if ((await host.readText()) === value) await host.writeText('');
    };
    this.#cancel = this.runtime.after(CLEARS_AFTER_MS, () => {
      // If the clipboard cannot be read or written now, its content stays.
      this.#wipe?.().catch(() => undefined);
    });
    return { by: 'host', clearsAfterMs: CLEARS_AFTER_MS };
  }

  /** Puts a text there to stay. False where the host has no clipboard. */
  async write(text: string): Promise<boolean> {
    await this.host?.writeText(text);
    return this.host !== undefined;
  }

  /** Wipes at once what would have been wiped later. */
  async close(): Promise<void> {
    this.#cancel();
    await this.#wipe?.().catch(() => undefined);
  }
}
