/** The clipboard of the window, for hosts without a clipboard. */

const digest = async (text: string): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

async function mayReadClipboard(): Promise<boolean> {
  try {
    // Chromium knows this permission; TypeScript's list of names does not.
    const name = 'clipboard-read' as PermissionName;
    return (await navigator.permissions.query({ name })).state === 'granted';
  } catch {
    return false;
  }
}

/**
 * Writes a value, and empties the clipboard after a while if it may be read and still has that value.
 * Until then only a hash of the value is kept. Throws if the clipboard cannot be written.
 */
export async function copyForAWhile(value: string, clearsAfterMs: number): Promise<void> {
  await navigator.clipboard.writeText(value);
  const copied = await digest(value);
  setTimeout(() => {
    void clearIfUnchanged(copied);
  }, clearsAfterMs);
}

async function clearIfUnchanged(copied: string): Promise<void> {
  if (!(await mayReadClipboard())) return;
  try {
    const held = await navigator.clipboard.readText();
    if ((await digest(held)) === copied) await navigator.clipboard.writeText('');
  } catch {
    // A window without focus may not read. The clipboard may have a newer text by now, so it is left alone.
  }
}
