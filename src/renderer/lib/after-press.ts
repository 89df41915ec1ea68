/**
 * Runs `work` now, or after the click that is under way. A field that loses the focus to a click may grow by the
 * height of its issue, and what moves between press and release is not clicked.
 */
export function afterPress(work: () => void): void {
  if (!document.documentElement.matches(':active')) {
    work();
    return;
  }
  const ended = new AbortController();
  const onEnd = (): void => {
    ended.abort();
    // The click follows the release, before the next frame.
    requestAnimationFrame(work);
  };
  for (const end of ['pointerup', 'pointercancel']) {
    window.addEventListener(end, onEnd, { capture: true, signal: ended.signal });
  }
}
