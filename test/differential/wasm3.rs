//! Modules on wasm3.

use super::instance::{Core, Done, Flat, Num};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A module on wasm3, in a separate process that reads one command per line.
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts the program and loads a module.
    pub fn new(program: &Path, module: &Path) -> Self {
        let mut child = Command::new(program)
            .arg(module)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("wasm3 starts");
        let input = child.stdin.take().expect("the standard input");
        let output = BufReader::new(child.stdout.take().expect("the standard output"));
        Process {
            child,
            input,
            output,
        }
    }

    fn ask(&mut self, question: &str) -> Done<String> {
        writeln!(self.input, "{question}").expect("wasm3 listens");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("wasm3 answers");
        match answer.trim_end_matches('\n').split_once(' ') {
            Some(("ok", rest)) => Ok(rest.to_owned()),
            _ => Err(answer),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Core for Process {
    fn call(&mut self, name: &str, args: &[Num], result: Option<Flat>) -> Done<Option<Num>> {
        let mut question = format!("call {name}");
        for arg in args {
            question.push_str(&format!(" {}", arg.bits()));
        }
        let answer = self.ask(&question)?;
        Ok(result.map(|ty| Num::new(ty, answer.parse().expect("a number"))))
    }

    fn read(&mut self, at: u32, length: u32) -> Done<Vec<u8>> {
        let text = self.ask(&format!("read {at} {length}"))?;
        let digits = text.as_bytes().chunks(2);
        let digits = digits.map(|two| std::str::from_utf8(two).unwrap_or_default());
        Ok(digits
            .map(|two| u8::from_str_radix(two, 16).expect("a byte"))
            .collect())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()> {
        let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        self.ask(&format!("write {at} {digits}")).map(|_| ())
    }
}
