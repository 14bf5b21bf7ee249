//! The syntax of the language: `name(parameter, ...) = expression`, a function on each line.

use std::iter::Peekable;
use std::str::Chars;

pub struct Function {
    pub name: String,
    pub params: Vec<String>,
    pub body: Expr,
    pub line: usize,
}

pub enum Expr {
    Number(f64),
    Param(usize),
    Call(String, Vec<Expr>),
    Op(char, Box<Expr>, Box<Expr>),
}

/// Parses a source. The error has the number of the line.
pub fn parse(source: &str) -> Result<Vec<Function>, (usize, String)> {
    let lines = source.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(i, line)| Parser::new(line).function(i + 1).map_err(|e| (i + 1, e)))
        .collect()
}

struct Parser<'a> {
    chars: Peekable<Chars<'a>>,
    params: Vec<String>,
}

impl<'a> Parser<'a> {
    fn new(line: &'a str) -> Self {
        let chars = line.chars().peekable();
        let params = Vec::new();
        Parser { chars, params }
    }

    fn peek(&mut self) -> Option<char> {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
        self.chars.peek().copied()
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.peek() == Some(wanted) && self.chars.next().is_some()
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        match self.eat(wanted) {
            true => Ok(()),
            false => Err(match self.chars.peek() {
                Some(c) => format!("expected `{wanted}`, got `{c}`"),
                None => format!("expected `{wanted}` at the end of the line"),
            }),
        }
    }

    fn word(&mut self) -> String {
        self.peek();
        let is_part = |c: &char| c.is_alphanumeric() || *c == '.';
        std::iter::from_fn(|| self.chars.next_if(is_part)).collect()
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        self.expect('(')?;
        while !self.eat(')') {
            if !items.is_empty() {
                self.expect(',')?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn function(mut self, line: usize) -> Result<Function, String> {
        let name = self.word();
        self.params = self.list(|parser| Ok(parser.word()))?;
        self.expect('=')?;
        let body = self.binary(0)?;
        match self.peek() {
            Some(c) => Err(format!("unexpected `{c}`")),
            None => Ok(Function {
                name,
                params: self.params,
                body,
                line,
            }),
        }
    }

    /// Operators of one precedence, the lowest first.
    fn binary(&mut self, level: usize) -> Result<Expr, String> {
        const LEVELS: [&[char]; 2] = [&['+', '-'], &['*', '/']];
        let Some(operators) = LEVELS.get(level) else {
            return self.operand();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(op) = self.peek().filter(|c| operators.contains(c)) {
            self.expect(op)?;
            let right = self.binary(level + 1)?;
            left = Expr::Op(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, String> {
        if self.eat('(') {
            let inner = self.binary(0)?;
            self.expect(')')?;
            return Ok(inner);
        }
        let word = self.word();
        if let Ok(number) = word.parse() {
            return Ok(Expr::Number(number));
        }
        if let Some(index) = self.params.iter().position(|param| *param == word) {
            return Ok(Expr::Param(index));
        }
        match self.peek() {
            Some('(') if !word.is_empty() => Ok(Expr::Call(word, self.list(|p| p.binary(0))?)),
            _ if word.is_empty() => Err("expected a value".to_string()),
            _ => Err(format!("there is no parameter `{word}`")),
        }
    }
}
