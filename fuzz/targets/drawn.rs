//! Small catalogs and records drawn from bytes: whatever the bytes are, something can be asked of them, and a byte that
//! changes changes little.

use credpath::rules::{all_of, any_of, at_least, credential, credits, filter, hours, up_to};
use credpath::{
    Award, AwardStatus, CatalogDocument, CredentialDocument, Date, ExceptDocument, FilterDocument, GradePoints,
    LearnerRecord, RequirementDocument, SharingDocument, TermDocument, Verification,
};

const IDS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const GRADES: [&str; 3] = ["C", "B", "A"];
const PERIODS: [&str; 4] = ["1 year", "2 years", "6 months", "90 days"];

/// Bytes that are used up; after the last of them, all is nought.
pub(super) struct Bytes<'d>(pub(super) &'d [u8]);

impl Bytes<'_> {
    pub(super) fn next(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// A number below this.
    pub(super) fn below(&mut self, end: u8) -> u8 {
        self.next() % end
    }

    /// True in one of so many cases, and not when the bytes are used up.
    pub(super) fn one_in(&mut self, cases: u8) -> bool {
        self.below(cases) == cases - 1
    }

    fn of<T: Clone>(&mut self, choice: &[T]) -> T {
        choice[usize::from(self.next()) % choice.len()].clone()
    }

    /// A day of few, so that days meet.
    pub(super) fn day(&mut self) -> Date {
        let (year, month) = (2022 + u16::from(self.below(5)), 1 + self.below(12));
        Date::new(year, month, if self.one_in(4) { 28 } else { 1 }).expect("a day of any month")
    }
}

/// A catalog of few credentials.
pub(super) fn document(bytes: &mut Bytes<'_>) -> CatalogDocument {
    let ids = &IDS[..2 + usize::from(bytes.below(6))];
    let mut document = CatalogDocument::default();
    document.header.grades = GRADES.map(str::to_owned).to_vec();
    for (grade, points) in GRADES.iter().zip(["1", "2.5", "4"]) {
        document.header.grade_points.insert((*grade).to_owned(), points.parse::<GradePoints>().expect("points"));
    }
    if bytes.one_in(6) {
        document.header.equivalent = vec![vec![bytes.of(ids).to_owned(), bytes.of(ids).to_owned()]];
    }
    for id in ids {
        document.credentials.insert((*id).to_owned(), described(bytes, ids));
    }
    if bytes.one_in(6) {
        let mut sharing = SharingDocument::default();
        sharing.between = ["t".to_owned(), "t".to_owned()];
        sharing.max_awards = Some(u32::from(bytes.below(2)));
        document.sharing.push(sharing);
    }
    document
}

fn described(bytes: &mut Bytes<'_>, ids: &[&str]) -> CredentialDocument {
    let mut credential = CredentialDocument::default();
    credential.credits = Some(u16::from(bytes.below(4)).into());
    credential.cost = Some(u16::from(bytes.below(6)).into());
    credential.hours = bytes.one_in(2).then(|| u16::from(bytes.below(9)).into());
    credential.kind = bytes.one_in(3).then(|| "t".to_owned());
    credential.tags = if bytes.one_in(2) { vec!["x".to_owned()] } else { Vec::new() };
    let flags = bytes.next();
    if flags & 1 != 0 {
        credential.stack = Some(requirement(bytes, ids, 2));
    }
    if flags & 2 != 0 {
        credential.prerequisite = Some(requirement(bytes, ids, 1));
    }
    if flags & 12 == 12 {
        credential.corequisite = Some(requirement(bytes, ids, 1));
    }
    if flags & 48 == 48 {
        let term = if bytes.one_in(4) { "while-components" } else { bytes.of(&PERIODS) };
        credential.valid_for = Some(TermDocument::from(term));
    }
    if flags & 192 == 192 {
        match bytes.below(5) {
            0 => credential.excludes = vec![bytes.of(ids).to_owned()],
            1 => credential.counts_as = vec![bytes.of(ids).to_owned()],
            2 => credential.renews = vec![bytes.of(ids).to_owned()],
            _ => credential.repeatable = Some(true),
        }
    }
    credential
}

fn members(bytes: &mut Bytes<'_>, ids: &[&str], depth: u8) -> Vec<RequirementDocument> {
    (0..=bytes.below(3)).map(|_| requirement(bytes, ids, depth)).collect()
}

fn requirement(bytes: &mut Bytes<'_>, ids: &[&str], depth: u8) -> RequirementDocument {
    let needed = 1 + u16::from(bytes.below(3));
    let below = depth.saturating_sub(1);
    let drawn = match if depth == 0 { 0 } else { bytes.below(9) } {
        1 => all_of(members(bytes, ids, below)),
        2 => any_of(members(bytes, ids, below)),
        3 => at_least(u32::from(needed)).from(members(bytes, ids, below)),
        4 => credits(needed).from(members(bytes, ids, below)),
        5 => hours(needed).from(members(bytes, ids, below)),
        6 => {
            let mut parts = members(bytes, ids, below);
            parts.push(up_to(needed).from(members(bytes, ids, 0)));
            credits(needed).from(parts)
        }
        7 => {
            let mut tagged = FilterDocument::default();
            tagged.tags = Some(vec!["x".to_owned()]);
            tagged.except = Some(Box::new(ExceptDocument::Credentials(vec![bytes.of(ids).to_owned()])));
            at_least(u32::from(needed)).from(filter(tagged))
        }
        _ => {
            let named = credential(bytes.of(ids));
            return conditioned(bytes, named);
        }
    };
    let drawn = if bytes.one_in(4) { drawn.distinct() } else { drawn };
    let drawn = if bytes.one_in(6) { drawn.span(bytes.of(&PERIODS)) } else { drawn };
    conditioned(bytes, drawn)
}

fn conditioned(bytes: &mut Bytes<'_>, drawn: RequirementDocument) -> RequirementDocument {
    match bytes.below(12) {
        1 => drawn.within(bytes.of(&PERIODS)),
        2 => drawn.since(bytes.day()),
        3 => drawn.until(bytes.day()),
        4 => drawn.held_for(bytes.of(&PERIODS)),
        5 => drawn.grade(bytes.of(&GRADES)),
        6 => drawn.lapsed(),
        _ => drawn,
    }
}

/// A record of few awards.
pub(super) fn record(bytes: &mut Bytes<'_>) -> LearnerRecord {
    let awards = (0..bytes.below(7)).map(|_| {
        let mut award = Award::new(bytes.of(&IDS));
        award.awarded = (!bytes.one_in(4)).then(|| bytes.day());
        award.grade = bytes.one_in(2).then(|| bytes.of(&GRADES).to_owned());
        let flags = bytes.next();
        if flags & 3 == 3 {
            let (completed, revoked) = (AwardStatus::Completed, AwardStatus::Revoked);
            award.status = bytes.of(&[completed, AwardStatus::InProgress, AwardStatus::Planned, revoked]);
            award.revoked_on = (award.status == revoked).then(|| bytes.day());
        }
        if flags & 12 == 12 {
            award.verification = bytes.of(&[Verification::Unchecked, Verification::Verified, Verification::Failed]);
        }
        if flags & 48 == 48 {
            award.valid_until = Some(bytes.day());
        }
        award
    });
    LearnerRecord { awards: awards.collect(), ..LearnerRecord::default() }
}
