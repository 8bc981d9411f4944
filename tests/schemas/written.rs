//! JSON Schemas from the types: what serde writes of each, and reads.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use syn::{GenericArgument, PathArguments, Type};

use crate::forms::{DATE, DECIMAL, FINGERPRINT, YEAR_DAY};
use crate::sources::{Body, Content, Described, Field, Serde};

/// Makes schemas of the types of the library.
pub struct Writer<'t> {
    types: &'t BTreeMap<String, Described>,
}

impl<'t> Writer<'t> {
    pub fn new(types: &'t BTreeMap<String, Described>) -> Self {
        Self { types }
    }

    /// The schema of a type, with all that it is made of.
    pub fn schema(&self, name: &str, file: &str) -> Value {
        let mut definitions = Map::new();
        let mut open = vec![name.to_owned()];
        let mut seen: BTreeSet<String> = open.iter().cloned().collect();
        while let Some(next) = open.pop() {
            let written = self.definition(&next);
            for further in named_in(&written) {
                if seen.insert(further.clone()) {
                    open.push(further);
                }
            }
            definitions.insert(next, written);
        }
        let recurs = definitions.values().any(|written| named_in(written).contains(name));
        let mut root =
            if recurs { json!({ "$ref": format!("#/definitions/{name}") }) } else { definitions.remove(name).unwrap() };
        let map = root.as_object_mut().unwrap();
        map.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        map.insert("title".to_owned(), json!(file));
        map.insert("definitions".to_owned(), Value::Object(definitions));
        root
    }

    fn definition(&self, name: &str) -> Value {
        if let Some(by_hand) = self.by_hand(name) {
            return by_hand;
        }
        let described =
            self.types.get(name).unwrap_or_else(|| panic!("no type {name} in the sources: describe it by hand"));
        if let Some(into) = described.serde.get("into") {
            return with_doc(self.definition(into), &described.doc);
        }
        let written = match &described.body {
            Body::Struct(fields) => self.table(fields, &described.serde),
            Body::Newtype(ty) => self.of(ty),
            Body::Named(values) => json!({ "enum": values }),
            Body::Enum(variants) => {
                let untagged = described.serde.has("untagged");
                let plain: Vec<&str> = variants
                    .iter()
                    .filter(|variant| matches!(variant.content, Content::Nothing))
                    .map(|variant| variant.name.as_str())
                    .collect();
                let mut choices: Vec<Value> =
                    if plain.is_empty() { Vec::new() } else { vec![json!({ "enum": plain })] };
                for variant in variants {
                    let content = match &variant.content {
                        Content::Nothing => continue,
                        Content::Newtype(ty) => self.of(ty),
                        Content::Tuple(types) => self.tuple(types),
                        Content::Struct(fields) => self.table(fields, &Serde::default()),
                    };
                    let content = with_doc(content, &variant.doc);
                    choices.push(if untagged { content } else { tagged(&variant.name, content) });
                }
                match choices.len() {
                    1 => choices.remove(0),
                    _ if untagged => json!({ "anyOf": choices }),
                    _ => json!({ "oneOf": choices }),
                }
            }
        };
        with_doc(written, &described.doc)
    }

