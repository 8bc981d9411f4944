//! A status in words.

use crate::evaluate::evaluation::Status;

impl Status {
    /// The status as one would say it of a credential, by whether that [is conferred](crate::Catalog::is_conferred):
    /// what is conferred is not closed to anybody, but lacks components. Its name in data is [`Status::as_str`].
    ///
    /// ```
    /// use credpath::Status;
    ///
    /// assert_eq!(Status::Eligible.words(false), "can be begun");
    /// assert_eq!(Status::Locked.words(false), "not open yet");
    /// assert_eq!(Status::Locked.words(true), "nothing toward it yet");
    /// ```
    #[must_use]
    pub fn words(self, is_conferred: bool) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Qualified => "qualified for",
            Self::Undecided => "not decided within the work limit",
            Self::InProgress => "in progress",
            Self::Lapsed => "lapsed",
            Self::Unattainable => "not attainable",
            Self::Eligible => "can be begun",
            Self::Started => "started",
            Self::Locked if is_conferred => "nothing toward it yet",
            Self::Locked => "not open yet",
        }
    }
}
