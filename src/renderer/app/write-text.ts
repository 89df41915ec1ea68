import type { Client } from '@shared/contract/window';

/** Writes a text that is not secret to the host's clipboard if it has one, else to the window's. */
export async function writeText(client: Client, text: string): Promise<void> {
  const { by } = await client.app.copyText({ text });
  if (by === 'window') await navigator.clipboard.writeText(text);
}
