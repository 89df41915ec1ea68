/** `npm run screenshots`: takes the pictures of the guide from the running app. */
import { runTs } from './run-ts.mjs';

await runTs('e2e/screenshots.ts', process.argv.slice(2));
