//! Values that go by a number where a column holds numbers ([semantics 10.4](crate::semantics#10.4)).

/// Gives each value of an enum its code, which never changes.
macro_rules! coded {
    ($type:ident: $($variant:ident = $code:literal),+ $(,)?) => {
        impl $type {
            /// Its code, for columns and storage; it stays the same in every version.
            ///
            /// | code | value |
            /// |---|---|
            $(#[doc = concat!("| ", stringify!($code), " | `", stringify!($variant), "` |")])+
            #[must_use]
            pub const fn code(self) -> u8 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The value with this [code](Self::code), if there is one.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use coded;
