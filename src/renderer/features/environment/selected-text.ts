const isTextField = (target: EventTarget): target is HTMLInputElement | HTMLTextAreaElement =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

/** The text that the browser itself would copy; empty if nothing is selected. */
export function selectedText(target: EventTarget): string {
  if (!isTextField(target)) return window.getSelection()?.toString() ?? '';
  const { selectionStart, selectionEnd, value } = target;
  return value.slice(selectionStart ?? 0, selectionEnd ?? 0);
}

/** Removes the selected text of a field as the key Delete does: it can be undone, and the field notices. */
export function deleteSelected(): void {
  // The only way to ask a field for it. The window always runs in Chromium.
  // oxlint-disable-next-line typescript/no-deprecated
  document.execCommand('delete');
}
