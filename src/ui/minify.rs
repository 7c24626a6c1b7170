//! Minifies the style sheet while it is compiled ([`css`]): comments, line ends, and spaces that CSS does not need.

/// Returns the sheet without them, and its length.
pub(super) const fn css<const N: usize>(sheet: &[u8]) -> ([u8; N], usize) {
    let mut out = [0; N];
    let (mut at, mut length, mut space) = (0, 0, false);
    while at < sheet.len() {
        if sheet[at] == b'/' && at + 1 < sheet.len() && sheet[at + 1] == b'*' {
            at += 4;
            while !(sheet[at - 2] == b'*' && sheet[at - 1] == b'/') {
                at += 1;
            }
            space = true;
            continue;
        }
        if sheet[at].is_ascii_whitespace() {
            space = true;
            at += 1;
            continue;
        }
        let before = if length == 0 { b'{' } else { out[length - 1] };
        // The last semicolon of a rule.
        if sheet[at] == b'}' && before == b';' {
            length -= 1;
        } else if space && needs_space(before, sheet[at]) {
            out[length] = b' ';
            length += 1;
        }
        space = false;
        out[length] = sheet[at];
        length += 1;
        at += 1;
    }
    (out, length)
}

/// Whether a space between these bytes has a meaning. The value of `--name: ;` is a space.
const fn needs_space(before: u8, after: u8) -> bool {
    match (before, after) {
        (b':', b';') => true,
        (b'{' | b'}' | b';' | b',' | b':', _) | (_, b'{' | b'}' | b';' | b',') => false,
        _ => true,
    }
}

/// Returns the sheet's text.
pub(super) const fn text(bytes: &'static [u8]) -> &'static str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_without_a_meaning_are_removed() {
        for (sheet, wanted) in [
            ("/* a */\n.a {\n  color: red;\n}\n", ".a{color:red}"),
            (".a .b,\n.a :hover > i { --on: ; --off: initial; }", ".a .b,.a :hover > i{--on: ;--off:initial}"),
            ("a { width: calc(1px + 2px); /**/ }", "a{width:calc(1px + 2px)}"),
            ("@media (min-width: 1px) and (x) { a { b: \"c d\"; } }", "@media (min-width:1px) and (x){a{b:\"c d\"}}"),
        ] {
            let (bytes, length) = css::<99>(sheet.as_bytes());
            assert_eq!(std::str::from_utf8(&bytes[..length]).unwrap(), wanted, "{sheet}");
        }
    }

    #[test]
    fn the_sheet_is_whole() {
        let count = |text: &str, byte: char| text.matches(byte).count();
        assert!(super::super::STYLE.len() > 8_000);
        assert_eq!(count(super::super::STYLE, '{'), count(super::super::STYLE, '}'));
        assert!(!super::super::STYLE.contains("/*") && !super::super::STYLE.contains("  "));
    }
}