    /// A table with these keys.
    fn table(&self, fields: &[Field], serde: &Serde) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for field in fields.iter().filter(|field| !field.serde.has("skip")) {
            let written = match field.serde.get("deserialize_with").or_else(|| field.serde.get("with")) {
                Some("texts" | "some_texts") => json!({ "type": ["string", "array"], "items": { "type": "string" } }),
                Some("grade") => json!({ "type": ["string", "number"] }),
                Some("known_schema") => json!({ "const": credpath::SCHEMA }),
                Some("stated" | "parts") | None => self.of(&field.ty),
                Some(other) => panic!("`{}` is read with {other}, which is new", field.name),
            };
            let written = with_doc(written, &field.doc);
            let left_out = ["default", "skip_serializing_if"].iter().any(|word| field.serde.has(word));
            if !left_out && !serde.has("default") && optional(&field.ty).is_none() {
                required.push(field.name.clone());
            }
            if let Some(alias) = field.serde.get("alias") {
                properties.insert(alias.to_owned(), written.clone());
            }
            properties.insert(field.name.clone(), written);
        }
        let mut table = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            table["required"] = json!(required);
        }
        if serde.has("deny_unknown_fields") {
            table["additionalProperties"] = json!(false);
        }
        table
    }

    fn pair(&self, one: Value, other: Value) -> Value {
        json!({ "type": "array", "items": [one, other], "additionalItems": false, "minItems": 2 })
    }

    fn tuple(&self, types: &[Type]) -> Value {
        let items: Vec<Value> = types.iter().map(|ty| self.of(ty)).collect();
        json!({ "type": "array", "items": items, "additionalItems": false, "minItems": types.len() })
    }

    /// What stands for a type where it is used.
    fn of(&self, ty: &Type) -> Value {
        match ty {
            Type::Reference(reference) => self.of(&reference.elem),
            Type::Tuple(tuple) => self.tuple(&tuple.elems.iter().cloned().collect::<Vec<_>>()),
            Type::Array(array) => {
                let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(count), .. }) = &array.len else {
                    panic!("an array of a length that has a name")
                };
                let count: u32 = count.base10_parse().unwrap();
                json!({ "type": "array", "items": self.of(&array.elem), "minItems": count, "maxItems": count })
            }
            Type::Path(path) => {
                let last = path.path.segments.last().unwrap();
                self.of_name(&last.ident.to_string(), &arguments(&last.arguments))
            }
            _ => panic!("a type of a new kind"),
        }
    }

    fn of_name(&self, name: &str, of: &[Type]) -> Value {
        match (name, of) {
            ("String" | "str" | "char", _) => json!({ "type": "string" }),
            ("bool", _) => json!({ "type": "boolean" }),
            ("u8" | "u16" | "u32" | "u64" | "usize", _) => json!({ "type": "integer", "minimum": 0 }),
            ("i8" | "i16" | "i32" | "i64", _) => json!({ "type": "integer" }),
            ("f64", _) => json!({ "type": "number" }),
            ("Option" | "Box" | "Arc" | "Rc", [inner]) => self.of(inner),
            ("Vec" | "BTreeSet", [item]) => json!({ "type": "array", "items": self.of(item) }),
            ("BTreeMap", [key, value]) => {
                let mut map = json!({ "type": "object", "additionalProperties": self.of(value) });
                if self.of(key) != json!({ "type": "string" }) {
                    map["propertyNames"] = self.of(key);
                }
                map
            }
            ("RangeInclusive" | "Range", [end]) => {
                let end = self.of(end);
                json!({ "type": "object", "properties": { "start": end, "end": end }, "required": ["start", "end"] })
            }
            ("RangeDocument", [number]) => {
                let number = self.of(number);
                let range = json!({
                    "type": "object", "properties": { "min": number, "max": number }, "additionalProperties": false
                });
                json!({ "anyOf": [number, range] })
            }
            // A proof names its steps by their credentials.
            ("CutReason", [_]) => json!({ "$ref": "#/definitions/CutReason" }),
            ("S", []) => json!({ "$ref": "#/definitions/CredentialId" }),
            (name, []) => json!({ "$ref": format!("#/definitions/{name}") }),
            _ => panic!("{name} of something is new: describe it by hand"),
        }
    }

    /// What writes itself in a way of its own.
    fn by_hand(&self, name: &str) -> Option<Value> {
        let reference = |name: &str| json!({ "$ref": format!("#/definitions/{name}") });
        let decimal = || json!({ "type": ["string", "number"], "pattern": DECIMAL });
        let doc = self.types.get(name).map(|described| described.doc.clone()).unwrap_or_default();
        let written = match name {
            "Amount" => {
                let mut amount = decimal();
                amount["minimum"] = json!(0);
                amount
            }
            "GradePoints" => decimal(),
            "Date" => json!({ "type": "string", "format": "date", "pattern": DATE }),
            "YearDay" => json!({ "type": "string", "pattern": YEAR_DAY }),
            "Fingerprint" => json!({ "type": "string", "pattern": FINGERPRINT }),
            "Period" | "TermEnd" | "Validity" if name != "Validity" => json!({ "type": "string" }),
            "CredentialId" => {
                let number = json!({ "type": "integer", "minimum": 0 });
                self.pair(number.clone(), number)
            }
            "CalendarTerm" | "Validity" => {
                let term = json!({
                    "type": "object", "required": ["period", "to"], "additionalProperties": false,
                    "properties": { "period": reference("Period"), "to": reference("TermEnd") },
                });
                json!({ "anyOf": [{ "type": "string" }, term] })
            }
            "TermDocument" => {
                let mut term = self.definition("TermTable");
                term["type"] = json!(["string", "object"]);
                term
            }
            "OfferingWindow" => {
                let date = reference("Date");
                let days = json!({ "type": "array", "items": reference("YearDay"), "minItems": 2, "maxItems": 2 });
                json!({
                    "type": "object", "additionalProperties": false,
                    "properties": { "from": date, "until": date, "yearly": days },
                    "dependencies": { "yearly": { "not": { "anyOf": [{ "required": ["from"] }, { "required": ["until"] }] } } },
                })
            }
            "Offering" => {
                let window = reference("OfferingWindow");
                json!({ "anyOf": [window, { "type": "array", "items": window }] })
            }
            "StatusCounts" => json!({
                "type": "object", "propertyNames": reference("Status"),
                "additionalProperties": { "type": "integer", "minimum": 0 },
            }),
            "Code" => json!({ "enum": credpath::Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>() }),
            "RequirementDocument" => self.requirement(),
            "MembersDocument" => {
                let list = json!({ "type": "array", "items": reference("RequirementDocument") });
                json!({ "anyOf": [{ "type": "string" }, list, reference("FilterDocument")] })
            }
            _ => return None,
        };
        Some(with_doc(written, &doc))
    }

    /// A requirement: an id, or a table with one operator and what may stand beside it.
    fn requirement(&self) -> Value {
        let mut written = self.definition("RequirementTable");
        written["type"] = json!(["string", "object"]);
        let none_of = |keys: &[&str]| {
            let keys: Vec<Value> = keys.iter().map(|key| json!({ "required": [key] })).collect();
            json!({ "not": { "anyOf": keys } })
        };
        let measured = ["at_least", "credits", "hours", "up_to"];
        let all = ["credential", "all_of", "any_of", "at_least", "credits", "hours", "up_to", "pool", "filter"];
        let mut dependencies = Map::new();
        for operator in all {
            let others = all.iter().copied().filter(|&other| other != operator);
            let mut without: Vec<&str> = others.collect();
            match operator {
                "pool" | "filter" => without.extend(BESIDE_GROUPS.iter().chain(CONDITIONS)),
                "credential" => without.extend(BESIDE_GROUPS),
                "all_of" | "any_of" => without.extend(["from", "average"]),
                "hours" | "up_to" => without.push("average"),
                _ => {}
            }
            let mut rule = none_of(&without);
            if measured.contains(&operator) {
                rule["required"] = json!(["from"]);
            }
            dependencies.insert(operator.to_owned(), rule);
        }
        written["dependencies"] = Value::Object(dependencies);
        written["anyOf"] = json!([{ "type": "string" }, { "anyOf": all.map(|key| json!({ "required": [key] })) }]);
        written
    }
}

