//! Badges baked into images of PNG: a chunk of text among those of the image.

use crate::exchange::imported::InvalidImport;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;

/// What every PNG begins with.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The keywords of the chunks that badges are in, the newest version first.
const KEYWORDS: [&str; 2] = ["openbadgecredential", "openbadges"];

/// Whether bytes are a PNG.
pub(crate) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// A chunk: what kind it is of, and what is in it.
struct Chunk<'b> {
    kind: [u8; 4],
    data: &'b [u8],
}

/// The badges in a PNG, the newest version first: text, a JWS, or only an address.
pub(crate) fn baked<'b>(name: &str, bytes: &'b [u8], limits: &Limits) -> Result<Vec<&'b [u8]>, InvalidImport> {
    let refused = |message: &str, help: &str| {
        let fault = Diagnostic::new(Code::Syntax, 0..0, message).help(help);
        InvalidImport(Diagnostics::new(name, "", vec![fault], limits.errors))
    };
    let mut rest = bytes.get(SIGNATURE.len()..).unwrap_or_default();
    let mut found: [Option<&[u8]>; 2] = [None, None];
    loop {
        let Some(chunk) = next_chunk(&mut rest) else {
            return Err(refused("the image is cut off, or damaged", "get the whole of it"));
        };
        if &chunk.kind == b"IEND" {
            break;
        }
        for (keyword, found) in KEYWORDS.iter().zip(&mut found) {
            let text = match text_of(&chunk, keyword) {
                BakedText::None => continue,
                BakedText::Plain(text) => text,
                BakedText::Compressed => {
                    let help = "the specification asks for a text as it is: have the badge baked anew";
                    return Err(refused("the badge in the image is compressed", help));
                }
            };
            if found.replace(text).is_some_and(|other| other != text) {
                let help = "have one badge baked into one image";
                return Err(refused("two different badges are baked into the image", help));
            }
        }
    }
    let found: Vec<&[u8]> = found.into_iter().flatten().collect();
    if found.is_empty() {
        let help = "save the image as it was got: other programs leave out what they do not know";
        return Err(refused("no badge is baked into the image", help));
    }
    Ok(found)
}

/// The next chunk: a length of four bytes, four of kind, the data, and four of checksum.
fn next_chunk<'b>(rest: &mut &'b [u8]) -> Option<Chunk<'b>> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (kind, after) = after.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (data, after) = after.split_at_checked(length)?;
    *rest = after.get(4..)?;
    Some(Chunk { kind: *kind, data })
}

/// What a chunk holds of a badge.
enum BakedText<'b> {
    None,
    Plain(&'b [u8]),
    Compressed,
}

/// What a chunk holds under this keyword. One of text that is shorter than its form asks for holds nothing.
fn text_of<'b>(chunk: &Chunk<'b>, keyword: &str) -> BakedText<'b> {
    let body = chunk.data.strip_prefix(keyword.as_bytes()).and_then(|rest| rest.strip_prefix(b"\0"));
    let Some(body) = body else { return BakedText::None };
    match &chunk.kind {
        b"tEXt" => BakedText::Plain(body),
        b"zTXt" => BakedText::Compressed,
        b"iTXt" => match body {
            // Whether and how it is compressed; the language and the keyword in it, each ended by a zero.
            [0, _, rest @ ..] => rest.splitn(3, |&byte| byte == 0).nth(2).map_or(BakedText::None, BakedText::Plain),
            [_, _, ..] => BakedText::Compressed,
            _ => BakedText::None,
        },
        _ => BakedText::None,
    }
}
