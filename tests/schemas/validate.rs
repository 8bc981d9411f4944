//! What a JSON Schema says of a value: as much of draft 7 as the schemas of the library use.

#![allow(unreachable_pub, reason = "several test programs share it")]

use serde_json::{Map, Value};

/// The words that are understood. One that is not would pass unseen.
const KNOWN: [&str; 25] = [
    "$schema",
    "$id",
    "$ref",
    "title",
    "description",
    "definitions",
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
    "minItems",
    "maxItems",
    "additionalItems",
    "oneOf",
    "allOf",
    "anyOf",
    "not",
    "dependencies",
    "pattern",
    "format",
    "minimum",
];

/// A schema against which values are held.
pub struct Schema {
    root: Value,
    /// Whether a key that no schema names is a fault, also where further ones are allowed: what is written here is
    /// then named in full.
    closed: bool,
}

impl Schema {
    pub fn new(root: Value, closed: bool) -> Self {
        Self { root, closed }
    }

    /// What is wrong with a value.
    pub fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.root, value, "", &mut faults);
        faults
    }

    fn is_met(&self, schema: &Value, value: &Value) -> bool {
        let mut faults = Vec::new();
        self.check(schema, value, "", &mut faults);
        faults.is_empty()
    }

    fn check(&self, schema: &Value, value: &Value, path: &str, faults: &mut Vec<String>) {
        let schema = match schema {
            Value::Object(schema) => schema,
            Value::Bool(true) => return,
            _ => return faults.push(format!("{path}: nothing may stand here")),
        };
        if let Some(unknown) = schema.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            faults.push(format!("{path}: the schema says `{unknown}`"));
        }
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let name = name.strip_prefix("#/definitions/").expect("only definitions are referred to");
            return self.check(&self.root["definitions"][name], value, path, faults);
        }
        let kinds = schema.get("type").map(listed).unwrap_or_default();
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_of_type(value, kind.as_str().unwrap_or_default())) {
            return faults.push(format!("{path}: not of type {}", schema["type"]));
        }
        if schema.get("enum").is_some_and(|values| !listed(values).contains(value)) {
            faults.push(format!("{path}: {value} is none of {}", schema["enum"]));
        }
        if schema.get("const").is_some_and(|constant| constant != value) {
            faults.push(format!("{path}: {value} is not {}", schema["const"]));
        }
        if schema.get("minimum").and_then(Value::as_f64).is_some_and(|least| value.as_f64().is_some_and(|v| v < least))
        {
            faults.push(format!("{path}: {value} is too small"));
        }
        if let (Some(pattern), Some(text)) = (schema.get("pattern").and_then(Value::as_str), value.as_str())
            && !matches(pattern, text)
        {
            faults.push(format!("{path}: {value} is not of the form {pattern}"));
        }
        match value {
            Value::Object(map) => self.check_object(schema, map, path, faults),
            Value::Array(list) => self.check_list(schema, list, path, faults),
            _ => {}
        }
        for part in schema.get("allOf").map(listed).unwrap_or_default() {
            self.check(part, value, path, faults);
        }
        self.check_choices(schema, value, path, faults);
    }

    fn check_choices(&self, schema: &Map<String, Value>, value: &Value, path: &str, faults: &mut Vec<String>) {
        let met = |word: &str| {
            let choices = schema.get(word).map(listed)?;
            Some(choices.iter().filter(|choice| self.is_met(choice, value)).count())
        };
        if met("anyOf").is_some_and(|met| met == 0) || met("oneOf").is_some_and(|met| met != 1) {
            faults.push(format!("{path}: {value} is none of what can stand here, or two of it"));
        }
        if schema.get("not").is_some_and(|not| self.is_met(not, value)) {
            faults.push(format!("{path}: what must not stand here"));
        }
    }

    fn check_object(
        &self,
        schema: &Map<String, Value>,
        map: &Map<String, Value>,
        path: &str,
        faults: &mut Vec<String>,
    ) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, value) in map {
            let path = format!("{path}.{key}");
            let known = properties.and_then(|properties| properties.get(key));
            match (known, schema.get("additionalProperties")) {
                (Some(known), _) => self.check(known, value, &path, faults),
                (None, Some(Value::Bool(false))) => faults.push(format!("{path}: an unknown key")),
                (None, Some(further)) => self.check(further, value, &path, faults),
                (None, None) if self.closed && properties.is_some() => faults.push(format!("{path}: not described")),
                (None, None) => {}
            }
            if let Some(names) = schema.get("propertyNames") {
                self.check(names, &Value::String(key.clone()), &path, faults);
            }
            if let Some(dependent) = schema.get("dependencies").and_then(|dependencies| dependencies.get(key)) {
                self.check(dependent, &Value::Object(map.clone()), &path, faults);
            }
        }
        for key in schema.get("required").map(listed).unwrap_or_default() {
            if !map.contains_key(key.as_str().unwrap_or_default()) {
                faults.push(format!("{path}: {key} is missing"));
            }
        }
    }

    fn check_list(&self, schema: &Map<String, Value>, list: &[Value], path: &str, faults: &mut Vec<String>) {
        let bound = |word: &str| schema.get(word).and_then(Value::as_u64);
        let count = list.len() as u64;
        if bound("minItems").is_some_and(|least| count < least) || bound("maxItems").is_some_and(|most| count > most) {
            faults.push(format!("{path}: {count} of them"));
        }
        for (place, value) in list.iter().enumerate() {
            let path = format!("{path}[{place}]");
            match schema.get("items") {
                Some(Value::Array(each)) => match each.get(place) {
                    Some(item) => self.check(item, value, &path, faults),
                    None => faults.push(format!("{path}: one too many")),
                },
                Some(item) => self.check(item, value, &path, faults),
                None => {}
            }
        }
    }
}

/// A list, or one value as if it were one.
fn listed(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        one => std::slice::from_ref(one),
    }
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// The forms of texts that the schemas know.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        super::forms::DATE => {
            let parts: Vec<&str> = text.split('-').collect();
            parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.iter().all(|part| digits(part))
        }
        super::forms::YEAR_DAY => text.len() == 5 && text.split_once('-').is_some_and(|(m, d)| digits(m) && digits(d)),
        super::forms::DECIMAL => {
            let text = text.strip_prefix(['-', '+']).unwrap_or(text);
            text.split_once('.').map_or(digits(text), |(whole, part)| digits(whole) && digits(part))
        }
        super::forms::FINGERPRINT => text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
        other => panic!("a form that is not known: {other}"),
    }
}
