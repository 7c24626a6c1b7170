// Makes each table of a page fit the screen. Its box scrolls sideways on a wide screen, also with the keyboard. On a phone the
// rows of a wide table become cards, where each value has its column's name before it (site.css).
//
// Exports: `fitTables()`, a plugin for rehype.

/** @typedef {{ type: string, tagName?: string, value?: string, properties?: Record<string, unknown>, children?: HtmlNode[] }} HtmlNode */

/** A row of two columns with at most so many characters fits beside each other on a screen of 360 pixels. */
const SHORT = 30;
/** A longer text is a sentence. */
const SENTENCE = 40;
/** CSS that lays a table out as blocks takes away its meaning, unless the roles are written out. */
const ROLES = { thead: 'rowgroup', tbody: 'rowgroup', tr: 'row', th: 'columnheader', td: 'cell' };

/** @param {HtmlNode} node @returns {string} */
const textOf = ({ value = '', children = [] }) => value + children.map(textOf).join('');

/** @param {HtmlNode} node @param {string} tag @returns {HtmlNode[]} */
const all = (node, tag) => [
  ...(node.tagName === tag ? [node] : []),
  ...(node.children ?? []).flatMap((child) => all(child, tag)),
];

/** Prepares a table for cards. @param {HtmlNode} table */
function makeCards(table) {
  const heads = all(table, 'th').map(textOf);
  const rows = all(table, 'tr').map((row) =>
    (row.children ?? []).filter(({ tagName }) => /^t[dh]$/.test(tagName ?? '')),
  );
  if (
    heads.length < 2 ||
    (heads.length === 2 && rows.slice(1).every((row) => row.map(textOf).join('').length <= SHORT))
  )
    return false;
  table.properties = { ...table.properties, role: 'table' };
  for (const [tag, role] of Object.entries(ROLES)) {
    for (const node of all(table, tag)) node.properties = { ...node.properties, role };
  }
  // The first value is the card's title, and of two columns the other one explains it.
  for (const row of heads.length > 2 ? rows.slice(1) : []) {
    for (const [column, cell] of row.entries()) {
      if (column > 0 && heads[column]) cell.properties = { ...cell.properties, dataColumn: `${heads[column]}: ` };
    }
  }
  return true;
}

/** Whether the last of more than two columns has sentences. @param {HtmlNode} table */
function isExplained(table) {
  const last = all(table, 'tr').map((row) => all(row, 'td').at(-1));
  return all(table, 'th').length > 2 && last.some((cell) => cell && textOf(cell).length > SENTENCE);
}

/** @param {HtmlNode} node */
function wrapTables(node) {
  node.children = node.children?.map((child) => {
    wrapTables(child);
    if (child.tagName !== 'table') return child;
    const className = ['table', ...(makeCards(child) ? ['cards'] : []), ...(isExplained(child) ? ['explained'] : [])];
    const properties = { className, tabIndex: 0, role: 'group', ariaLabel: 'Table' };
    return { type: 'element', tagName: 'div', properties, children: [child] };
  });
}

export const fitTables = () => wrapTables;
