//! Requirements as people write them into a cell: ids, `and`, `or`, parentheses, `2 of (…)`, `12 credits from (…)`.

use std::ops::Range;

use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{FLATTEN, excerpt};
use crate::value::amount::Amount;

/// A requirement that was read, and the ids that it names with their places in the text.
#[derive(Debug)]
pub(crate) struct RuleText {
    pub(crate) requirement: RequirementDocument,
    pub(crate) named: Vec<NamedId>,
}

/// An id in the text of a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedId {
    pub(crate) id: String,
    pub(crate) span: Range<usize>,
}

impl RuleText {
    /// Reads the text of a rule whose parentheses are nested at most so deep. The place of a fault is in the text.
    pub(crate) fn read(text: &str, deepest: usize) -> Result<Self, Box<Diagnostic>> {
        let tokens = tokens(text)?;
        let mut rule = RuleReader { text, tokens, at: 0, named: Vec::new(), depth: 0, deepest };
        let requirement = rule.expression()?;
        match rule.tokens.get(rule.at) {
            None => Ok(Self { requirement, named: rule.named }),
            Some(rest) => Err(RuleReader::unexpected(rest).into()),
        }
    }
}

/// A requirement as the text of a rule; `None` if it says something that this has no words for.
pub(crate) fn written_rule(requirement: &RequirementDocument) -> Option<String> {
    if *requirement != RequirementDocument::from(requirement.kind.clone()) {
        return None;
    }
    let joined = |parts: &[RequirementDocument], word: &str| {
        let written = parts.iter().map(|part| {
            let is_group = matches!(part.kind, RequirementKind::AllOf(_) | RequirementKind::AnyOf(_));
            written_rule(part).map(|text| if is_group { format!("({text})") } else { text })
        });
        let written: Vec<String> = written.collect::<Option<_>>()?;
        (!written.is_empty()).then(|| written.join(word))
    };
    let listed = |before: String, from: &MembersDocument| match from {
        MembersDocument::List(parts) if !parts.is_empty() => {
            let parts: Vec<String> = parts.iter().map(written_member).collect::<Option<_>>()?;
            Some(format!("{before} ({})", parts.join(", ")))
        }
        _ => None,
    };
    match &requirement.kind {
        RequirementKind::Credential(id) => Some(written_id(id)),
        RequirementKind::AllOf(parts) => joined(parts, " and "),
        RequirementKind::AnyOf(parts) => joined(parts, " or "),
        RequirementKind::AtLeast { needed, from } => listed(format!("{needed} of"), from),
        RequirementKind::Credits { needed, from } => listed(format!("{needed} credits from"), from),
        RequirementKind::Hours { needed, from } => listed(format!("{needed} hours from"), from),
        RequirementKind::UpTo { .. } | RequirementKind::Pool(_) | RequirementKind::Filter(_) => None,
    }
}

/// A member of a list. A group of one part is written as a group, since parts that are groups are counted each for
/// itself, and credentials once.
fn written_member(part: &RequirementDocument) -> Option<String> {
    let written = written_rule(part)?;
    Some(match &part.kind {
        RequirementKind::AllOf(parts) | RequirementKind::AnyOf(parts) if parts.len() == 1 => {
            format!("1 of ({written})")
        }
        _ => written,
    })
}

