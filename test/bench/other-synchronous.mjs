// @ts-check
import Database from 'better-sqlite3';

const ASKED = /^\s*synchronous\s*=/i;

/**
 * From here on, whoever asks SQLite for a `synchronous` of its own choice gets `level`. The server has no such setting: what
 * it acknowledges is on disk, and what that costs is still to be told.
 *
 * @param {string} level
 * @returns {() => void} fails when nobody has asked: the figures would be those of another level
 */
export function openWith(level) {
  /** @type {{ pragma: (this: void, source: string, options?: Database.PragmaOptions) => unknown }} */
  const prototype = Database.prototype;
  let isAsked = false;
  prototype.pragma = new Proxy(prototype.pragma, {
    apply(pragma, database, [source, ...others]) {
      const isMeant = ASKED.test(String(source));
      isAsked ||= isMeant;
      return Reflect.apply(pragma, database, [isMeant ? `synchronous = ${level}` : source, ...others]);
    },
  });
  return () => {
    if (!isAsked) throw new Error('nobody asked for a synchronous level, so it was not changed');
  };
}
