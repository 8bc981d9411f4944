//! Bytes to text, in an encoding that is stated or that the text is marked with, never guessed.

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::value::names::named;

/// The encoding of a text.
///
/// ```
/// use credpath::Charset;
///
/// assert_eq!("latin-1".parse(), Ok(Charset::Latin1));
/// assert_eq!(Charset::Windows1252.to_string(), "windows-1252");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// ISO 8859-1.
    Latin1,
    /// Windows-1252: as Latin-1, with quotes, dashes and the euro sign where that has control characters.
    Windows1252,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

impl Charset {
    /// The encoding whose byte order mark the bytes begin with, and how long the mark is.
    fn marked(bytes: &[u8]) -> Option<ByteOrderMark> {
        let marks = [
            ByteOrderMark { charset: Self::Utf8, bytes: b"\xef\xbb\xbf" },
            ByteOrderMark { charset: Self::Utf16Le, bytes: b"\xff\xfe" },
            ByteOrderMark { charset: Self::Utf16Be, bytes: b"\xfe\xff" },
        ];
        marks.into_iter().find(|mark| bytes.starts_with(mark.bytes))
    }
}

named!(Charset, "encoding":
    Utf8 = "utf-8",
    Latin1 = "latin-1",
    Windows1252 = "windows-1252",
    Utf16Le = "utf-16le",
    Utf16Be = "utf-16be",
);

/// A byte order mark and what it is the mark of.
struct ByteOrderMark {
    charset: Charset,
    bytes: &'static [u8],
}

/// What could not be decoded, and the text up to there, in which its place lies.
#[derive(Debug)]
pub(crate) struct Undecodable {
    pub(crate) text: String,
    pub(crate) fault: Box<Diagnostic>,
}

/// Decodes bytes. Unless an encoding is stated they are UTF-8, or what their byte order mark says; a mark that says
/// something else than what is stated is a fault, and so is a NUL character.
pub(crate) fn decode(bytes: &[u8], stated: Option<Charset>) -> Result<String, Undecodable> {
    let mark = Charset::marked(bytes);
    let marked = mark.as_ref().map(|mark| mark.charset);
    if let (Some(stated), Some(marked)) = (stated, marked)
        && stated != marked
    {
        let message = format!("the text is marked as {marked} and stated to be {stated}");
        let fault = Diagnostic::new(Code::Syntax, 0..0, message).help("state the encoding that it is marked with");
        return Err(Undecodable { text: String::new(), fault: Box::new(fault) });
    }
    let body = &bytes[mark.map_or(0, |mark| mark.bytes.len())..];
    let text = match stated.or(marked).unwrap_or(Charset::Utf8) {
        Charset::Utf8 => utf_8(body)?,
        Charset::Latin1 => body.iter().map(|&byte| char::from(byte)).collect(),
        Charset::Windows1252 => windows_1252(body)?,
        Charset::Utf16Le => utf_16(body, u16::from_le_bytes)?,
        Charset::Utf16Be => utf_16(body, u16::from_be_bytes)?,
    };
    without_nul(text)
}

fn without_nul(text: String) -> Result<String, Undecodable> {
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let fault = Diagnostic::new(Code::Syntax, at..at + 1, "a NUL character stands in the text")
                .help("a text has none; if the file is UTF-16 or another encoding, state which");
            Err(Undecodable { text, fault: Box::new(fault) })
        }
    }
}

/// What cannot be decoded at the end of what could be.
fn undecodable(before: String, what: &str, help: &str) -> Undecodable {
    let at = before.len();
    let text = before + "\u{fffd}";
    let fault = Diagnostic::new(Code::Syntax, at..text.len(), what).help(help);
    Undecodable { text, fault: Box::new(fault) }
}

fn utf_8(bytes: &[u8]) -> Result<String, Undecodable> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let (before, rest) = bytes.split_at(error.valid_up_to());
    let what = format!("the byte {:02X} is not UTF-8 here", rest.first().copied().unwrap_or_default());
    let help = "state the encoding if it is another one, such as latin-1 or windows-1252";
    Err(undecodable(String::from_utf8_lossy(before).into_owned(), &what, help))
}

