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
        Event::new(Self::NAME).add_attributes(self.attributes())
    }
}
