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
 * Writes a value, and empties the clipboard after a while if it may be read and still has that value. Until then only a
 * hash of the value is kept. Returns whether it may be read. If not, the clipboard is left alone: emptying it unread
 * would destroy what a person has copied since. Throws if the clipboard cannot be written.
 */
export async function copyForAWhile(value: string, clearsAfterMs: number): Promise<boolean> {
  await navigator.clipboard.writeText(value);
  if (!(await mayReadClipboard())) return false;
  const copied = await digest(value);
  setTimeout(() => {
    onceFocused(() => void clearIfUnchanged(copied));
  }, clearsAfterMs);
  return true;
}

/** A window without focus may not read the clipboard. */
function onceFocused(work: () => void): void {
  if (document.hasFocus()) work();
  else window.addEventListener('focus', work, { once: true });
}

async function clearIfUnchanged(copied: string): Promise<void> {
  try {
    const held = await navigator.clipboard.readText();
    if ((await digest(held)) === copied) await navigator.clipboard.writeText('');
  } catch {
    // The focus or the permission is gone again. The clipboard may have a newer text by now, so it is left alone.
  }
}
