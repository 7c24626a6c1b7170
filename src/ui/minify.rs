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
        (b'{' | b'}' | b';' | b',' | b':' | b'>', _) | (_, b'{' | b'}' | b';' | b',' | b'>') => false,
        _ => true,
    }
}

/// What is written often and means nothing to anybody else: the class of the widget before a rule's own selector, for which
/// `page.js` reads `~`, and the private properties.
const OFTEN: [(&[u8], &[u8]); 15] = [
    (b".akiba-selfie ", b"~"),
    (b"--_accent", b"--_a"),
    (b"--_border", b"--_b"),
    (b"--_danger", b"--_d"),
    (b"--_dark", b"--_k"),
    (b"--_high", b"--_h"),
    (b"--_ink", b"--_i"),
    (b"--_light", b"--_l"),
    (b"--_muted", b"--_m"),
    (b"--_on-accent", b"--_o"),
    (b"--_round", b"--_r"),
    (b"--_success", b"--_c"),
    (b"--_surface", b"--_s"),
    (b"--_text", b"--_x"),
    (b"--_tint", b"--_t"),
];

/// Returns a minified sheet with [`OFTEN`] replaced, and its length.
pub(super) const fn short<const N: usize>(sheet: &[u8]) -> ([u8; N], usize) {
    let mut out = [0; N];
    let (mut at, mut length) = (0, 0);
    while at < sheet.len() {
        let mut often = 0;
        if sheet[at] == b'.' || sheet[at] == b'-' {
            while often < OFTEN.len() && !begins(sheet, at, OFTEN[often].0) {
                often += 1;
            }
        } else {
            often = OFTEN.len();
        }
        let (from, to): (usize, &[u8]) =
            if often < OFTEN.len() { (OFTEN[often].0.len(), OFTEN[often].1) } else { (1, &[sheet[at]]) };
        let mut byte = 0;
        while byte < to.len() {
            out[length] = to[byte];
            length += 1;
            byte += 1;
        }
        at += from;
    }
    (out, length)
}

/// Whether `part` stands at this place.
const fn begins(sheet: &[u8], at: usize, part: &[u8]) -> bool {
    let mut byte = 0;
    while byte < part.len() {
        if at + byte >= sheet.len() || sheet[at + byte] != part[byte] {
            return false;
        }
        byte += 1;
    }
    true
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
            (".a .b,\n.a :hover > i { --on: ; --off: initial; }", ".a .b,.a :hover>i{--on: ;--off:initial}"),
            ("a { width: calc(1px + 2px); /**/ }", "a{width:calc(1px + 2px)}"),
            ("@media (min-width: 1px) and (x) { a { b: \"c d\"; } }", "@media (min-width:1px) and (x){a{b:\"c d\"}}"),
        ] {
            let (bytes, length) = css::<99>(sheet.as_bytes());
            assert_eq!(std::str::from_utf8(&bytes[..length]).unwrap(), wanted, "{sheet}");
        }
    }

    #[test]
    fn the_short_sheet_means_the_same() {
        let (style, mut long) = (super::super::STYLE, super::super::SHORT_STYLE.to_owned());
        assert!(!style.contains('~'));
        for (name, short) in OFTEN {
            let [name, short] = [name, short].map(|text| std::str::from_utf8(text).unwrap());
            assert!(style.contains(name) && !style.contains(&format!("{short}:")), "{name}");
            long = long
                .replace(&format!("{short}:"), &format!("{name}:"))
                .replace(&format!("{short})"), &format!("{name})"));
            long = long.replace(&format!("{short},"), &format!("{name},"));
        }
        assert_eq!(long.replace('~', ".akiba-selfie "), style);
    }

    #[test]
    fn the_sheet_is_whole() {
        let count = |text: &str, byte: char| text.matches(byte).count();
        assert!(super::super::STYLE.len() > 8_000);
        assert_eq!(count(super::super::STYLE, '{'), count(super::super::STYLE, '}'));
        assert!(!super::super::STYLE.contains("/*") && !super::super::STYLE.contains("  "));
    }
}
