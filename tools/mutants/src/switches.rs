//! Where a fault can be put into a source file, and the file with a switch at each such place.
//!
//! A switch is text that is inserted around what stands there, so places can lie within each other, and whatever is not
//! switched on behaves as before.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Block, Expr, ExprBinary, File, ImplItemFn, Item, ItemFn, ItemMod, Lit, Signature, Stmt};

/// One fault that can be switched on.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its number, from 1; what `CREDPATH_MUTANT` is set to.
    pub number: u32,
    /// The line that it is in, from 1.
    pub line: usize,
    /// What is done there.
    pub what: &'static str,
    /// The line as it was.
    pub source: String,
}

struct Insertion {
    at: usize,
    /// At one place, what closes stands before what opens; the outermost closes last and opens first.
    order: (bool, isize),
    removes: usize,
    text: String,
}

struct Switches<'a> {
    text: &'a str,
    first: u32,
    skipped: &'a dyn Fn(u32) -> bool,
    mutants: Vec<Mutant>,
    insertions: Vec<Insertion>,
    depth: isize,
}

/// The text of a file with its switches, numbered from `first`, and the mutants in it; `skipped` are only counted.
///
/// # Errors
/// What `syn` says of a text that is not Rust.
pub fn with_switches(text: &str, first: u32, skipped: &dyn Fn(u32) -> bool) -> syn::Result<(String, Vec<Mutant>)> {
    let file: File = syn::parse_file(text)?;
    let mut switches = Switches { text, first, skipped, mutants: Vec::new(), insertions: Vec::new(), depth: 0 };
    switches.visit_file(&file);
    let Switches { mutants, mut insertions, .. } = switches;
    insertions.sort_by_key(|insertion| (insertion.at, insertion.order));
    let mut changed = String::new();
    let mut done = 0;
    for insertion in insertions {
        changed.push_str(&text[done..insertion.at]);
        changed.push_str(&insertion.text);
        done = insertion.at + insertion.removes;
    }
    changed.push_str(&text[done..]);
    Ok((changed, mutants))
}

impl Switches<'_> {
    /// A mutant at a place, if it is not to be skipped: the condition that it is switched on.
    fn switch(&mut self, at: Span, what: &'static str) -> Option<String> {
        let number = self.first + u32::try_from(self.mutants.len()).expect("fewer than 2^32 mutants");
        let line = at.start().line;
        let source = self.text.lines().nth(line - 1).unwrap_or_default().trim().to_owned();
        self.mutants.push(Mutant { number, line, what, source });
        (!(self.skipped)(number)).then(|| format!("crate::mutant::on({number})"))
    }

    fn around(&mut self, range: Range<usize>, before: String, after: String) {
        self.insertions.push(Insertion { at: range.start, order: (true, self.depth), removes: 0, text: before });
        self.insertions.push(Insertion { at: range.end, order: (false, -self.depth), removes: 0, text: after });
    }

    fn negated(&mut self, expr: &Expr) {
        if let Some(on) = self.switch(expr.span(), "the condition is negated") {
            self.around(range(expr), "((".to_owned(), format!(") ^ {on})"));
        }
    }

    /// A condition that no operator of its own decides: it is turned round.
    fn condition(&mut self, expr: &Expr) {
        if matches!(
            expr,
            Expr::MethodCall(_) | Expr::Call(_) | Expr::Path(_) | Expr::Field(_) | Expr::Macro(_) | Expr::Unary(_)
        ) {
            self.negated(expr);
        }
    }

    fn comparison(&mut self, binary: &ExprBinary, name: &str, what: &'static str) {
        if let Some(on) = self.switch(binary.op.span(), what) {
            let range = range(binary);
            self.around(range, format!("crate::mutant::{name}({on}, &("), "))".to_owned());
            let operator = binary.op.span().byte_range();
            self.insertions.push(Insertion {
                at: operator.start,
                order: (true, self.depth),
                removes: operator.len(),
                text: "), &(".to_owned(),
            });
        }
    }

    /// One side of `&&` or `||` has no say.
    fn side(&mut self, side: &Expr, and: bool) {
        if holds_let(side) {
            return;
        }
        let what = if and { "what is asked here is not asked" } else { "what suffices here does not" };
        if let Some(on) = self.switch(side.span(), what) {
            let after = if and { format!(") || {on})") } else { format!(") && !{on})") };
            self.around(range(side), "((".to_owned(), after);
        }
    }

    fn arithmetic(&mut self, binary: &ExprBinary) {
        let one = matches!(&*binary.right, Expr::Lit(lit) if matches!(&lit.lit, Lit::Int(int) if int.base10_digits() == "1" && int.suffix().is_empty()));
        if one && let Some(on) = self.switch(binary.op.span(), "the one is left out") {
            self.around(range(&binary.right), format!("(if {on} {{ 0 }} else {{ "), " })".to_owned());
        }
    }
}

