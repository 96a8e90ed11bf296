//! Small stateful helpers shared by the Optio contracts.
