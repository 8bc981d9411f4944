//! The kinds of faults and findings: names that stay as they are, and what they mean.

use crate::value::names::by_name;

macro_rules! codes {
    (
        faults { $($(#[$fault_doc:meta])* $fault:ident = $fault_name:literal: $fault_text:literal,)* }
        findings { $($(#[$doc:meta])* $name:ident = $code:literal: $explanation:literal,)* }
    ) => {
        /// The kind of a [`Diagnostic`](crate::Diagnostic): a stable, readable name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$fault_doc])* $fault,)*
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$fault,)* $(Self::$name),*];
            /// The codes of faults that make an input unusable.
            pub const FAULTS: &'static [Self] = &[$(Self::$fault),*];
            /// The codes of what [`Catalog::check`](crate::Catalog::check) finds.
            pub const FINDINGS: &'static [Self] = &[$(Self::$name),*];

            /// The stable name, such as `unknown-credential`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$fault => $fault_name,)*
                    $(Self::$name => $code,)*
                }
            }

            /// A paragraph on what the code means and how to mend what it reports.
            #[must_use]
            pub const fn explain(self) -> &'static str {
                match self {
                    $(Self::$fault => $fault_text,)*
                    $(Self::$name => $explanation,)*
                }
            }
        }
    };
}

codes! {
    faults {
    /// The text is not TOML, or not the format that it is imported from.
    Syntax = "syntax":
        "The text is not valid TOML, or not valid in the format that it is imported from, so nothing in it was read. \
        Syntax errors are reported alone: mend them first, and what else is wrong is told next time.",
    /// One key is given twice.
    DuplicateKey = "duplicate-key":
        "A table gives the same key twice, or an id is defined twice. TOML allows each key once; keep one of the two.",
    /// A key that means nothing here.
    UnknownKey = "unknown-key":
        "A key that means nothing in this place. It is an error and never ignored: a misspelt `exclude` must not \
        turn into no exclusion at all.",
    /// A key that has to be there is not.
    MissingKey = "missing-key":
        "Something needs a key that is not there, such as `from` beside `credits`.",
    /// A value of another type than the key takes.
    WrongType = "wrong-type":
        "A value has another type than its key takes, such as a number where a list is due.",
    /// A value of the right type that the key does not take.
    InvalidValue = "invalid-value":
        "A value has the right type but not a meaning, such as a status that does not exist or a level that is not a \
        whole number.",
    /// A number that is not an exact amount.
    InvalidAmount = "invalid-amount":
        "Credits, hours and money are exact decimals: not negative, at most two decimal places, at most ten million, \
        no exponent.",
    /// A date that is not a plain calendar date.
    InvalidDate = "invalid-date":
        "A date is written as TOML's local date, `2026-11-22`, without quotes, time or time zone, and must be a day \
        that exists.",
    /// A length of time that is none.
    InvalidPeriod = "invalid-period":
        "A length of time is a whole number and a unit in quotes: `\"3 years\"`, `\"18 months\"`, `\"12 weeks\"`, \
        `\"10 days\"`; or a table with such a `period`, and `to` for the day of the calendar on which it ends.",
    /// A grade that the catalog's scale does not have.
    InvalidGrade = "invalid-grade":
        "A grade condition names a grade of the catalog's `grades`, listed there from worst to best. In a catalog \
        without `grades`, grades are numbers.",
    /// An id that is empty, too long, or holds control characters.
    InvalidId = "invalid-id":
        "An id is not empty, not longer than the limit, has no white space at its ends, and holds no control \
        characters or characters that change the direction of text.",
    /// A rule names a credential that the catalog does not have.
    UnknownCredential = "unknown-credential":
        "A rule names a credential that the catalog does not define. Define it as `[credential.ID]` or correct the \
        name; a rule that names nothing cannot be judged.",
    /// A rule names a pool that the catalog does not have.
    UnknownPool = "unknown-pool":
        "`from`, or a `pool` in a list, names a pool that the catalog does not define. Define it as `[pool.NAME]`, or \
        write the members as a list.",
    /// Pools that are made of each other.
    CyclicPool = "cyclic-pool":
        "A pool is made of itself, directly or through other pools, so it has no members that could be listed.",
    /// A group that states no operator, or two.
    AmbiguousRequirement = "ambiguous-requirement":
        "A requirement says exactly one of `credential`, `all_of`, `any_of`, `at_least`, `credits`, `hours` (or \
        `up_to` inside a sum). With none or two of them it has no meaning.",
    /// A part that a credit or hour sum cannot add up, or `up_to` outside a sum.
    InvalidPart = "invalid-part":
        "The parts of a `credits` or `hours` sum are credentials and `up_to` groups, because only these carry an \
        amount; and `up_to` has a meaning only inside such a sum.",
    /// `valid_for = "while-components"` on a credential without a stack.
    NoComponents = "no-components":
        "`valid_for = \"while-components\"` lets an award stay current while the credential's stack is met, so the \
        credential needs a `stack`.",
    /// A corequisite of a credential with a stack.
    ConferredCorequisite = "conferred-corequisite":
        "A corequisite is met before a credential is begun, or by what is begun together with it. What has a `stack` \
        is not begun but conferred, so there is nothing to begin together. What has to be held before is a \
        `prerequisite`; what earns it is a component.",
    /// The input is larger than a limit.
    LimitExceeded = "limit-exceeded":
        "The input is larger than one of the limits, which protect a service from hostile input. Raise the limit if \
        the source is trusted (`Limits::large()` is ready-made).",
    }
    findings {
    /// A group asks for more parts than can ever be met.
    ImpossibleCount = "impossible-count":
        "A group asks for more of its parts than it has, or than can ever be met. Ask for fewer, or list more. Where \
        the group is all that stands between a learner and the credential this is an error; inside a choice, where \
        another option remains, a warning.",
    /// A sum asks for more credits or hours than its members can carry.
    ImpossibleAmount = "impossible-amount":
        "A sum asks for more credits or hours than all its members carry together, each counted once, `up_to` groups \
        no further than their caps. Lower the amount, raise a cap, or list more members.",
    /// A group asks for an average that no grade reaches.
    ImpossibleAverage = "impossible-average":
        "A group asks for an average above the points of the best grade, so it cannot be met whatever is achieved. Ask \
        for less, or correct `grade_points`. An error where the group is all that stands between a learner and the \
        credential; inside a choice, where another option remains, a warning.",
    /// A group asks for an average that every grade reaches.
    VacuousAverage = "vacuous-average":
        "A group asks for an average that no grade which counts there falls below. All that it asks for is that awards \
        have a grade with points. Ask for more, or leave it out.",
    /// A place whose conditions no award meets.
    ImpossibleCondition = "impossible-condition":
        "A place in a rule asks for awards that nobody can have: made by other issuers than the one that awards the \
        credential, made after the day of the check or on no day at all, or held for longer than they last. Correct \
        the condition, the issuer or the validity. Where everything depends on the place this is an error; elsewhere \
        a warning.",
    /// A member of a credit sum that carries no credits.
    IdleMember = "idle-member":
        "A sum of credits lists a credential that carries none, so it adds nothing unless an award records credits \
        of its own. Say how many it carries, or leave it out.",
    /// A group lists the same member twice.
    RepeatedMember = "repeated-member":
        "A group lists the same credential twice, or one and its equivalent. One award fills both places of a count, \
        and adds once to a sum, so the list is shorter than it looks: `2 of 9` with one of the nine listed twice is \
        2 of 8.",
    /// A rule names the credential that it belongs to.
    SelfReference = "self-reference":
        "A rule of a credential names the credential itself. Nobody has it before having it, so the part can never \
        be met when the credential is first earned.",
    /// A requirement that is met by nothing at all.
    VacuousRequirement = "vacuous-requirement":
        "A requirement is met without any award: an empty `all_of`, `at_least = 0`, or `credits = 0`. A stack like \
        that awards its credential to everybody; elsewhere the part has no effect.",
    /// No choice of parts carries exactly the declared credits.
    UnreachableTotal = "unreachable-total":
        "A conferred credential declares credits, its stack is a choice of credits, and no choice that meets it \
        without a part to spare carries exactly the declared amount. Either the declared amount or the parts are \
        wrong.",
    /// The declared credits are not those of the parts.
    UnequalTotal = "unequal-total":
        "A conferred credential declares credits, and all of its parts together carry another amount: less than \
        declared, so that the stated total cannot be reached; or more than declared although every part is needed. \
        Its hours are those of claiming it, so they are not compared.",
    /// A component has a higher level than the credential it counts towards.
    LevelInversion = "level-inversion":
        "A component that the credential cannot be earned without has a higher level in the framework than the \
        credential itself. One of the two levels is likely to be wrong.",
    /// No rule uses the pool.
    UnusedPool = "unused-pool":
        "No rule takes its members from the pool, directly or through another pool. Remove it, or name it by `from`.",
    /// A credential tagged as a component that nothing uses.
    UnusedComponent = "unused-component":
        "A credential has the tag `component`, and no rule names it, selects it, or names something that it counts \
        as. Remove the tag, or list it where it belongs.",
    /// A stack that confers nothing.
    IdleStack = "idle-stack":
        "A stack has no effect: everybody who meets it holds the credential already, because a part of it counts as \
        the credential itself, or is equivalent to it.",
    /// Equivalents that carry different credits or hours.
    UnequalEquivalents = "unequal-equivalents":
        "Credentials are said to be equivalent and carry different credits or hours. Which amount counts then \
        depends on which of them a rule names. State one amount for all, or use `counts_as` in one direction.",
    /// Nobody stated an amount that others of the kind have.
    MissingAmount = "missing-amount":
        "Credentials state no cost, or no hours, where others of their type have one. What is not stated is not zero: \
        it adds nothing to the sums that plans minimise, and their totals say `at least`. State the amount; `0` says \
        that there is none.",
    /// Parts overlap, and it is not said whether one award may count for several.
    UnstatedDistinct = "unstated-distinct":
        "Parts of one group share members, and `distinct` is not stated: one award may count for several of them. \
        Say `distinct = true` if each part needs an award of its own, `distinct = false` if one may serve both.",
    /// A sum adds up a credential and its own components.
    PooledComponents = "pooled-components":
        "A sum lists a conferred credential and components of its stack: whoever earns the credential adds both its \
        credits and those of its parts. Leave one of the two out if that is not meant.",
    /// Two credentials ask for exactly the same.
    CopiedStack = "copied-stack":
        "Two credentials are awarded for exactly the same, and neither counts as the other. Most likely one was copied \
        under a new id and never changed: mend it; or say `equivalent` or `counts_as`, if one is to be the other.",
    /// A policy on sharing that limits nothing.
    IdleSharing = "idle-sharing":
        "A policy on sharing limits nothing: no stack is of a type that it names, its filter selects no award, or \
        another policy on the same types allows no more. Most likely a type is misspelt, or was changed elsewhere.",
    /// A length of validity that has no effect.
    IdleValidity = "idle-validity":
        "A conferred credential has a length of validity, but nobody is ever told so: as long as its stack is met, \
        the learner qualifies again. It has an effect only where the components lapse or the credential must be \
        claimed.",
    /// Nobody can ever earn the credential.
    Unearnable = "unearnable":
        "From nothing, and whatever is chosen, nobody can ever earn the credential. The finding names a smallest \
        cause: rules, exclusions or closed offerings which together suffice, and none of which can be left out.",
    /// Nobody can ever meet what a renewal requires.
    ImpossibleRenewal = "impossible-renewal":
        "What a renewal requires can be met by nobody, whatever they earn, so the credential can only be taken again. \
        Ask for less, or for what can be had.",
    /// Credentials that need each other, so that none can be first.
    BlockingCycle = "blocking-cycle":
        "Each of these credentials needs another of them before it can be earned, and no alternative leads round. \
        None can be the first, so none can be earned. Drop one of the needs, or offer another way to meet it.",
    /// Credentials that name each other, with a way round.
    HarmlessCycle = "harmless-cycle":
        "These credentials name each other in a circle, but each can be earned, because an alternative leads round. \
        The finding gives an order. Nothing has to be done.",
    /// Something depends on what cannot be earned.
    FollowingFault = "following-fault":
        "The credential cannot be earned only because it depends on others that cannot, for reasons told at their \
        place. Mend those.",
    /// A credential needs two others that exclude each other.
    ContradictoryExclusion = "contradictory-exclusion":
        "Everybody who earns the credential has to take two credentials that exclude each other, or one that \
        excludes the credential itself. Drop the exclusion or one of the needs.",
    /// Two credentials that can never both be taken, although neither excludes the other.
    StrongConflict = "strong-conflict":
        "Each of the two can be earned, but whoever earns one closes the other, through exclusions further down. If \
        that is meant, say so by `excludes`; otherwise mend the exclusion that causes it.",
    /// A choice that closes the target for good.
    DeadEnd = "dead-end":
        "Taking the credential is possible, and makes a declared target impossible, although a learner on the way to \
        the target could take it. Tell learners, or mend the exclusion that causes it.",
    /// An option that nobody can ever use.
    DeadOption = "dead-option":
        "An option of a choice can never be met by anybody who earns the credential. Others remain, so the \
        credential can be earned, but the option promises what is not there.",
    /// An option that everybody has anyway.
    FalseChoice = "false-choice":
        "A choice offers an option that everybody who earns the credential has to have for another reason, so the \
        choice is always decided already. List it as required, or choose among the others. If it can lapse or has to \
        be recent, this is a note: the choice is one for those to whom it no longer counts.",
    /// An option that is never needed beside another.
    ShadowedOption = "shadowed-option":
        "Whoever meets this option of a choice also meets another one of the same choice, so the option decides \
        nothing, unless the other one has lapsed since. It may be left out.",
    /// A requirement that the others imply.
    RedundantRequirement = "redundant-requirement":
        "Whoever meets the other requirements meets this one too, because they need it themselves. It may be kept \
        for people to read, or because it has to be current still; else leaving it out changes nothing.",
    /// An option that is never the cheapest.
    DearerOption = "dearer-option":
        "No cheapest way to the credential, for a learner who begins with nothing, uses the option: even the \
        cheapest way with it costs more. Looked for only on request.",
    /// A component lapses before the stack can be finished.
    LapsesTooSoon = "lapses-too-soon":
        "A component stays current for less time than it takes to earn, after it, what needs it or what has to be \
        current with it, what is not offered in between waited for; nor can it be renewed in time on the \
        terms that are stated for that. Whoever earns it first can never finish in time. Lengthen the validity, or \
        shorten or reorder what comes between.",
    /// A component that is not offered any more, or not yet.
    ClosedComponent = "closed-component":
        "A rule names a credential that is not offered on the date of the check: its offering is over, or has not \
        begun. Holders still count; new learners cannot earn it now.",
    /// A validity or offering without a single day.
    EmptyValidity = "empty-validity":
        "A validity of no length, an offering that ends before it begins, or a validity that runs beyond the \
        calendar. No award of it is ever current, or nobody can ever begin it.",
    /// Parts that need more different awards than there are.
    ImpossibleDistinct = "impossible-distinct":
        "The parts of a distinct group cannot be met by different awards even if a learner holds everything: some of \
        them together want more awards than there are to fit them. The finding names those parts and those awards.",
    /// A `distinct` that never makes a difference.
    NeedlessDistinct = "needless-distinct":
        "No award fits two parts of the group, so `distinct = true` never changes an answer. It may be kept for \
        people to read.",
    }
}

by_name!(Code, "code", Self::ALL);
