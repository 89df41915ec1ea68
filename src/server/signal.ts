/** A call over the contract always has a signal; one made in-process may not. */
export const orNever = (signal: AbortSignal | undefined): AbortSignal =>
  signal ?? new AbortController().signal;
