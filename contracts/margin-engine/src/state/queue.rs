//! Stored form of withdrawal queues.

use std::io::{Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;

use crate::core::queue::{Claim, Queue};

impl Record for Queue {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Queue {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        (self.waiting, self.allotted, self.factor).serialize(writer)?;
        (self.halvings, self.round).serialize(writer)
    }
}

impl BorshDeserialize for Queue {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let (waiting, allotted, factor) = BorshDeserialize::deserialize_reader(reader)?;
        let (halvings, round) = BorshDeserialize::deserialize_reader(reader)?;
        Ok(Self {
            waiting,
            allotted,
            factor,
            halvings,
            round,
        })
    }
}

impl Record for Claim {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Claim {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        (self.round, self.amount, self.due).serialize(writer)?;
        (self.factor, self.halvings).serialize(writer)
    }
}

impl BorshDeserialize for Claim {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let (round, amount, due) = BorshDeserialize::deserialize_reader(reader)?;
        let (factor, halvings) = BorshDeserialize::deserialize_reader(reader)?;
        Ok(Self {
            round,
            amount,
            factor,
            halvings,
            due,
        })
    }
}
