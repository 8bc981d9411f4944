//! A naive reference for the rules of `semantics.md`, sections 1 to 5 and 7.1 to 7.5, and for what is implied (8.1),
//! to compare the engine with.
//!
//! It shares nothing with the engine: its own types ([`model`], [`dates`]), an evaluator that follows the contract by
//! plain recursion and brute force ([`evaluate`]), a writer of the TOML input format ([`write`]), plans by trying
//! every set of steps ([`plan`], and [`plan_sharing`] under policies), strategies for small catalogs and records that
//! reach the awkward corners ([`generate`]), what the checks of a catalog find by trying every set of credentials
//! ([`check`], [`findings`], [`walks`]; [`versions`] compares two catalogs; [`implied`] asks records what a part is
//! good for), with catalogs for that ([`catalogs`], [`small`]), and lists of what a case exercises ([`features`],
//! [`probes`], [`probes_of_plans`]) by which tests make sure that they are reached.
//!
//! # Two editions
//!
//! The second edition of the contract is divided into features ([`edition`]), each with a switch; what is off is
//! neither drawn ([`weave`]) nor evaluated, so that the engine can take them up one by one. A catalog of the model
//! carries the features by which it is read. Tests of the reference by itself have all of them on.
//!
//! Covered: held set, status, `qualified`, `qualified_since`, `valid_until`, with qualification counting, in every
//! view; `distinct`, waivers, substitutions; sharing and `claims`; plans (7.1 to 7.5). Not covered: witnesses and
//! gaps, schedules, renewals (7.9), next steps and alternatives. Of corequisites
//! checks know only who can be earned; nothing of renewals by another, several windows, and conditions on how long
//! something was held.
//! `Undecided` never comes from here: everything is searched.
//!
//! # Choices
//!
//! Where the contract is silent or can be read in two ways, the reference does this:
//!
//! 1. (1) Overlapping `equivalent` sets merge: being one and the same is transitive.
//! 2. (5.2) A set of equivalents is repeatable if any member is; then each award of any of them is a unit of its own,
//!    and any of them is a member that adds once per award.
//! 3. (2.2) The same credential written twice in a sum is one member, like two equivalents.
//! 4. (2.2) A repeatable member that is written in several places of one sum may have one award counted in one place
//!    and another award in another ("once per award … that serve best").
//! 5. (2.2) "Member" goes by the name in the rule, "unit" by the credential of the award. Two awards of a repeatable
//!    credential that counts as a non-repeatable member add to that member once; awards of two credentials that both
//!    count as a repeatable member both add to it.
//! 6. (2.2) A unit adds by one of its awards, any of them that meets the conditions.
//! 7. (2.2) `hours` of a conferred credential: the `hours` of the name in the rule, as for any other; the hours behind
//!    it are not added up.
//! 8. (4.1, 5.2) The award by qualification belongs to the same unit as issued awards of a non-repeatable credential,
//!    and is one more unit for a repeatable one.
//! 9. (5.1) `at_least` counts parts as written: a credential listed twice, or listed beside an equivalent, fills two
//!    parts with one award.
//! 10. (2.3) Several keys of a filter must all match; within `tags` and `issuer` any listed value does. A credential
//!     without a level, or without an issuer, does not match a filter on it. `type = "MicroCredential"` matches
//!     credentials that state no type. "Never the credential whose rule it stands in" excludes that id only, not its
//!     equivalents; a pool is resolved for each rule that uses it.
//! 11. (2.5) `span` looks at the awards chosen for all leaves below the group, however deep; a conferred part is one
//!     award with its own date. Only the parts needed are chosen (any `n` of an `at_least`, any assignment of a sum
//!     that reaches the amount), and in a sum an award may be left out. `span` on `up_to` is about the awards counted
//!     under it. A group that needs no award meets any span. A single undated award does not. A waived part needs no
//!     award.
//! 12. (2.5) "Shortest `within`" and so on: every condition on the way must hold for the award.
//! 13. (2.5) A grade that is not in `grades`, a number in a catalog with `grades`, or a text in one without, meets no
//!     grade condition, as if there were no grade.
//! 14. (2.5) An award without issuer has the issuer of the credential it is an award of, not of the name it is counted
//!     under; if neither is given no `issuer` condition is met.
//! 15. (2.5, 3.2) `lapsed = true` also counts an award whose `valid_until` lies before its `awarded` date; such an
//!     award was never current, so it does not make a credential Lapsed.
//! 16. (3.1) `valid_for` does not end an undated award. An undated `while-components` award is as if awarded before
//!     every date.
//! 17. (3.3) An award of a `while-components` credential is not current before it was awarded either. Its own
//!     `valid_until` comes on top of its components, it does not replace them.
//! 18. (4.1) The award by qualification is there for a Held credential too.
//! 19. (4.2) "An award under any of its names": an award that counts as the credential by 3.4; not an award of
//!     something which this credential counts as.
//! 20. (4.2) InProgress looks at no date of the in-progress award.
//! 21. (4.2) Lapsed: only awards that count by 3.1; "once" is some day on or before the as-of date.
//! 22. (4.2) Unattainable: a completed in-progress award keeps its own amounts, issuer and `valid_until`, and is
//!     completed even if the offering is over; only its date and grade change. Planned awards and completed ones dated
//!     later do not count there.
//! 23. (4.2) Unattainable: a conferred credential contributes its ungraded award by qualification whether offered or
//!     not; if its offering is not over it is also claimed ("everything"): an award with a sufficient grade, claimed
//!     without end if it is repeatable. So whatever a plan (7.5) can reach is attainable.
//! 24. (4.2) Unattainable: an offering that has yet to begin is not over; an empty window (`from` after `until`) is
//!     always over (2.6).
//! 25. (4.2) Unattainable: "dated as-of" is taken literally: `since` in the future is met by none.
//! 26. (4.2) Started: a leaf holds by the conditions on awards that apply to it (its own and those of the groups
//!     around it), also in a group whose `span` or `distinct` is not met, or that is waived.
//! 27. (4.5) "Known at the as-of date": awards dated later are unknown on later days too. On an earlier day d, only
//!     awards dated on or before d (or undated) are there.
//! 28. (4.5) The requirements of a conferred credential are its prerequisite and its stack together, and the held set
//!     is that of the day in question.
//! 29. (2.2) A sum of 0 needs no award and is always met, as an empty `all_of` and `at_least = 0` are; an empty
//!     `any_of` is never met.
//!
//! Distinct counting:
//!
//! 30. (5.1) A part of a distinct group gets whole units (5.2), and any award of each of them that serves it; no unit
//!     goes to two parts. Within a part one unit may fill several slots, unless it is distinct itself; a part that is
//!     a sum has spent the units that it counts, also those that overshoot.
//! 31. (5.1) A part that needs no award (a sum of 0, `at_least = 0`, an empty `all_of`) uses no unit.
//! 32. (5.2) What is a unit goes by the credential of the award, never by the name it is counted under. The award by
//!     qualification is as in 8.
//! 33. (4.2, 5.1) Unattainable: what is repeated without end serves every part; an in-progress award of a repeatable
//!     credential is one unit; whatever is taken or claimed of a non-repeatable one is in the unit of its issued
//!     awards.
//! 34. (2.4, 5.1) `distinct` on a sum or `up_to` adds nothing to 2.2; on an `any_of` it has no effect.
//!
//! Waivers and substitutions:
//!
//! 35. (3.7) A component is waived in every leaf of the credential's stack, written, from a pool or from a filter,
//!     that names it or an equivalent of it; not in the prerequisite. `requirement = "prerequisite"` waives all of the
//!     prerequisite. A group's name is looked for in both rules.
//! 36. (3.7) What is waived is satisfied on every date and whatever is supposed, whatever its conditions, and uses no
//!     unit. In a sum or `up_to` a waiver adds nothing; a sum can be waived, a named `up_to` cannot.
//! 37. (3.7, 4.2) Started: a waived leaf holds, also one in a sum; a waived group is no leaf, but the leaves below it
//!     are looked at as ever.
//! 38. (3.6) A substitution is a `counts_as` of one record, from `use` to `for`: what counts under the name `use`
//!     counts under `for` and whatever `for` counts as. It merges no units. `within` limits it to the leaves in the
//!     two rules of that credential, where it chains with those that hold everywhere and those within the same one; it
//!     changes no status but by those rules. One that holds everywhere is like `counts_as` for statuses too (19).
//! 39. (3.6) An award of an id that the catalog does not know counts only by substitutions that use this id. All
//!     awards of it are one unit. It has no issuer but its own, and ends only with its own `valid_until`. Without an
//!     own amount it adds that of the `for` of any substitution of its id by which it counts in that place, whichever
//!     serves best, even if the rule names another credential. An award of a known id adds the amount of the
//!     credential that the rule names, as ever.
//! 40. (3.6, 3.7) What has no place does nothing: unknown credential or group name, no prerequisite, a component that
//!     the stack does not name, `for` or `within` unknown to the catalog (even if the id of `for` is `use` of another
//!     one).
//!
//! Views:
//!
//! 41. (3.8) In the view with in-progress those awards are completed ones dated on the as-of date, with a sufficient
//!     grade, their own amounts, issuer and `valid_until`; else they last as long as the credential says, from that
//!     date. In the view with planned the planned ones are so too. On earlier days they are not there (27). They are
//!     in progress no longer; one whose `valid_until` lies before the as-of date makes nothing Held or InProgress.
//! 42. (3.8, 4.2) Unattainable supposes the in-progress awards that the view does not assume (all in the earned view),
//!     and planned ones never.
//!
//! Claims, in the earned view:
//!
//! 43. (5.5) A target is a candidate if it is conferred, its prerequisite and stack are met, and no issued award of
//!     exactly this id is current. Other targets, unknown ones and repetitions are passed over.
//! 44. (5.5) Fixed claims are the conferred credentials of which an issued award of exactly this id is current and
//!     whose type stands in some policy, targets or not.
//! 45. (5.5) A claim uses the units of one way to satisfy its stack, out of the held set without its own award by
//!     qualification (and without what rests on that); its prerequisite and what is waived use nothing. A fixed claim
//!     whose stack is not satisfied in this sense uses nothing; its prerequisite is not asked for.
//! 46. (5.5) Every policy between the two types limits what two claims share, also between two of the same type; two
//!     fixed claims are not judged. Units are the same unit in two claims by 5.2, whichever awards of it serve.
//! 47. (5.5) The credits of a unit are the most that one of its awards has that are current in the whole held set: its
//!     own, else those of its credential; of an unknown id the most of any `for` of its substitutions, within
//!     whatever. A unit of none but lapsed awards has 0.
//! 48. (5.5) The answer has the most targets; among those the most declared credits in sum; among those the list of
//!     ids that comes first.
//!
//! # Choices in the second edition
//!
//! They go before those above where the two differ: 49 goes before 9, 60 before 14, 66 before 35, 79 before 44 and 45.
//!
//! Counting and filters:
//!
//! 49. (2.2) In `at_least`, "member" and "unit" are as in sums (2 to 6): a member goes by the name in the rule, a unit
//!     by the award. A leaf written twice, also under other conditions, is one member, filled by whichever place
//!     serves best.
//! 50. (2.2, 3.7) A waiver never displaces evidence: it fills a repeatable member once more, beside its awards; any
//!     other member once, where no award does.
//! 51. (2.2, 5.1) `distinct` on `at_least` keeps groups apart from each other and from the leaves; leaves are apart
//!     anyway. A repeatable member is filled once per award there, too.
//! 52. (2) `{ pool = … }` and `{ filter = … }` stand in any list, also of a pool; a waiver of a component reaches
//!     their leaves.
//! 53. (2.3) `except = { … }` leaves out whatever matches its keys, conferred credentials too, though a filter by
//!     itself would not select those. `except = [id]` leaves out that id, not its equivalents. A credential without
//!     credits has 0.
//!
//! Terms and conditions:
//!
//! 54. (1.2) Months that are too short only move the last day of a period: `within`, `held_for` and `span` without an
//!     end still reckon by the date plus the period, cut at the month's end, as 2.5 writes it.
//! 55. (1.2) With an end, `within` holds through that end, which is looked for from the period's own last day, a day
//!     before the date plus the period; so where that day is an end, `within` is a day shorter than without one.
//!     `held_for` is met from the day after the end.
//! 56. (1.2) `"02-29"` is the last day of February in every year.
//! 57. (3.1) An undated award "counts as awarded before every date", so it meets `until` and `held_for`.
//! 58. (2.5, 4.2, 7.5) Supposed awards are dated as-of, literally: `held_for` is met by none of them, so what only
//!     time brings is Unattainable as of that day, and in no plan.
//! 59. (2.5) Whether a grade on a group reaches a leaf goes by the credential that the leaf names, not by that of the
//!     award.
//! 60. (2.5) A supposed award (4.2, 7.5, a view) of a credential without an issuer is by whichever issuer is asked
//!     for, in every place, as it has whichever grade; unless the award in progress names one. An award that is there
//!     and one by qualification have no issuer then, and meet no `issuer` condition. Nested lists without a common
//!     issuer are met by none.
//!
//! Averages (2.7):
//!
//! 61. In `at_least`, only the awards that fill leaves are averaged; parts that are groups count without points. The
//!     mean of nothing (all is waived, or none is needed) is good enough.
//! 62. Under an `up_to` that is full, the learner says which awards add: those with the most points, the last of them
//!     in part. Elsewhere an award adds whole, or is not chosen.
//! 63. A supposed award has the most points of `grade_points`; where grades are numbers, more than any average.
//!
//! Records:
//!
//! 64. (3) Two awards with one `id` are the same; what differs between them does not matter here (the first is taken).
//!     An award that is `failed`, and with the option every one that is not `verified`, is not there at all, in
//!     progress or not.
//! 65. (3) A revoked award with `revoked_on` counts on every day before that, also where the revocation is later than
//!     the as-of date: then what rests on it ends the day before. From that day on it is gone, also for `lapsed`. It
//!     makes a credential Lapsed if it was current once.
//! 66. (3) A component is waived in prerequisite, corequisite and stack alike. A waiver holds through its `until` and
//!     on all days before.
//! 67. (1) `ids` are understood in all of a record (awards, waivers, substitutions), not in rules; an award under such
//!     an id is one of a known credential.
//!
//! Begun together, renewal by another, windows:
//!
//! 68. (4.6) The awards that are added to try a corequisite confer nothing and wake no `while-components` award. They
//!     are dated as-of with a sufficient grade. Who begins together must all be offered: on the as-of date for
//!     Eligible, not over for what is supposed. A corequisite of a conferred credential has no effect.
//! 69. (4.6, 7) In plans a set may grow by a smallest group that can only be begun together.
//! 70. (3.9) What is renewed has to be current by an award in the record, of just that credential or an equivalent;
//!     what counts as it, or qualifies for it, will not do. An undated award renews nothing.
//! 71. (3.9) The award is one of the renewed credential with its own date, grade and issuer, but with the amounts of
//!     the renewed credential; it is in the unit of that. Its last day is the later of the two ends; without one if
//!     either has none.
//! 72. (4.2, 3.9) Unattainable: what is taken or claimed renews what is current then, supposed awards included.
//! 73. (1) A yearly window may run over the new year. It is never over. A list of windows is over when all are.
//! 74. (1.1) A cost or hours that are not stated are missing in a plan's sum once per step, of a claim too, unless the
//!     step has a price of renewal. What is counted to break a tie is what the objective sums up: costs, hours, both
//!     where both have weight, nothing for `Credentials`.
//!
//! Sharing (5.5):
//!
//! 75. `of` limits a unit if the filter selects the credential of one of its awards or an equivalent, or what an
//!     unknown one stands for. As a filter it selects taken credentials only, unless it names `type`: a recognised
//!     stack is limited only then.
//! 76. A fixed claim with several awards is judged on the date of one of them, whichever is best for the new targets;
//!     without a date on the as-of date.
//! 77. A claim rests on a conferred component if what it uses holds the award by qualification of that; then that is
//!     claimed too, with a witness of its own, and nothing rests on itself. A prerequisite is no component: it may be
//!     met by qualification, and nothing is claimed for it.
//! 78. What a fixed claim rests on and nobody ever issued is a fixed claim of the same date.
//! 79. An issued credential whose stack was not met on its date uses nothing; its prerequisite is not asked for.
//!
//! The choices about plans stand in [`plan`] and [`plan_sharing`], those about checks in [`check`] and [`implied`].
//!
//! The strategies avoid what may or may not be accepted as input: periods of nothing, filters without keys or with
//! empty lists, `equivalent` sets of fewer than two, `counts_as` naming itself, pools of pools, named groups in pools,
//! policies without a limit.
#![allow(dead_code, unused_imports, reason = "each test that includes this module uses a part of it")]
#![allow(
    unreachable_pub,
    missing_debug_implementations,
    clippy::pedantic,
    clippy::partial_pub_fields,
    clippy::large_enum_variant,
    clippy::too_many_arguments,
    clippy::type_complexity,
    reason = "plain code, private to the tests"
)]

pub mod catalogs;
pub mod check;
pub mod dates;
pub mod drawing;
pub mod edition;
pub mod evaluate;
pub mod features;
pub mod findings;
pub mod generate;
pub mod implied;
pub mod model;
pub mod plan;
pub mod plan_sharing;
pub mod probes;
pub mod probes_of_later;
pub mod probes_of_plans;
pub mod renewing;
pub mod renewing_cases;
pub mod renewing_together;
pub mod small;
pub mod versions;
pub mod walks;
pub mod weave;
pub mod write;