/// The characters of the bytes 80 to 9F; `None` for the five that mean nothing.
const WINDOWS_1252: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

fn windows_1252(bytes: &[u8]) -> Result<String, Undecodable> {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        let high = byte.checked_sub(0x80).and_then(|high| WINDOWS_1252.get(usize::from(high)));
        match high {
            None => text.push(char::from(byte)),
            Some(Some(character)) => text.push(*character),
            Some(None) => {
                let what = format!("the byte {byte:02X} means nothing in windows-1252");
                return Err(undecodable(text, &what, "state the encoding that the text has"));
            }
        }
    }
    Ok(text)
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Undecodable> {
    let mut text = String::with_capacity(bytes.len() / 2);
    let pairs = bytes.chunks_exact(2);
    let odd = !pairs.remainder().is_empty();
    for decoded in char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))) {
        match decoded {
            Ok(character) => text.push(character),
            Err(half) => {
                let what = format!("{:04X} is half a character of UTF-16", half.unpaired_surrogate());
                return Err(undecodable(text, &what, "state the encoding that the text has"));
            }
        }
    }
    if odd {
        return Err(undecodable(
            text,
            "the text ends within a character of UTF-16",
            "the file was cut off: get all of it",
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], stated: Option<Charset>) -> Result<String, String> {
        decode(bytes, stated).map_err(|undecodable| undecodable.fault.message)
    }

    #[test]
    fn a_text_is_what_is_stated_or_marked() {
        assert_eq!(text("Zoë".as_bytes(), None), Ok("Zoë".to_owned()));
        assert_eq!(text(b"\xef\xbb\xbfid", None), Ok("id".to_owned()));
        assert_eq!(text(b"Zo\xeb \x93x\x94 \x80", Some(Charset::Windows1252)), Ok("Zoë “x” €".to_owned()));
        assert_eq!(text(b"Zo\xeb", Some(Charset::Latin1)), Ok("Zoë".to_owned()));
        assert_eq!(text(b"\xff\xfeZ\0\xeb\0", None), Ok("Zë".to_owned()));
        assert_eq!(text(b"\xfe\xff\0Z\0\xeb", Some(Charset::Utf16Be)), Ok("Zë".to_owned()));
        assert_eq!(text(b"Z\0\xeb\0", Some(Charset::Utf16Le)), Ok("Zë".to_owned()));
        assert_eq!(text(b"\x3d\xd8\x00\xde", Some(Charset::Utf16Le)), Ok("😀".to_owned()));
    }

    #[test]
    fn nothing_is_guessed() {
        for (bytes, stated, fault) in [
            (&b"Zo\xeb"[..], None, "the byte EB is not UTF-8 here"),
            (b"Zo\xeb", Some(Charset::Utf8), "the byte EB is not UTF-8 here"),
            (b"a\x81", Some(Charset::Windows1252), "the byte 81 means nothing in windows-1252"),
            (b"Z\0\xeb\0", Some(Charset::Latin1), "a NUL character stands in the text"),
            (b"Z\0a", Some(Charset::Utf16Le), "the text ends within a character of UTF-16"),
            (b"\x3d\xd8a\0", Some(Charset::Utf16Le), "D83D is half a character of UTF-16"),
            (b"\xef\xbb\xbfid", Some(Charset::Latin1), "the text is marked as utf-8 and stated to be latin-1"),
        ] {
            assert_eq!(text(bytes, stated), Err(fault.to_owned()));
        }
        let undecodable =
            decode("é\nZo\u{1}".as_bytes().iter().chain(b"\xeb").copied().collect::<Vec<u8>>().as_slice(), None);
        let Undecodable { text, fault } = undecodable.unwrap_err();
        assert_eq!(&text[fault.primary.span], "\u{fffd}");
    }
}