fn range(of: &impl Spanned) -> Range<usize> {
    of.span().byte_range()
}

/// Whether a condition binds names: then it cannot be wrapped.
fn holds_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => holds_let(&binary.left) || holds_let(&binary.right),
        _ => false,
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string().contains("test"),
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::NameValue(_) => false,
    })
}

fn is_left_alone(attributes: &[Attribute], signature: &Signature) -> bool {
    signature.constness.is_some() || is_for_tests(attributes)
}

impl<'ast> Visit<'ast> for Switches<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        // What is evaluated while compiling cannot ask for a switch.
        if !matches!(item, Item::Const(_) | Item::Static(_)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if !is_left_alone(&function.attrs, &function.sig) {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_left_alone(&function.attrs, &function.sig) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        for (place, statement) in block.stmts.iter().enumerate() {
            let Stmt::Expr(expr, Some(_)) = statement else { continue };
            // Where the flow ends is part of the types, but for an `if` without an `else`.
            let ends = matches!(expr, Expr::Return(_) | Expr::Continue(_) | Expr::Break(_));
            if is_to_be_left_out(expr) || ends && place + 1 < block.stmts.len() {
                self.without(statement);
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.condition(&expr.cond);
        if expr.else_branch.is_none()
            && let Some(last @ Stmt::Expr(Expr::Return(_) | Expr::Continue(_) | Expr::Break(_), Some(_))) =
                expr.then_branch.stmts.last()
        {
            self.without(last);
        }
        visit::visit_expr_if(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard {
            self.condition(guard);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        self.depth += 1;
        match binary.op {
            BinOp::Lt(_) => self.comparison(binary, "lt", "`<` is `<=`"),
            BinOp::Le(_) => self.comparison(binary, "le", "`<=` is `<`"),
            BinOp::Gt(_) => self.comparison(binary, "gt", "`>` is `>=`"),
            BinOp::Ge(_) => self.comparison(binary, "ge", "`>=` is `>`"),
            BinOp::Eq(_) | BinOp::Ne(_) => self.negated_binary(binary),
            BinOp::And(_) | BinOp::Or(_) => {
                let and = matches!(binary.op, BinOp::And(_));
                self.depth += 1;
                for side in [&binary.left, &binary.right] {
                    // The left side of a chain is a chain itself, whose sides come in their turn.
                    if !matches!(&**side, Expr::Binary(inner) if std::mem::discriminant(&inner.op) == std::mem::discriminant(&binary.op))
                    {
                        self.side(side, and);
                    }
                }
                self.depth -= 1;
            }
            BinOp::Add(_) | BinOp::Sub(_) => {
                self.depth += 1;
                self.arithmetic(binary);
                self.depth -= 1;
            }
            _ => {}
        }
        self.depth += 1;
        visit::visit_expr_binary(self, binary);
        self.depth -= 2;
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.depth += 4;
        visit::visit_expr(self, expr);
        self.depth -= 4;
    }
}

impl Switches<'_> {
    fn without(&mut self, statement: &Stmt) {
        if let Some(on) = self.switch(statement.span(), "the statement is left out") {
            self.depth += 1;
            self.around(range(statement), format!("if !{on} {{ "), " }".to_owned());
            self.depth -= 1;
        }
    }

    fn negated_binary(&mut self, binary: &ExprBinary) {
        let what = if matches!(binary.op, BinOp::Eq(_)) { "`==` is `!=`" } else { "`!=` is `==`" };
        if let Some(on) = self.switch(binary.op.span(), what) {
            self.around(range(binary), "((".to_owned(), format!(") ^ {on})"));
        }
    }
}

/// Whether a statement is there for what it does.
fn is_to_be_left_out(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(_) | Expr::Call(_) | Expr::Assign(_) => true,
        Expr::Binary(binary) => matches!(
            binary.op,
            BinOp::AddAssign(_)
                | BinOp::SubAssign(_)
                | BinOp::MulAssign(_)
                | BinOp::BitOrAssign(_)
                | BinOp::BitAndAssign(_)
        ),
        _ => false,
    }
}
