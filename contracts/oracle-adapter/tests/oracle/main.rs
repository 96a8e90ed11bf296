//! The oracle adapter, message by message, on a chain in memory.
#![allow(missing_docs, reason = "tests")]

mod world;

mod access;
mod add_feed;
mod fix;
mod fuzz;
mod ownership;
mod pages;
#[path = "../../../margin-engine/tests/messages/common/paging.rs"]
mod paging;
mod publish;
mod publish_signatures;
mod publish_surface;
mod publish_time;
mod quarantine;
mod query;
mod refresh;
mod rotate_signers;
mod set_guardian;
mod set_policy;
mod set_policy_switch;
mod spec;
mod validity;
mod windows;