/// An id as it stands in a rule: in quotes, unless it is one word that means nothing else.
fn written_id(id: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@' | '#');
    if !id.is_empty() && id.chars().all(is_plain) && !is_operator(id) {
        id.to_owned()
    } else {
        format!("\"{}\"", id.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

fn is_operator(word: &str) -> bool {
    word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or")
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenKind {
    And,
    Or,
    Open,
    Close,
    Comma,
    Word,
    /// With its quotes and escapes taken away.
    Quoted(String),
}

#[derive(Debug, Clone)]
struct Token {
    kind: TokenKind,
    span: Range<usize>,
}

fn tokens(text: &str) -> Result<Vec<Token>, Box<Diagnostic>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let simple = match c {
            c if c.is_whitespace() => continue,
            '(' => Some(TokenKind::Open),
            ')' => Some(TokenKind::Close),
            ',' | ';' => Some(TokenKind::Comma),
            _ => None,
        };
        if let Some(kind) = simple {
            tokens.push(Token { kind, span: start..start + 1 });
            continue;
        }
        if c == '"' {
            tokens.push(quoted(text, start)?);
            let end = tokens.last().map_or(start, |token: &Token| token.span.end);
            while rest.next_if(|(at, _)| *at < end).is_some() {}
            continue;
        }
        while rest.next_if(|(_, c)| !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | ';' | '"')).is_some() {}
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        let word = &text[start..end];
        let kind = if word.eq_ignore_ascii_case("and") {
            TokenKind::And
        } else if word.eq_ignore_ascii_case("or") {
            TokenKind::Or
        } else {
            TokenKind::Word
        };
        tokens.push(Token { kind, span: start..end });
    }
    Ok(tokens)
}

/// The id in quotes that begins there.
fn quoted(text: &str, start: usize) -> Result<Token, Box<Diagnostic>> {
    let (mut id, mut escaped) = (String::new(), false);
    for (at, c) in text[start + 1..].char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {
                return Ok(Token { kind: TokenKind::Quoted(id), span: start..start + at + 2 });
            }
            c => {
                id.push(c);
                escaped = false;
            }
        }
    }
    Err(fault(start..text.len(), "this id in quotes does not end").help("end it with a quote").into())
}

fn fault(span: Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Syntax, span, message)
}

/// What is measured by a number before a list.
#[derive(Clone, Copy)]
enum ListMeasure {
    Count,
    Credits,
    Hours,
}

struct RuleReader<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    named: Vec<NamedId>,
    depth: usize,
    deepest: usize,
}

