/** Limits that the first screen of the window needs without the schemas that apply them. */

/** Characters of a name, at most. */
export const ENVIRONMENT_NAME_MAX = 200;
export const WORKSPACE_NAME_MAX = 100;

/** Environments in one glance at the server, at most. */
export const GLANCE_LIMIT = 100;
