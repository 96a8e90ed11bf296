//! How a contract reads JSON: one small reader for all types.
//!
//! What serde derives for a type is compiled once more for every format that it is read from, and the JSON reader it is
//! compiled with would be most of a contract. [`Message`] has a value cut into the texts of its members, by one
//! function for all types, and gives those to what is derived. A message has one spelling: structs are objects, never
//! arrays of their fields in order, and a field that the type does not have is an error, not ignored. What is
//! inside a string (numbers, bytes) is its own type's to read. There is no way to read a float, and the keys of a map are
//! plain text. Errors name the last field that was looked at.
//!
//! Each level of a type scans its text once more: cheap for types of a few levels, while one that contains itself would cost
//! the square of its depth. No message is such a type.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{Formatter, Result as FmtResult};

use cosmwasm_std::{
    Addr, BalanceResponse, BankQuery, QuerierWrapper, StdResult, Uint256, from_json,
};
use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer,
    MapAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize};
use serde_json::Error;
use serde_json::value::RawValue;

/// A message, read strictly; out of JSON only.
#[derive(Clone, Debug)]
pub struct Message<T>(pub T);

/// What another contract answered: it may know fields that we do not.
struct Answer<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Message<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(deserializer, true).map(Self)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Answer<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(deserializer, false).map(Self)
    }
}

fn whole<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    strict: bool,
) -> Result<T, D::Error> {
    let json = <&RawValue>::deserialize(deserializer)?;
    let context = Context {
        strict,
        near: Cell::new(""),
    };
    let context = &context;
    let read = T::deserialize(Text { json, context });
    read.map_err(|error| {
        let said = error.to_string();
        // Where in a piece of the message, which nobody sees.
        let what = said.split(" at line ").next().unwrap_or_default();
        let near = short(context.near.get());
        D::Error::custom(format_args!("near `{near}`: {}", short(what)))
    })
}

/// The beginning of a text: what a sender wrote may be long.
fn short(text: &str) -> &str {
    let end = text.floor_char_boundary(160);
    text.get(..end).unwrap_or(text)
}

/// Asks a contract.
///
/// # Errors
/// When it refuses, or does not answer with a `T`.
pub fn ask<T: DeserializeOwned>(
    querier: QuerierWrapper<'_>,
    contract: impl Into<String>,
    query: &impl Serialize,
) -> StdResult<T> {
    let Answer(answer) = querier.query_wasm_smart(contract, query)?;
    Ok(answer)
}

/// Coins of a denom at an address.
///
/// # Errors
/// When the bank does not answer.
pub fn balance(querier: QuerierWrapper<'_>, address: &Addr, denom: &str) -> StdResult<Uint256> {
    let query = BankQuery::Balance {
        address: address.to_string(),
        denom: denom.to_owned(),
    };
    let Answer::<BalanceResponse>(answer) = querier.query(&query.into())?;
    Ok(answer.amount.amount)
}

/// Reads JSON of a contract: what it answered, or kept of its own.
///
/// # Errors
/// When it is not a `T`.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> StdResult<T> {
    let Answer(answer) = from_json(json)?;
    Ok(answer)
}

/// What holds for a whole message.
struct Context<'de> {
    /// Whether fields that nobody asks for are refused.
    strict: bool,
    /// The last field or variant that was looked at.
    near: Cell<&'de str>,
}

/// A JSON value that was not looked into yet.
#[derive(Clone, Copy)]
struct Text<'c, 'de> {
    json: &'de RawValue,
    context: &'c Context<'de>,
}

/// A string, borrowed where it holds no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Words<'a>(#[serde(borrow)] Cow<'a, str>);

/// An object, the last member first.
struct Object<'de>(Vec<(Words<'de>, &'de RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Words<'de>, &'de RawValue)>;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> FmtResult {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                members.reverse();
                Ok(members)
            }
        }

        deserializer.deserialize_map(Members).map(Object)
    }
}

/// The members of an object that were not read yet, the last one first.
struct Unread<'c, 'de> {
    members: Vec<(Words<'de>, &'de RawValue)>,
    context: &'c Context<'de>,
}

impl<'de> MapAccess<'de> for Unread<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        match self.name() {
            Some(name) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.value()?)
    }
}

// Out of line: every type would have its own.
impl<'c, 'de> Unread<'c, 'de> {
    #[inline(never)]
    fn name(&self) -> Option<&str> {
        let (name, _) = self.members.last()?;
        self.context.at(name);
        Some(&name.0)
    }

    #[inline(never)]
    fn value(&mut self) -> Result<Text<'c, 'de>, Error> {
        let member = self.members.pop();
        let context = self.context;
        let value = member.map(|(_, json)| Text { json, context });
        value.ok_or_else(|| Error::custom("a name without a value"))
    }
}

