//! Events as typed structs: past-tense names, attributes in declared order.

use cosmwasm_std::Event;

/// Something that happened, with its attributes as text.
pub trait TypedEvent {
    /// Past tense, snake case; the chain shows it with the prefix `wasm-`.
    const NAME: &'static str;
    /// Attribute names and values in declared order.
    fn attributes(&self) -> Vec<(&'static str, String)>;
    /// The chain's form of the event.
    fn to_event(&self) -> Event {
        event(Self::NAME, self.attributes())
    }
}

#[inline(never)] // Once in a contract, not once an event.
fn event(name: &str, attributes: Vec<(&'static str, String)>) -> Event {
    Event::new(name).add_attributes(attributes)
}

/// Structs whose attributes are their fields, shown as text.
macro_rules! typed_events {
    ($($(#[$doc:meta])* $name:ident = $text:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }
        impl TypedEvent for $name {
            const NAME: &'static str = $text;
            fn attributes(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($field), self.$field.to_string()),)*]
            }
        }
    )*};
}
pub(crate) use typed_events;
