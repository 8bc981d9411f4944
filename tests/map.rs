//! The pathway map: what it shows, how few lines of it cross, and what its pictures and texts look like.

use std::fs;
use std::path::Path;

use credpath::{Catalog, MapOptions, PathwayMap};

fn catalog(name: &str) -> Catalog {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/catalogs").join(name);
    Catalog::parse(name, &fs::read_to_string(path).expect("an example")).expect("a valid catalog")
}

fn way_to(catalog: &Catalog, id: &str) -> PathwayMap {
    catalog.map(&MapOptions::of(catalog.credential(id).expect("in the catalog")))
}

#[test]
fn few_lines_cross() {
    let most = [("comptia.toml", 29), ("vcc-health.toml", 101), ("hku-space.toml", 2)];
    for (name, most) in most {
        let found = catalog(name).map(&MapOptions::whole()).crossings();
        println!("{name}: {found}");
        assert!(found <= most, "{name}: {found} crossings");
    }
    let health = catalog("vcc-health.toml");
    for target in ["access-practical-nursing", "practical-nursing-diploma"] {
        assert_eq!(way_to(&health, target).crossings(), 0, "{target}");
    }
    for name in ["vcc-drafting.toml", "compliance.toml", "renewals.toml", "planted-faults.toml"] {
        println!("{name}: {}", catalog(name).map(&MapOptions::whole()).crossings());
    }
}
