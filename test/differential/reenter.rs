//! Hosts that call the components again while the components wait for them: in each function that
//! they import, and in each destructor.
//!
//! What a host does and returns comes from a tape of numbers. What it sees must be the same on a
//! component engine and on core engines; a trap in a call that the host ignores may end the calls
//! around it on the latter.

use super::instance::Done;

/// The component.
pub const COMPONENT: &str = include_str!("reenter.wat");
/// The interface that the host provides.
pub const HOST: &str = "test:host/api";
/// The interface that the component exports.
pub const GUEST: &str = "test:host/guest";

/// A call of the host.
#[derive(Clone, Debug)]
pub enum Call {
    Run(String),
    Echo(String),
    Count(u32),
    Length(String),
    Make(u32),
    /// The number of a resource that the host has.
    Text(usize),
    Take(usize),
    Drop(usize),
}

/// What a host does next, and what it has seen.
#[derive(Default)]
pub struct Script {
    tape: Vec<u32>,
    at: usize,
    depth: u32,
    /// The resources that the host owns: whether it still has each.
    pub resources: Vec<bool>,
    pub seen: Vec<String>,
}

/// The components on an engine, while the host runs.
pub trait Guest {
    fn script(&mut self) -> &mut Script;

    /// Makes a call; returns its result as text.
    fn call(&mut self, call: &Call) -> Done<String>;
}

impl Script {
    pub fn new(tape: &[u32]) -> Self {
        Script {
            tape: tape.to_vec(),
            ..Script::default()
        }
    }

    /// The next number; zeros follow the end of the tape.
    pub fn next(&mut self) -> u32 {
        let number = self.tape.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        number
    }

    /// A string, whose length is seldom near a power of two.
    pub fn text(&mut self) -> String {
        let length = match self.next() % 8 {
            0 => 0,
            1..=5 => self.next() % 30,
            _ => self.next() % 3000,
        };
        let first = self.next();
        let letters = (0..length).map(|i| char::from(b'!' + (first.wrapping_add(i) % 90) as u8));
        letters.collect()
    }

    fn program(&mut self) -> String {
        let length = self.next() % 7;
        let step = |n: u32| char::from(b"aallnnttvvrr..-x"[n as usize % 16]);
        (0..length).map(|_| step(self.next())).collect()
    }

    fn choose(&mut self) -> Call {
        let resource = |script: &mut Script| {
            let count = script.resources.len();
            let first = script.next() as usize % count.max(1);
            let all = (first..count).chain(0..first);
            all.into_iter().find(|i| script.resources[*i])
        };
        let kind = self.next() % 12;
        match (kind, resource(self)) {
            (0..=3, _) => Call::Run(self.program()),
            (4 | 5, _) => Call::Echo(self.text()),
            (6, _) => Call::Count(self.next() % 100),
            (7, _) => Call::Length(self.text()),
            (9, Some(resource)) => Call::Text(resource),
            (10, Some(resource)) => Call::Take(resource),
            (11, Some(resource)) => Call::Drop(resource),
            _ => Call::Make(self.next() % 100),
        }
    }
}

/// Makes the calls of a host in a function that the components call, or, without a name, while no
/// call is open. Fails if the host passes a trap on.
pub fn visit(guest: &mut dyn Guest, name: &str) -> Done<()> {
    let script = guest.script();
    script.seen.push(name.to_owned());
    let most = if script.depth < 4 {
        script.next() % 4
    } else {
        0
    };
    let count = if name.is_empty() { 4 } else { most };
    for _ in 0..count {
        let script = guest.script();
        script.depth += 1;
        let call = script.choose();
        script.seen.push(format!("{call:?}"));
        if let Call::Take(i) | Call::Drop(i) = call {
            script.resources[i] = false;
        }
        let result = guest.call(&call);
        let script = guest.script();
        script.depth -= 1;
        match result {
            Ok(result) => script.seen.push(result),
            Err(e) => {
                script.seen.push("trap".to_owned());
                if script.next().is_multiple_of(2) {
                    return Err(e);
                }
            }
        }
    }
    Ok(())
}

/// Compares what hosts have seen; the error describes the difference.
pub fn compare(composed: &Script, lowered: &Script) -> Result<(), String> {
    let trap = composed.seen.iter().position(|line| line == "trap");
    let end = trap.map_or(usize::MAX, |at| at + 1);
    let (a, b) = (
        composed.seen.iter().take(end),
        lowered.seen.iter().take(end),
    );
    if a.clone().eq(b.clone()) {
        return Ok(());
    }
    let same = a.clone().zip(b.clone()).take_while(|(a, b)| a == b).count();
    let show = |script: &Script| format!("{:?}", script.seen.get(same));
    Err(format!(
        "after {:#?}\n  composed: {}\n  lowered: {}",
        &composed.seen[same.saturating_sub(8)..same],
        show(composed),
        show(lowered)
    ))
}
