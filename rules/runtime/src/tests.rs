//! Tests of the runtime as the canonical ABI and generated code use it.

use crate::rt::{cabi_realloc, Cleanup, Resource, ResourceRep, WitMap};
use alloc::rc::Rc;
use core::alloc::Layout;
use std::collections::HashMap;
use std::prelude::rust_2021::*;

#[test]
fn a_block_of_no_size_is_null_and_has_no_owner() {
    for align in [1, 8, 64] {
        let layout = Layout::from_size_align(0, align).expect("layout");
        let (block, owner) = Cleanup::new(layout);
        assert!(block.is_null());
        assert!(owner.is_none());
    }
}

#[test]
fn a_block_is_aligned_and_writable_and_freed_by_its_owner() {
    for (size, align) in [(1, 1), (7, 8), (4096, 64)] {
        let layout = Layout::from_size_align(size, align).expect("layout");
        let (block, owner) = Cleanup::new(layout);
        assert_eq!(block.addr() % align, 0);
        unsafe { block.write_bytes(0xA5, size) };
        assert_eq!(unsafe { block.add(size - 1).read() }, 0xA5);
        drop(owner);
    }
}

#[test]
fn a_forgotten_block_lives_on() {
    let layout = Layout::new::<u64>();
    let (block, owner) = Cleanup::new(layout);
    owner.expect("owner").forget();
    unsafe {
        block.cast::<u64>().write(7);
        assert_eq!(block.cast::<u64>().read(), 7);
        alloc::alloc::dealloc(block, layout);
    }
}

#[test]
fn realloc_makes_grows_shrinks_and_frees() {
    unsafe {
        let block = cabi_realloc(core::ptr::null_mut(), 0, 8, 16);
        assert_eq!(block.addr() % 8, 0);
        for i in 0..16 {
            block.add(i).write(i as u8);
        }
        let block = cabi_realloc(block, 16, 8, 1 << 16);
        assert!((0..16).all(|i| block.add(i).read() == i as u8));
        let block = cabi_realloc(block, 1 << 16, 8, 4);
        assert!((0..4).all(|i| block.add(i).read() == i as u8));
        let empty = cabi_realloc(block, 4, 8, 0);
        assert_eq!(empty.addr(), 8);
    }
}

#[test]
fn realloc_of_nothing_gives_an_aligned_address_that_is_not_null() {
    for align in [1, 2, 4, 8, 16] {
        let block = unsafe { cabi_realloc(core::ptr::null_mut(), 0, align, 0) };
        assert!(!block.is_null());
        assert_eq!(block.addr() % align, 0);
        // An empty block can be resized.
        let grown = unsafe { cabi_realloc(block, 0, align, 3) };
        unsafe { cabi_realloc(grown, 3, align, 0) };
    }
}

struct Counted(#[allow(dead_code)] Rc<()>);

#[test]
fn a_resource_is_dropped_once_whether_taken_or_not() {
    let count = Rc::new(());
    let mut rep =
        <<Counted as Resource>::Rep as ResourceRep<Counted>>::rep_new(Counted(count.clone()));
    assert_eq!(Rc::strong_count(&count), 2);
    let taken = unsafe { ResourceRep::rep_take(&mut rep) };
    drop(rep);
    assert_eq!(Rc::strong_count(&count), 2);
    drop(taken);
    assert_eq!(Rc::strong_count(&count), 1);

    let rep = <<Counted as Resource>::Rep as ResourceRep<Counted>>::rep_new(Counted(count.clone()));
    drop(rep);
    assert_eq!(Rc::strong_count(&count), 1);
}

#[test]
#[should_panic(expected = "the resource's value was moved out")]
fn a_taken_resource_is_not_reached_again() {
    let mut rep = Some(5);
    unsafe {
        assert_eq!(<Option<i32> as ResourceRep<i32>>::rep_take(&mut rep), 5);
        <Option<i32> as ResourceRep<i32>>::rep_as_ref(&rep);
    }
}

#[test]
fn of_two_entries_with_one_key_the_later_stays() {
    fn fill<M: WitMap<u8, &'static str>>() -> M {
        let mut map = M::wit_map_new(2);
        map.wit_map_push(1, "a");
        map.wit_map_push(1, "b");
        assert_eq!(map.wit_map_len(), 1);
        map
    }
    assert_eq!(fill::<crate::rt::Map<_, _>>()[&1], "b");
    assert_eq!(fill::<HashMap<_, _>>()[&1], "b");
}

crate::bitflags! {
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    struct Bits: u8 {
        const A = 1 << 0;
        const B = 1 << 1;
    }
}

#[test]
fn flags_keep_unknown_bits_only_where_asked() {
    assert_eq!(Bits::from_bits(4), None);
    assert_eq!(Bits::from_bits_truncate(5), Bits::A);
    assert_eq!(Bits::from_bits_retain(5).bits(), 5);
    assert_eq!(!Bits::A, Bits::B);
    assert_eq!(Bits::all() - Bits::A, Bits::B);
    assert!((Bits::A | Bits::B).is_all() && (Bits::A & Bits::B).is_empty());
}
