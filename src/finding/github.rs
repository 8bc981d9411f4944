//! Findings as the workflow commands by which GitHub shows them beside the lines of a change.

use std::fmt;

use crate::finding::diagnostic::{Diagnostics, Severity, Unsettled};
use crate::value::text::printable;

impl Diagnostics {
    /// The findings as GitHub workflow commands, one a line: printed by a step of a workflow, they stand beside the
    /// lines that they are about.
    ///
    /// ```
    /// use credpath::{Catalog, CheckOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", "[credential.a]\nvalid_for = '0 days'\n")?;
    /// let annotations = catalog.check(&CheckOptions::default()).github().to_string();
    /// let place = "::error file=catalog.toml,line=2,endLine=2,col=13,endColumn=21";
    /// assert!(annotations.starts_with(&format!("{place},title=empty-validity::an award of")));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn github(&self) -> impl fmt::Display {
        Commands(self)
    }
}

struct Commands<'d>(&'d Diagnostics);

impl fmt::Display for Commands<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = property(self.0.name());
        for finding in self.0.as_slice() {
            let command = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            let (line, column) = self.0.position(finding.primary.span.start);
            let (end_line, end_column) = self.0.position(finding.primary.span.end);
            write!(f, "::{command} file={file},line={line},endLine={end_line},")?;
            // Columns have a meaning within one line only.
            if line == end_line {
                write!(f, "col={column},endColumn={end_column},")?;
            }
            write!(f, "title={}::{}", property(finding.code.as_str()), data(&finding.message))?;
            if let Some(help) = &finding.help {
                write!(f, "%0Ahelp: {}", data(help))?;
            }
            writeln!(f)?;
        }
        for Unsettled { code, line, message, .. } in self.0.undecided() {
            writeln!(f, "::notice file={file},line={line},title=undecided {code}::undecided: {}", data(message))?;
        }
        if self.0.unlisted() > 0 {
            writeln!(f, "::notice file={file},title=credpath::further findings, not listed: {}", self.0.unlisted())?;
        }
        Ok(())
    }
}

/// The text of a command; line ends are no characters that could end it.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
