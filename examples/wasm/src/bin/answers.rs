//! Answers questions, one a line, as the module does in a browser: what the module says is compared with it.
#![expect(clippy::print_stdout, reason = "a program that answers")]

use std::io;

fn main() -> io::Result<()> {
    for question in io::stdin().lines() {
        println!("{}", credpath_wasm::answer(&question?));
    }
    Ok(())
}
