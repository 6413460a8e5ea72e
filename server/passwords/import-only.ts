/**
 * Piscina tries require() on the worker's module before import(). Node aborts the whole process when a thread is
 * stopped while it requires an ES module, as a stop soon after the start would do; without require() it cannot.
 */
const OPTION = '--no-experimental-require-module';

/** Options of Node for worker threads. */
export const IMPORT_ONLY: string[] = process.allowedNodeEnvironmentFlags.has(OPTION) ? [OPTION] : [];
