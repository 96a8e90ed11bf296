//! Messages, responses, events and binary records of the Optio contracts.
