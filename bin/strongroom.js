#!/usr/bin/env node
/** The command `strongroom`, in a checkout and in the package. */
import { existsSync } from 'node:fs';

const built = new URL('../out/main/cli.js', import.meta.url);

// In a checkout it may not be built yet. The package holds the build, and no scripts.
if (!existsSync(built)) await import('../scripts/ensure-built.mjs');

if (existsSync(built)) await import(built.href);
