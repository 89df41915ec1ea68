/** A call through a transport always has a signal; a call within the process may not have one. */
export const orNever = (signal: AbortSignal | undefined): AbortSignal =>
  signal ?? new AbortController().signal;
