/**
 * Calls back when the person leaves the window, because revealed values are only for people who are at it.
 * `isOnBlur`: whether a window that others do not cover counts too. Returns a function that ends this.
 */
export function onAway(leave: () => void, isOnBlur: () => boolean): () => void {
  const onBlur = (): void => {
    if (isOnBlur()) leave();
  };
  const onVisibility = (): void => {
    if (document.hidden) leave();
  };
  window.addEventListener('blur', onBlur);
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    window.removeEventListener('blur', onBlur);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
