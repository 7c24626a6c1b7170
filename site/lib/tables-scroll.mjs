// Puts each table of a page into a box that scrolls sideways, also with the keyboard.
//
// Exports: `scrollTables()`, a plugin for rehype.

/** @typedef {{ type: string, tagName?: string, properties?: Record<string, unknown>, children?: HtmlNode[] }} HtmlNode */

/** @param {HtmlNode} node */
function wrapTables(node) {
  node.children = node.children?.map((child) => {
    wrapTables(child);
    if (child.tagName !== 'table') return child;
    const properties = { className: ['table'], tabIndex: 0, role: 'group', ariaLabel: 'Table' };
    return { type: 'element', tagName: 'div', properties, children: [child] };
  });
}

export const scrollTables = () => wrapTables;
