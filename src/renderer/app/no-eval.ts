/**
 * Zod probes `new Function` for speed when it makes a schema, which the page’s policy forbids. It takes its settings from
 * this global object, so that the first screen can set them without zod.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
