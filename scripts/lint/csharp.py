"""Checks the syntax of C# files with tree-sitter, as .NET is not a package of Debian. It does not check types.

python csharp.py FILE…
"""

import sys
from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser


def errors(node: Node):
    """Yields the innermost nodes that do not fit the grammar."""
    if node.is_error or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from errors(child)


parser = Parser(Language(tree_sitter_c_sharp.language()))
assert list(errors(parser.parse(b"class A { int b( { } }").root_node)), "the parser accepts anything"
found = 0
for name in sys.argv[1:]:
    for node in errors(parser.parse(Path(name).read_bytes()).root_node):
        print(f"{name}:{node.start_point.row + 1}: not C#: {node.text.decode()[:60]!r}", file=sys.stderr)
        found += 1
sys.exit(1 if found or not sys.argv[1:] else 0)
