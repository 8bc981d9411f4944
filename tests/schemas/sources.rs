//! The types of the library as its sources write them, with their names in serde and their documentation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, Fields, Item, Lit, Meta, Token, Type};

/// A type that serde writes.
pub struct Described {
    pub doc: String,
    pub serde: Serde,
    pub body: Body,
}

pub enum Body {
    Struct(Vec<Field>),
    /// One field, without a name.
    Newtype(Box<Type>),
    Enum(Vec<Variant>),
    /// Values that go by a name.
    Named(Vec<String>),
}

pub struct Field {
    pub name: String,
    pub doc: String,
    pub serde: Serde,
    pub ty: Type,
}

pub struct Variant {
    pub name: String,
    pub doc: String,
    pub content: Content,
}

pub enum Content {
    Nothing,
    Newtype(Box<Type>),
    Tuple(Vec<Type>),
    Struct(Vec<Field>),
}

/// The attributes of serde, by their names.
#[derive(Default)]
pub struct Serde(BTreeMap<String, String>);

impl Serde {
    fn of(attributes: &[Attribute]) -> Self {
        let mut found = BTreeMap::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let metas = attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
                syn::punctuated::Punctuated::<Meta, Token![,]>::parse_terminated(input)
            });
            for meta in metas.expect("serde's attributes are lists") {
                let name = meta.path().get_ident().expect("they have names").to_string();
                let value = match &meta {
                    Meta::NameValue(value) => text(&value.value),
                    _ => String::new(),
                };
                found.insert(name, value);
            }
        }
        Self(found)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn text(value: &Expr) -> String {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text.value(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

/// The first paragraph of the documentation, without links.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let lines = lines.filter_map(|attribute| attribute.meta.require_name_value().ok().map(|value| text(&value.value)));
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).take_while(|line| !line.is_empty()).collect();
    without_links(&lines.join(" "))
}

fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        plain.push_str(&rest[..open]);
        rest = &rest[open + 1..];
        let close = rest.find(']').expect("brackets of documentation are closed");
        plain.push_str(&rest[..close]);
        rest = &rest[close + 1..];
        if let Some(target) = rest.strip_prefix('(') {
            rest = &target[target.find(')').expect("so are the targets of links") + 1..];
        }
    }
    plain + rest
}

/// All types of the sources, by their names, which mean one thing each; those that only tests or functions have aside.
pub fn types() -> BTreeMap<String, Described> {
    let (mut types, mut values) = (BTreeMap::new(), Vec::new());
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for item in syn::parse_file(&text).unwrap().items {
            match item {
                Item::Macro(item) if item.mac.path.is_ident("id") => types.extend(id(item.mac.tokens)),
                Item::Macro(item) if item.mac.path.is_ident("named") => values.push(named(item.mac.tokens)),
                item => types.extend(described(item)),
            }
        }
    }
    for (name, values) in values {
        // What has a name for each value is an enum besides, with the documentation.
        let described = types.get_mut(&name).expect("an enum has these names");
        described.body = Body::Named(values);
    }
    types
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn described(item: Item) -> Option<(String, Described)> {
    match item {
        Item::Struct(item) => {
            let body = match item.fields {
                Fields::Named(fields) => Body::Struct(fields.named.iter().map(field).collect()),
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    Body::Newtype(Box::new(fields.unnamed[0].ty.clone()))
                }
                _ => return None,
            };
            Some((item.ident.to_string(), Described { doc: doc(&item.attrs), serde: Serde::of(&item.attrs), body }))
        }
        Item::Type(item) => {
            let body = Body::Newtype(item.ty);
            Some((item.ident.to_string(), Described { doc: doc(&item.attrs), serde: Serde::default(), body }))
        }
        Item::Enum(item) => {
            let serde = Serde::of(&item.attrs);
            let rename = serde.get("rename_all").map(str::to_owned);
            let variants = item.variants.iter().map(|variant| {
                let content = match &variant.fields {
                    Fields::Unit => Content::Nothing,
                    Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                        Content::Newtype(Box::new(fields.unnamed[0].ty.clone()))
                    }
                    Fields::Unnamed(fields) => {
                        Content::Tuple(fields.unnamed.iter().map(|field| field.ty.clone()).collect())
                    }
                    Fields::Named(fields) => Content::Struct(fields.named.iter().map(field).collect()),
                };
                let own = Serde::of(&variant.attrs);
                let name = own
                    .get("rename")
                    .map_or_else(|| renamed(&variant.ident.to_string(), rename.as_deref()), str::to_owned);
                Variant { name, doc: doc(&variant.attrs), content }
            });
            let body = Body::Enum(variants.collect());
            Some((item.ident.to_string(), Described { doc: doc(&item.attrs), serde, body }))
        }
        _ => None,
    }
}

fn field(field: &syn::Field) -> Field {
    let serde = Serde::of(&field.attrs);
    let ident = field.ident.as_ref().expect("a field with a name").to_string();
    let name = serde.get("rename").map_or(ident, str::to_owned);
    Field { name, doc: doc(&field.attrs), serde, ty: field.ty.clone() }
}

fn renamed(name: &str, rule: Option<&str>) -> String {
    let between = match rule {
        None => return name.to_owned(),
        Some("kebab-case") => '-',
        Some("snake_case") => '_',
        Some(other) => panic!("names are written in {other}, which is new"),
    };
    let mut written = String::new();
    for (place, c) in name.char_indices() {
        if c.is_ascii_uppercase() && place > 0 {
            written.push(between);
        }
        written.push(c.to_ascii_lowercase());
    }
    written
}

/// What `id! { Name }` defines: a number of a kind of its own.
fn id(tokens: TokenStream) -> Option<(String, Described)> {
    let Some(TokenTree::Ident(name)) = tokens.into_iter().last() else { return None };
    let body = Body::Newtype(Box::new(syn::parse_quote!(u32)));
    Some((name.to_string(), Described { doc: String::new(), serde: Serde::default(), body }))
}

/// The values of `named! { Type, "what": Variant = "name", … }`.
fn named(tokens: TokenStream) -> (String, Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let values = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Punct(equals), TokenTree::Literal(value)] if equals.as_char() == '=' => {
            Some(value.to_string().trim_matches('"').to_owned())
        }
        _ => None,
    });
    (tokens[0].to_string(), values.collect())
}

/// The texts in a table of the reader: a constant of a file.
pub fn table(file: &str, constant: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    let items = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap().items;
    let found = items.into_iter().find_map(|item| match item {
        Item::Const(item) if item.ident == constant => Some(*item.expr),
        _ => None,
    });
    let list = match found.unwrap_or_else(|| panic!("{file} has no {constant}")) {
        Expr::Reference(reference) => *reference.expr,
        expression => expression,
    };
    let Expr::Array(list) = list else { panic!("{constant} is no list") };
    list.elems.iter().map(text).collect()
}
