// Tables in Markdown.
//
// Exports: `table()`, `code()`, `cell()`.

/** Returns text for a cell. @param {string | undefined} text */
export const cell = (text = '') => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

/** Returns text as code for a cell; nothing for nothing. @param {string | number | boolean | undefined | null} text */
export const code = (text) => {
  if (text === undefined || text === null || text === '') return '';
  const clean = cell(String(text));
  return clean.includes('`') ? `\`\` ${clean} \`\`` : `\`${clean}\``;
};

/**
 * Returns a table, without its empty columns.
 * @param {string[]} heads
 * @param {string[][]} rows
 */
export function table(heads, rows) {
  const kept = heads.map((_, column) => rows.some((row) => row[column] !== ''));
  const line = (/** @type {string[]} */ cells) => `| ${cells.filter((_, column) => kept[column]).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