impl<'de> Context<'de> {
    fn at(&self, Words(name): &Words<'de>) {
        self.near.set(match name {
            Cow::Borrowed(name) => name,
            Cow::Owned(_) => "a name with escapes",
        });
    }
}

impl<'de> Text<'_, 'de> {
    fn read<T: Deserialize<'de>>(self) -> Result<T, Error> {
        // The chain's library reads messages from bytes: the same code again.
        serde_json::from_slice(self.json.get().as_bytes())
    }

    fn variant(self) -> Result<(Words<'de>, Option<Self>), Error> {
        if self.json.get().starts_with('"') {
            return Ok((self.read()?, None));
        }
        let Object(mut members) = self.read()?;
        let first = members.pop();
        if let Some((beside, _)) = members.first() {
            self.context.at(beside);
            return Err(Error::custom("more than one variant"));
        }
        let (name, json) = first.ok_or_else(|| self.not("one variant"))?;
        Ok((name, Some(Text { json, ..self })))
    }

    fn is_null(self) -> bool {
        self.json.get() == "null"
    }

    /// That something else was expected here.
    #[cold]
    fn not(self, expected: &'static str) -> Error {
        Error::invalid_value(Unexpected::Other(self.json.get()), &expected)
    }
}

impl<'de> IntoDeserializer<'de, Error> for Text<'_, 'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// An enum is the name of a variant, or an object with that name and the variant's content.
impl<'c, 'de> EnumAccess<'de> for Text<'c, 'de> {
    type Error = Error;
    type Variant = Content<'c, 'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Content<'c, 'de>), Error> {
        let (name, content) = self.variant()?;
        self.context.at(&name);
        let variant = seed.deserialize(StrDeserializer::new(&name.0))?;
        Ok((variant, Content(content)))
    }
}

/// What stands beside the name of a variant.
struct Content<'c, 'de>(Option<Text<'c, 'de>>);

impl<'c, 'de> Content<'c, 'de> {
    fn text(self) -> Result<Text<'c, 'de>, Error> {
        self.0
            .ok_or_else(|| Error::custom("a variant without its content"))
    }
}

impl<'de> VariantAccess<'de> for Content<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), |text| Err(text.not("a name alone")))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.text()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.text()?.deserialize_seq(visitor)
    }

    #[inline(never)] // The VM allows 100 locals a function.
    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.text()?.deserialize_map(visitor)
    }
}

/// Whole numbers: the visitors test the range of what is narrower.
macro_rules! numbers {
    ($($method:ident $wide:ty, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = self.json.get();
            match text.parse::<$wide>() {
                Ok(number) if text != "-0" => visitor.$visit(number),
                _ => Err(self.not("a whole number in range")),
            }
        }
    )*};
}

