//! Finds the sequences of a script: the calls on one instance of a component, in their order.

use crate::value;
use std::collections::HashMap;
use support::script::{component_text, forms, parts, string};
use wasmtime::component::Val;

/// The calls on one instance.
#[derive(Debug)]
pub struct Sequence {
    /// The line that creates the instance.
    pub line: usize,
    /// The component in text form.
    pub component: String,
    /// Part of the message with which instantiation traps, if it does.
    pub start_trap: Option<String>,
    pub calls: Vec<Call>,
}

/// A call of an export.
#[derive(Debug)]
pub struct Call {
    pub line: usize,
    pub name: String,
    pub args: Vec<Val>,
    pub expected: Expected,
}

/// What a script says about the outcome of a call.
#[derive(Debug)]
pub enum Expected {
    /// It returns.
    Return,
    /// It returns this.
    Value(Option<Val>),
    /// It traps, and the message contains this.
    Trap(String),
}

/// The sequences of a script that call anything or trap. Fails for a form that is not known.
pub fn sequences(script: &str) -> Result<Vec<Sequence>, String> {
    let mut reader = Reader::default();
    for form in forms(script) {
        let read = reader.form(form.line, form.text);
        read.ok_or_else(|| {
            let first: String = form.text.chars().take(60).collect();
            format!("line {}: unknown form {first}", form.line)
        })?;
    }
    let is_used = |s: &Sequence| s.start_trap.is_some() || !s.calls.is_empty();
    Ok(reader.all.into_iter().filter(is_used).collect())
}

#[derive(Default)]
struct Reader<'a> {
    definitions: HashMap<&'a str, String>,
    /// The sequences of the instances with names.
    instances: HashMap<&'a str, usize>,
    all: Vec<Sequence>,
}

impl<'a> Reader<'a> {
    fn form(&mut self, line: usize, text: &'a str) -> Option<()> {
        let form = parts(text)?;
        match *form.first()? {
            "component" => self.component(line, text, None),
            "invoke" => self.call(line, text, Expected::Return),
            "assert_return" => {
                let value = match form.get(2) {
                    Some(value) => Some(value::parse(value)?),
                    None => None,
                };
                self.call(line, form.get(1)?, Expected::Value(value))
            }
            "assert_trap" => {
                let message = String::from_utf8(string(form.get(2)?)?).ok()?;
                match *parts(form.get(1)?)?.first()? {
                    "component" => self.component(line, form.get(1)?, Some(message)),
                    _ => self.call(line, form.get(1)?, Expected::Trap(message)),
                }
            }
            // Nothing is instantiated.
            "assert_invalid" | "assert_malformed" | "assert_unlinkable" => Some(()),
            _ => None,
        }
    }

    fn component(&mut self, line: usize, text: &'a str, start_trap: Option<String>) -> Option<()> {
        let form = parts(text)?;
        let word = |at: usize| form.get(at).copied().unwrap_or_default();
        let name = |at: usize| Some(word(at)).filter(|w| w.starts_with('$'));
        let (component, instance) = match word(1) {
            "definition" => {
                let text = component_text(text)?;
                self.definitions.insert(name(2).unwrap_or_default(), text);
                return Some(());
            }
            "instance" => {
                let definition = name(3).or(name(2)).unwrap_or_default();
                (self.definitions.get(definition)?.clone(), name(2))
            }
            _ => (component_text(text)?, name(1)),
        };
        if let Some(instance) = instance {
            self.instances.insert(instance, self.all.len());
        }
        self.all.push(Sequence {
            line,
            component,
            start_trap,
            calls: Vec::new(),
        });
        Some(())
    }

    fn call(&mut self, line: usize, text: &'a str, expected: Expected) -> Option<()> {
        let form = parts(text)?;
        if *form.first()? != "invoke" {
            return None;
        }
        let instance = form.get(1).filter(|word| word.starts_with('$'));
        let sequence = match instance {
            Some(name) => self.all.get_mut(*self.instances.get(name)?),
            None => self.all.last_mut(),
        };
        let at = 1 + usize::from(instance.is_some());
        let args: Option<Vec<Val>> = form[at + 1..].iter().map(|a| value::parse(a)).collect();
        sequence?.calls.push(Call {
            line,
            name: String::from_utf8(string(form.get(at)?)?).ok()?,
            args: args?,
            expected,
        });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_belong_to_instances() {
        let script = r#"
            (component definition $d (import "a" (func)))
            (component instance $i $d)
            (component $c)
            (invoke $i "f" (u32.const 1))
            (assert_return (invoke "g") (str.const "x"))
            (component)
            (assert_trap (component $e (import "b" (func))) "start")
            (assert_invalid (component) "no")
            (assert_trap (invoke $c "h") "why")"#;
        let all = sequences(script).expect("known forms");
        let calls: Vec<(usize, Vec<(usize, &str)>)> = all
            .iter()
            .map(|s| (s.line, s.calls.iter().map(|c| (c.line, &*c.name)).collect()))
            .collect();
        assert_eq!(
            calls,
            [
                (3, vec![(5, "f")]),
                (4, vec![(6, "g"), (10, "h")]),
                (8, vec![])
            ]
        );
        assert_eq!(all[0].component, "(component $d\n(import \"a\" (func)))");
        assert_eq!(all[2].start_trap.as_deref(), Some("start"));
        assert!(matches!(&all[1].calls[1].expected, Expected::Trap(m) if m == "why"));
        assert!(sequences("(thread)").is_err());
    }
}
