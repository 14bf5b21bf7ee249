// Errors of a run, with the exit codes of the other tools.

export const EXIT = { input: 1, usage: 2, environment: 3 };

/** An error for the user: complete diagnostics, as text. */
export class Failure extends Error {
  /**
   * @param {string} message what failed, or with `rendered` complete diagnostics.
   * @param {{code?: number, hint?: string, rendered?: boolean}} options
   */
  constructor(message, { code = EXIT.input, hint, rendered = false } = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.rendered = rendered;
  }
}

/**
 * Wraps errors of the file system.
 *
 * @template T
 * @param {string} what what is done, such as "read".
 * @param {string} path
 * @param {() => T} action
 * @returns {T}
 */
export function withFile(what, path, action) {
  try {
    return action();
  } catch (e) {
    throw new Failure(`cannot ${what} \`${path}\`: ${e.code ?? e.message}`, { code: EXIT.environment });
  }
}
