#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)]
mod generate;
use std::time::Instant;
fn main() {
    for n in [1000usize, 5000, 10000] {
        let text = generate::catalog(1, n);
        let catalog = credpath::Catalog::parse_with("c.toml", &text, &credpath::Limits::large()).unwrap();
        let t = Instant::now();
        let findings = catalog.check(&credpath::CheckOptions::default());
        println!("{n}: {:?}, {} bytes, {} findings {:?}", t.elapsed(), text.len(), findings.as_slice().len(), findings.undecided().len());
        let mut by = std::collections::BTreeMap::new();
        for f in findings.as_slice() { *by.entry(f.code.as_str()).or_insert(0) += 1; }
        println!("  {by:?}");
        if n == 1000 { println!("{}", findings.to_string().lines().take(60).collect::<Vec<_>>().join("\n")); }
    }
}
