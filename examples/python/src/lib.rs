//! credpath for Python: the library's questions, with records and answers as JSON between the two. The package
//! `credpath` around it turns these into values of Python; columns of numbers come as buffers, as `array`, numpy,
//! pandas and Arrow have them.

mod columns;
mod questions;

/// The part of the package that is Rust.
#[pyo3::pymodule]
mod _credpath {
    #[pymodule_export]
    use crate::questions::{Catalog, CatalogError};
}