const BESIDE_GROUPS: &[&str] = &["from", "name", "span", "distinct", "average"];
const CONDITIONS: &[&str] = &["within", "since", "until", "held_for", "grade", "issuer", "lapsed"];

fn tagged(name: &str, content: Value) -> Value {
    let mut properties = Map::new();
    properties.insert(name.to_owned(), content);
    json!({ "type": "object", "properties": properties, "required": [name], "additionalProperties": false })
}

/// Beside a reference nothing counts in draft 7, so what is said of it stands around it.
fn with_doc(mut written: Value, doc: &str) -> Value {
    if doc.is_empty() {
        return written;
    }
    if written.get("$ref").is_some() {
        written = json!({ "allOf": [written] });
    }
    written["description"] = json!(doc);
    written
}

fn arguments(arguments: &PathArguments) -> Vec<Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    types.collect()
}

/// What an `Option` holds.
fn optional(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident == "Option" { arguments(&last.arguments).into_iter().next() } else { None }
}

/// The definitions that a schema refers to.
fn named_in(written: &Value) -> BTreeSet<String> {
    match written {
        Value::Object(map) => {
            let own = map.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/definitions/"));
            own.map(str::to_owned).into_iter().chain(map.values().flat_map(named_in)).collect()
        }
        Value::Array(list) => list.iter().flat_map(named_in).collect(),
        _ => BTreeSet::new(),
    }
}
