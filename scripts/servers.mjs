/** `npm run servers`: starts the stand-in servers with sample data. */
import { runTs } from './run-ts.mjs';

await runTs('test/servers/main.ts', process.argv.slice(2));
