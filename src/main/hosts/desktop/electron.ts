/** Electron's module as its own definitions describe it; handed in, so that tests can hand in a double. */
import type * as electron from 'electron';

export type Electron = typeof electron;
