//! A reader that reads a limited number of bytes in total.
//!
//! Debug information may refer to the same bytes many times, such as to all suffixes of one list. What
//! is converted, and the time that it takes, is proportional to what is read.

use gimli::{EndianSlice, LittleEndian, Reader, ReaderOffsetId, Result};
use std::borrow::Cow;
use std::cell::Cell;

/// Compilers' output is read a few times.
const FACTOR: u64 = 16;

/// How many bytes may still be read.
#[derive(Debug)]
pub struct Meter(Cell<u64>);

impl Meter {
    /// A meter for sections of this size in total.
    pub fn new(size: usize) -> Self {
        Meter(Cell::new(0x1_0000 + FACTOR * size as u64))
    }
}

/// Bytes of a section.
#[derive(Clone, Copy, Debug)]
pub struct Metered<'a> {
    bytes: EndianSlice<'a, LittleEndian>,
    meter: &'a Meter,
}

impl<'a> Metered<'a> {
    /// Reads a section.
    pub fn new(data: &'a [u8], meter: &'a Meter) -> Self {
        let bytes = EndianSlice::new(data, LittleEndian);
        Metered { bytes, meter }
    }

    fn spend(&self, count: usize) -> Result<()> {
        let left = self.meter.0.get().checked_sub(count as u64);
        let left = left.ok_or(gimli::Error::UnexpectedEof(self.offset_id()))?;
        self.meter.0.set(left);
        Ok(())
    }
}

impl Reader for Metered<'_> {
    type Endian = LittleEndian;
    type Offset = usize;

    fn endian(&self) -> LittleEndian {
        LittleEndian
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn empty(&mut self) {
        self.bytes.empty();
    }

    fn truncate(&mut self, len: usize) -> Result<()> {
        self.bytes.truncate(len)
    }

    fn offset_from(&self, base: &Self) -> usize {
        self.bytes.offset_from(base.bytes)
    }

    fn offset_id(&self) -> ReaderOffsetId {
        self.bytes.offset_id()
    }

    fn lookup_offset_id(&self, id: ReaderOffsetId) -> Option<usize> {
        self.bytes.lookup_offset_id(id)
    }

    fn find(&self, byte: u8) -> Result<usize> {
        let found = Reader::find(&self.bytes, byte)?;
        // Searching is fast, and equal strings are kept once.
        self.spend(1 + found / 4)?;
        Ok(found)
    }

    fn skip(&mut self, len: usize) -> Result<()> {
        self.bytes.skip(len)
    }

    fn split(&mut self, len: usize) -> Result<Self> {
        let bytes = self.bytes.split(len)?;
        Ok(Metered { bytes, ..*self })
    }

    fn to_slice(&self) -> Result<Cow<'_, [u8]>> {
        self.bytes.to_slice()
    }

    fn to_string(&self) -> Result<Cow<'_, str>> {
        Reader::to_string(&self.bytes)
    }

    fn to_string_lossy(&self) -> Result<Cow<'_, str>> {
        Reader::to_string_lossy(&self.bytes)
    }

    fn read_slice(&mut self, buf: &mut [u8]) -> Result<()> {
        self.spend(buf.len())?;
        self.bytes.read_slice(buf)
    }
}
