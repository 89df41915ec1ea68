/** Builds the app and the command, unless nothing has changed since the last build. */
import { ensureBuilt } from './lib/build.mjs';

if (!(await ensureBuilt())) process.exitCode = 1;