/// What asks for no type, or for one that no message has.
macro_rules! refused {
    ($($method:ident($($argument:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $argument,)* _: V) -> Result<V::Value, Error> {
            Err(self.not("a type that messages have"))
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_, 'de> {
    type Error = Error;

    numbers! {
        deserialize_u8 u64, visit_u64;
        deserialize_u16 u64, visit_u64;
        deserialize_u32 u64, visit_u64;
        deserialize_u64 u64, visit_u64;
        deserialize_i8 i64, visit_i64;
        deserialize_i16 i64, visit_i64;
        deserialize_i32 i64, visit_i64;
        deserialize_i64 i64, visit_i64;
    }

    refused! {
        deserialize_any()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_identifier()
        deserialize_unit_struct(&'static str)
        deserialize_tuple_struct(&'static str, usize)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.json.get() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(self.not("true or false")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Words(words) = self.read()?;
        visitor.visit_str(&words)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Words(words) = self.read()?;
        visitor.visit_string(words.into_owned())
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_null() {
            visitor.visit_unit()
        } else {
            Err(self.not("null"))
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items: Vec<&RawValue> = self.read()?;
        let mut items = SeqDeserializer::new(items.into_iter().map(|json| Text { json, ..self }));
        let value = visitor.visit_seq(&mut items)?;
        items.end().map(|()| value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Object(members) = self.read()?;
        let context = self.context;
        visitor.visit_map(Unread { members, context })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.context.strict {
            return Err(Error::custom("no such field"));
        }
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_schema::cw_serde;
    use cosmwasm_std::{Coin, Uint128, coin, from_json, to_json_vec};

    use super::{Message, read as answer};

    #[cw_serde]
    struct Point {
        at: (u8, i64),
        name: Option<String>,
    }

    #[cw_serde]
    enum Any {
        Unit,
        Empty {},
        Wrapped(Point),
        Fields {
            coins: Vec<Coin>,
            amount: Uint128,
            points: Vec<Point>,
        },
    }

    fn point(name: Option<&str>) -> Point {
        Point {
            at: (7, -9),
            name: name.map(str::to_owned),
        }
    }

    fn read(text: &str) -> Option<Any> {
        from_json::<Message<Any>>(text.as_bytes())
            .ok()
            .map(|Message(any)| any)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let all = [
            Any::Unit,
            Any::Empty {},
            Any::Wrapped(point(None)),
            Any::Fields {
                coins: vec![coin(5, "uusdc")],
                amount: Uint128::MAX,
                points: vec![point(Some("x")), point(None)],
            },
        ];
        for any in all {
            let json = to_json_vec(&any).unwrap();
            let Message(back) = from_json::<Message<Any>>(&json).unwrap();
            assert_eq!(back, any);
        }
        assert_eq!(
            read(r#"{"wrapped":{"at":[7,-9]}}"#),
            Some(Any::Wrapped(point(None)))
        );
    }

    #[test]
    fn a_struct_by_position_is_refused_at_every_depth() {
        let plain = |text: &str| from_json::<Any>(text.as_bytes()).is_ok();
        for text in [
            r#"{"wrapped":[[7,-9],null]}"#,
            r#"{"empty":[]}"#,
            r#"{"unit":null}"#,
            r#"{"fields":{"coins":[["uusdc","5"]],"amount":"1","points":[]}}"#,
            r#"{"fields":{"coins":[],"amount":"1","points":[[[7,-9],null]]}}"#,
            r#"{"fields":[[],"1",[]]}"#,
        ] {
            assert!(plain(text), "the plain reader takes {text}");
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn blanks_and_escapes_are_read() {
        let text = "{ \"wra\\u0070ped\" : { \"name\" : \"\\u00e9\\n\" ,\n \"at\" : [ 7 , -9 ] } }";
        let wrapped = Any::Wrapped(point(Some("\u{e9}\n")));
        assert_eq!(read(text), Some(wrapped));
        assert_eq!(
            read(r#"{"wrapped":{"at":[7,-9],"name":null}}"#),
            read(r#"{"wrapped":{"at":[7,-9]}}"#)
        );
    }

    /// What else another contract tells is its own affair.
    #[test]
    fn an_answer_may_know_more() {
        let more = br#"{"wrapped":{"at":[7,-9],"more":{"and":[1.5]}}}"#;
        let wrapped = Any::Wrapped(point(None));
        assert_eq!(answer::<Any>(more).unwrap(), wrapped);
        assert!(answer::<Any>(br#"{"wrapped":{"name":null}}"#).is_err());
    }

    #[test]
    fn errors_say_where() {
        let text =
            br#"{"fields":{"coins":[{"denom":"x","amount":"-1"}],"amount":"1","points":[]}}"#;
        let error = from_json::<Message<Any>>(text).unwrap_err().to_string();
        assert!(error.contains("near `amount`: "), "{error}");
        for (text, what) in [
            (
                r#"{"wrapped":{"at":[7,-9],"nmae":"x"}}"#,
                "near `nmae`: no such field",
            ),
            (
                r#"{"wrapped":{"at":[7,-9],"n\u0061me":5}}"#,
                "near `a name with escapes`: ",
            ),
            (
                r#"{"wrapped":{"at":[7,-9]},"grant":{}}"#,
                "near `grant`: more than one variant",
            ),
        ] {
            let error = from_json::<Message<Any>>(text).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        for long in [
            "\"".to_owned() + &"é".repeat(1 << 19) + "\"",
            "[".repeat(1 << 19) + &"]".repeat(1 << 19),
        ] {
            for text in [
                format!(r#"{{"wrapped":{{"at":{long}}}}}"#),
                format!(r#"{{"wrapped":{{"more":{long}}}}}"#),
            ] {
                let error = from_json::<Message<Any>>(text).unwrap_err().to_string();
                assert!(error.len() < 600, "{}", error.len());
            }
        }
    }

    #[test]
    fn bad_messages_stay_bad() {
        for text in [
            r#"{"wrapped":{"at":[7.0,-9]}}"#,
            r#"{"wrapped":{"at":[7e0,-9]}}"#,
            r#"{"wrapped":{"at":[256,-9]}}"#,
            r#"{"wrapped":{"at":[7,-0]}}"#,
            r#"{"wrapped":{"at":["7",-9]}}"#,
            r#"{"wrapped":{"at":[7]}}"#,
            r#"{"wrapped":{"at":[7,-9,1]}}"#,
            r#"{"wrapped":{"at":[7,-9],"at":[7,-9]}}"#,
            r#"{"wrapped":{"at":[7,-9],"more":1}}"#,
            r#"{"wrapped":{"at":[7,-9],"name":5}}"#,
            r#"{"unit":{}}"#,
            r#""empty""#,
            "{}",
            r#"{"wrapped":{"name":"x"}}"#,
            r#"{"other":{}}"#,
            r#"{"empty":{}} x"#,
            r#"{"empty":{},"unit":{}}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
