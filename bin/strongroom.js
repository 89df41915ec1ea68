#!/usr/bin/env node
/** The command `strongroom`, in a checkout and in the package. */
import { existsSync } from 'node:fs';

const built = new URL('../out/main/cli.js', import.meta.url);

if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write(
    'Strongroom is not built yet. Run “npm run build” in its folder, then try again.\n',
  );
  process.exitCode = 1;
}
