//! The JSON Schema of a rule file, made from the types that read one, so that the two cannot differ.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Value, json};

use super::model::Rule;

/// The schema, in the draft that editors for TOML understand (Taplo, Even Better TOML, Tombi).
pub fn schema() -> Value {
    let generator = SchemaSettings::draft07().for_deserialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Rule>();
    RecursiveTransform(for_toml).transform(&mut schema);
    schema.insert("title".to_owned(), json!("Provlens rule"));
    schema.to_value()
}

/// TOML has no null; what may be left out is simply not required. That some parts are not printed by
/// `rules show --format json` is nothing to an editor.
fn for_toml(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("writeOnly");
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
    }
}
