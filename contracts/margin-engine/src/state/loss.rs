//! Stored form of losses and the rounds that share them.

use std::io::{Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use risk::liquidation::{Ended, Part, Round};

use super::codec::{read_small, read_uint, write_uint};
use crate::core::loss::{Gain, Loss};

impl Record for Loss {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Loss {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let Round {
            due,
            gains,
            withheld,
        } = self.running;
        let parts = [
            self.round.into(),
            self.ends_at.into(),
            self.ends_at_latest.into(),
            self.later,
            due,
            gains,
            withheld,
            self.unseen.into(),
            self.uncollected,
        ];
        write_uints(parts, writer)
    }
}

impl BorshDeserialize for Loss {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            round: read_small(reader)?,
            ends_at: read_small(reader)?,
            ends_at_latest: read_small(reader)?,
            later: read_uint(reader)?,
            running: Round {
                due: read_uint(reader)?,
                gains: read_uint(reader)?,
                withheld: read_uint(reader)?,
            },
            unseen: read_small(reader)?,
            uncollected: read_uint(reader)?,
        })
    }
}

/// A round that has ended.
#[derive(Clone, Debug)]
pub(super) struct EndedRecord(pub Ended);
impl Record for EndedRecord {
    const VERSION: u8 = 1;
}

impl BorshSerialize for EndedRecord {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let ended = &self.0;
        let parts = [ended.raised, ended.gains, ended.waiting, ended.left];
        write_uints(parts, writer)
    }
}

impl BorshDeserialize for EndedRecord {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self(Ended {
            raised: read_uint(reader)?,
            gains: read_uint(reader)?,
            waiting: read_uint(reader)?,
            left: read_uint(reader)?,
        }))
    }
}

impl Record for Gain {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Gain {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let Part { gains, withheld } = self.part;
        write_uints([self.round.into(), gains, withheld], writer)
    }
}

impl BorshDeserialize for Gain {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            round: read_small(reader)?,
            part: Part {
                gains: read_uint(reader)?,
                withheld: read_uint(reader)?,
            },
        })
    }
}

fn write_uints<W: Write>(parts: impl IntoIterator<Item = u128>, writer: &mut W) -> Result<()> {
    parts
        .into_iter()
        .try_for_each(|part| write_uint(part, writer))
}
