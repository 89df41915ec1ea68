import { useState, type RefCallback } from 'react';

/**
 * The ref of an element that has the focus in the first frame that shows it. React Aria's `autoFocus` gives it after that
 * frame, and a key that is pressed in between is lost.
 */
export function useFirstFocus(autoFocus: boolean | undefined): RefCallback<HTMLElement> | null {
  // The element takes the focus when it appears, and never later.
  const [takesFocus] = useState(autoFocus === true);
  return takesFocus ? focus : null;
}

const focus = (element: HTMLElement | null): void => element?.focus({ preventScroll: true });
