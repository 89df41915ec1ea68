/**
 * Calls back when the person leaves the window, because revealed values are only for people who are at it.
 * Returns a function that ends this.
 */
export function onAway(leave: () => void): () => void {
  const onVisibility = (): void => {
    if (document.hidden) leave();
  };
  window.addEventListener('blur', leave);
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    window.removeEventListener('blur', leave);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