impl RuleReader<'_> {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn word(&self, at: usize) -> &str {
        self.tokens
            .get(at)
            .filter(|token| token.kind == TokenKind::Word)
            .map_or("", |token| &self.text[token.span.clone()])
    }

    fn is_at(&self, at: usize, kind: &TokenKind) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == *kind)
    }

    fn unexpected(token: &Token) -> Diagnostic {
        let place = token.span.clone();
        match token.kind {
            TokenKind::Close => fault(place, "no parenthesis opens for this one").help("take it away, or open one"),
            TokenKind::Comma => {
                fault(place, "a comma says neither `and` nor `or`").help("write the word that is meant")
            }
            _ => fault(place, "`and` or `or` is missing before this").help("write the word that is meant"),
        }
    }

    /// Parts with one operator between all of them.
    fn expression(&mut self) -> Result<RequirementDocument, Box<Diagnostic>> {
        let mut parts = vec![self.part()?];
        let mut operator: Option<Token> = None;
        while let Some(TokenKind::And | TokenKind::Or) = self.peek() {
            let token = self.tokens[self.at].clone();
            if let Some(first) = &operator
                && first.kind != token.kind
            {
                let message = "`and` and `or` stand side by side, and which belongs together is not said";
                let found = fault(token.span, message).also(first.span.clone(), "the other one");
                return Err(found.help("put parentheses around what belongs together, as in `a and (b or c)`").into());
            }
            operator.get_or_insert(token);
            self.at += 1;
            parts.push(self.part()?);
        }
        Ok(match operator.map(|token| token.kind) {
            Some(TokenKind::And) => RequirementKind::AllOf(parts).into(),
            Some(_) => RequirementKind::AnyOf(parts).into(),
            None => parts.remove(0),
        })
    }

    fn part(&mut self) -> Result<RequirementDocument, Box<Diagnostic>> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(self.missing(self.text.len()..self.text.len()).into());
        };
        match token.kind {
            TokenKind::Open => {
                self.open(&token)?;
                if self.is_at(self.at, &TokenKind::Close) {
                    let place = token.span.start..self.tokens[self.at].span.end;
                    return Err(fault(place, "nothing stands in these parentheses").help("take them away").into());
                }
                let inner = self.expression()?;
                self.close(&token)?;
                Ok(inner)
            }
            TokenKind::Quoted(id) => {
                self.at += 1;
                Ok(self.credential(id, token.span))
            }
            TokenKind::Word => match self.measure() {
                Some((measure, words)) => self.measured(measure, words, token.span),
                None => Ok(self.words()),
            },
            TokenKind::And | TokenKind::Or | TokenKind::Comma | TokenKind::Close => {
                Err(self.missing(token.span).into())
            }
        }
    }

    /// That an id is due where something else stands.
    fn missing(&self, place: Range<usize>) -> Diagnostic {
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        let message = match before {
            Some(token) => format!("an id is due after `{}`", excerpt(&self.text[token.span.clone()])),
            None => "an id is due here".to_owned(),
        };
        fault(place, message).help("write what is asked for, such as `a and (b or c)`")
    }

    fn open(&mut self, token: &Token) -> Result<(), Box<Diagnostic>> {
        self.depth += 1;
        if self.depth > self.deepest {
            let message = format!("more than {} parentheses are open here", self.deepest);
            return Err(Diagnostic::new(Code::LimitExceeded, token.span.clone(), message).help(FLATTEN).into());
        }
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, open: &Token) -> Result<(), Box<Diagnostic>> {
        match self.tokens.get(self.at) {
            Some(token) if token.kind == TokenKind::Close => {
                self.depth -= 1;
                self.at += 1;
                Ok(())
            }
            Some(token) => Err(Self::unexpected(token).into()),
            None => Err(fault(open.span.clone(), "this parenthesis does not close")
                .help("close it where the group ends")
                .into()),
        }
    }

    fn credential(&mut self, id: String, span: Range<usize>) -> RequirementDocument {
        self.named.push(NamedId { id: id.clone(), span });
        RequirementKind::Credential(id).into()
    }

    /// All words up to whatever is none are one id: `MATH 101`.
    fn words(&mut self) -> RequirementDocument {
        let first = self.at;
        while self.is_at(self.at, &TokenKind::Word) {
            self.at += 1;
        }
        let words: Vec<&str> = (first..self.at).map(|at| self.word(at)).collect();
        let span = self.tokens[first].span.start..self.tokens[self.at - 1].span.end;
        let id = words.join(" ");
        self.credential(id, span)
    }

    /// Whether a list follows that is measured, and in how many words this is said.
    fn measure(&self) -> Option<(ListMeasure, usize)> {
        let is = |ahead: usize, words: &[&str]| {
            words.iter().any(|word| self.word(self.at + ahead).eq_ignore_ascii_case(word))
        };
        let is_number = self.word(self.at).starts_with(|c: char| c.is_ascii_digit());
        let listed = |ahead: usize| self.is_at(self.at + ahead, &TokenKind::Open);
        if is_number && is(1, &["of"]) && listed(2) {
            return Some((ListMeasure::Count, 2));
        }
        let measure = if is(1, &["credit", "credits"]) { ListMeasure::Credits } else { ListMeasure::Hours };
        let is_measured = is(1, &["credit", "credits", "hour", "hours"]) && is(2, &["of", "from"]);
        (is_number && is_measured && listed(3)).then_some((measure, 3))
    }

    fn measured(
        &mut self,
        measure: ListMeasure,
        words: usize,
        number: Range<usize>,
    ) -> Result<RequirementDocument, Box<Diagnostic>> {
        let text = self.text[number.clone()].to_owned();
        self.at += words;
        let from = MembersDocument::List(self.list()?);
        let amount = || {
            let invalid = |error| {
                let message = format!("`{}`: {error}", excerpt(&text));
                Box::new(Diagnostic::new(Code::InvalidAmount, number.clone(), message))
            };
            text.parse::<Amount>().map_err(invalid)
        };
        let kind = match measure {
            ListMeasure::Count => {
                let whole = "how many of them is a whole number, such as `2 of (a, b, c)`";
                let needed = text.parse().map_err(|_| Diagnostic::new(Code::InvalidValue, number.clone(), whole))?;
                RequirementKind::AtLeast { needed, from }
            }
            ListMeasure::Credits => RequirementKind::Credits { needed: amount()?, from },
            ListMeasure::Hours => RequirementKind::Hours { needed: amount()?, from },
        };
        Ok(kind.into())
    }

    /// Parts in parentheses, with commas between them.
    fn list(&mut self) -> Result<Vec<RequirementDocument>, Box<Diagnostic>> {
        let open = self.tokens[self.at].clone();
        self.open(&open)?;
        let mut parts = vec![self.expression()?];
        while self.is_at(self.at, &TokenKind::Comma) {
            self.at += 1;
            parts.push(self.expression()?);
        }
        self.close(&open)?;
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::rules::{all_of, any_of, at_least, credits, hours};

    #[test]
    fn rules_are_read_and_written() {
        let courses: [RequirementDocument; 3] = ["a".into(), "MATH 101".into(), "c".into()];
        for (text, rule, written) in [
            ("a", "a".into(), "a"),
            ("MATH  101", "MATH 101".into(), "\"MATH 101\""),
            ("a AND b and c", all_of(["a".into(), "b".into(), "c".into()]), "a and b and c"),
            ("a and (b or \"or\")", all_of(["a".into(), any_of(["b".into(), "or".into()])]), "a and (b or \"or\")"),
            ("((a))", "a".into(), "a"),
            ("2 of (a, MATH 101, c)", at_least(2).from(courses.clone()), "2 of (a, \"MATH 101\", c)"),
            (
                "7.5 credits of (a; MATH 101; c)",
                credits("7.5".parse::<Amount>().unwrap()).from(courses.clone()),
                "7.5 credits from (a, \"MATH 101\", c)",
            ),
            ("40 hours from (a, MATH 101, c)", hours(40).from(courses), "40 hours from (a, \"MATH 101\", c)"),
            ("2 of (a or b, c)", at_least(2).from([any_of(["a".into(), "b".into()]), "c".into()]), "2 of (a or b, c)"),
            (
                "\"say \\\"x\\\\\" or 2 of a",
                any_of(["say \"x\\".into(), "2 of a".into()]),
                "\"say \\\"x\\\\\" or \"2 of a\"",
            ),
        ] {
            let read = RuleText::read(text, 9).unwrap();
            assert_eq!(read.requirement, rule, "{text}");
            assert_eq!(written_rule(&rule).unwrap(), written);
            assert_eq!(RuleText::read(written, 9).unwrap().requirement, rule, "{text}");
        }
        let read = RuleText::read("(é or MATH  101)", 9).unwrap();
        let due = [NamedId { id: "é".to_owned(), span: 1..3 }, NamedId { id: "MATH 101".to_owned(), span: 7..16 }];
        assert_eq!(read.named, due);
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        for (text, place, message) in [
            ("a and b or c", "or", "`and` and `or` stand side by side, and which belongs together is not said"),
            ("a, b", ",", "a comma says neither `and` nor `or`"),
            ("MATH 101 (or 102)", "(", "`and` or `or` is missing before this"),
            ("(a or b", "(", "this parenthesis does not close"),
            ("a or b)", ")", "no parenthesis opens for this one"),
            ("a or", "", "an id is due after `or`"),
            ("and a", "and", "an id is due here"),
            ("a and ()", "()", "nothing stands in these parentheses"),
            ("\"a", "\"a", "this id in quotes does not end"),
            ("2.5 of (a, b)", "2.5", "how many of them is a whole number, such as `2 of (a, b, c)`"),
            ("2.505 credits from (a)", "2.505", "`2.505`: an amount has at most two decimal places"),
            ("2 of (a b, )", ")", "an id is due after `,`"),
            ("((((a))))", "(", "more than 3 parentheses are open here"),
        ] {
            let found = RuleText::read(text, 3).unwrap_err();
            assert_eq!((&text[found.primary.span], found.message.as_str()), (place, message));
        }
        assert!(RuleText::read(&"(".repeat(1 << 20), 36).is_err());
    }
}
