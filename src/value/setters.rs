//! Options that are written in a chain, all in one way.

/// Gives options a method for each of their fields, which goes by the field's name and takes what it is to be: a value;
/// `some`, a value where the field may have none; `list`, whatever can be gone through. The fields are open as well, to
/// be read, and to be set where a value may be missing.
macro_rules! setters {
    ($options:ident { $($(#[$doc:meta])* $field:ident: $($kind:ident)* => $value:ty),+ $(,)? }) => {
        impl $options {
            $($crate::value::setters::setter! { $(#[$doc])* $field: $($kind)* => $value })+
        }
    };
}

/// One of them.
macro_rules! setter {
    ($(#[$doc:meta])* $field:ident: value => $value:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: $value) -> Self {
            self.$field = $field;
            self
        }
    };
    ($(#[$doc:meta])* $field:ident: some => $value:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: $value) -> Self {
            self.$field = Some($field);
            self
        }
    };
    ($(#[$doc:meta])* $field:ident: list => $item:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$item>>) -> Self {
            self.$field = $field.into_iter().map(Into::into).collect();
            self
        }
    };
    ($(#[$doc:meta])* $field:ident: some list => $item:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$item>>) -> Self {
            self.$field = Some($field.into_iter().map(Into::into).collect());
            self
        }
    };
    ($(#[$doc:meta])* $field:ident: some text => $value:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: impl Into<$value>) -> Self {
            self.$field = Some($field.into());
            self
        }
    };
}
pub(crate) use {setter, setters};
