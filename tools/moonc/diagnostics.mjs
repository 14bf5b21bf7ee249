// Diagnostics in the shape of the other tools: what failed, `file:line:column`, the line, one hint.

/** The most diagnostics that are printed; one mistake can cause thousands. */
const LIMIT = 50;

/** The compiler's code for a parameter or result without a type. */
const MISSING_TYPE = 4074;

const clean = (text) => text.replace(/\t/g, "    ").replace(/[\p{Cc}]/gu, "");

/**
 * Formats one diagnostic.
 *
 * @param {{level: string, label?: string, title: string, site?: {path: string, text?: string, line: number,
 *   column: number, width: number, note: string}, hint?: string}} diagnostic `text` is the line; columns are in
 *   characters, from 1.
 * @returns {string} lines, each with its end.
 */
export function format({ level, label, title, site, hint }) {
  const lines = [`${level}: ${label ? `${label}: ` : ""}${clean(title)}`];
  if (site) {
    const margin = " ".repeat(String(site.line).length);
    lines.push(`${margin}--> ${site.path}:${site.line}:${site.column}`);
    if (site.text !== undefined) {
      const characters = [...site.text.replace(/\r$/, "")];
      const before = clean(characters.slice(0, site.column - 1).join(""));
      const left = characters.length - site.column + 1;
      const marker = "^".repeat(Math.max(1, Math.min(site.width, left)));
      lines.push(`${margin} |`, `${site.line} | ${clean(characters.join(""))}`);
      lines.push(`${margin} | ${" ".repeat([...before].length)}${marker} ${clean(site.note)}`.trimEnd());
    }
  }
  if (hint) lines.push(`hint: ${hint}`);
  return lines.join("\n") + "\n";
}

/**
 * Formats diagnostics of the compiler.
 *
 * @param {object[]} diagnostics as the compiler reports them: `level`, `error_code`, `path`, `loc` and `message`.
 * @param {{label?: string, sources: Map<string, {name: string, text: string}>, hints?: Record<number, string>}} context
 *   the sources by the compiler's path, and hints by code.
 * @returns {string}
 */
export function formatAll(diagnostics, { label, sources, hints = {} }) {
  // One about a parameter follows from a syntax error, and names neither.
  const shown = diagnostics.filter((d) => d.path || d.error_code !== MISSING_TYPE || diagnostics.length === 1);
  const texts = shown.slice(0, LIMIT).map((diagnostic) => {
    const [first, ...rest] = diagnostic.message.split("\n");
    // `Warning (unused_value): Unused variable` -> `unused variable`.
    const title = first.replace(/^(Error )?Warning \([a-z_]+\): /, "").replace(/[.:]$/, "");
    const source = sources.get(diagnostic.path);
    const [start, end] = diagnostic.loc.split("-").map((position) => position.split(":").map(Number));
    const note = rest.map((line) => line.trim().replace(/\s+/g, " ")).filter((line) => line);
    return format({
      level: diagnostic.level,
      label,
      title: `${title.charAt(0).toLowerCase()}${title.slice(1)} [${diagnostic.error_code}]`,
      site: source && {
        path: source.name,
        text: source.text.split("\n")[start[0] - 1],
        line: start[0],
        column: start[1],
        width: end[0] === start[0] ? end[1] - start[1] : Infinity,
        note: note.join("; ").replaceAll(":; ", ": "),
      },
      hint: hints[diagnostic.error_code],
    });
  });
  if (shown.length > LIMIT) texts.push(`note: ${shown.length - LIMIT} more diagnostics are not shown\n`);
  return texts.join("\n");
}
