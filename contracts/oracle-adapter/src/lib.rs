//! Validates signed market reports into one priced, aged, settled market record.
