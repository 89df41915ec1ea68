/** The type of Electron's module. The module is passed in, so that tests can pass in a double. */
import type * as electron from 'electron';

export type Electron = typeof electron;
