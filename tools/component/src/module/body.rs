//! Reading and writing the bodies of functions.

use std::collections::HashMap;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{CodeSection, Function, Instruction, ValType};
use wasmparser::FunctionBody;

/// The instructions of a body.
pub fn instructions<'a>(body: &FunctionBody<'a>) -> Result<Vec<Instruction<'a>>, Error> {
    let mut reader = body.get_operators_reader()?;
    let mut all = Vec::new();
    while !reader.eof() {
        all.push(RoundtripReencoder.instruction(reader.read()?)?);
    }
    Ok(all)
}

/// The body of a function that is being rewritten.
pub struct Body<'a> {
    params: u32,
    locals: Vec<(u32, ValType)>,
    /// The number of locals.
    count: u32,
    /// The scratch locals by type and number.
    scratch: HashMap<(ValType, u32), u32>,
    code: Vec<Instruction<'a>>,
}

impl<'a> Body<'a> {
    /// Starts an empty body with the locals of `body`, of a function with `params` parameters.
    pub fn new(params: usize, body: &FunctionBody<'a>) -> Result<Self, Error> {
        let mut locals = Vec::new();
        let mut count = 0;
        for local in body.get_locals_reader()? {
            let (n, ty) = local?;
            locals.push((n, RoundtripReencoder.val_type(ty)?));
            count += n;
        }
        Ok(Body {
            // A function has a thousand parameters at most.
            params: params as u32,
            locals,
            count,
            scratch: HashMap::new(),
            code: Vec::new(),
        })
    }

    /// Adds a local.
    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push((1, ty));
        self.count += 1;
        self.params + self.count - 1
    }

    /// A local for a short time: the same one for the same type and number.
    pub fn scratch(&mut self, ty: ValType, number: u32) -> u32 {
        if let Some(local) = self.scratch.get(&(ty, number)) {
            return *local;
        }
        let local = self.local(ty);
        self.scratch.insert((ty, number), local);
        local
    }

    /// Adds an instruction.
    pub fn push(&mut self, instruction: Instruction<'a>) {
        self.code.push(instruction);
    }

    /// Adds instructions.
    pub fn extend<const N: usize>(&mut self, instructions: [Instruction<'a>; N]) {
        self.code.extend(instructions);
    }

    /// Removes and returns the last instruction, if this is allowed and all that the instruction
    /// does is push a constant or the value of a local or global.
    pub fn take_simple(&mut self, allowed: bool) -> Option<Instruction<'a>> {
        use Instruction as I;
        self.code.pop_if(|last| {
            let simple = matches!(
                last,
                I::LocalGet(_)
                    | I::GlobalGet(_)
                    | I::I32Const(_)
                    | I::I64Const(_)
                    | I::F32Const(_)
                    | I::F64Const(_)
            );
            allowed && simple
        })
    }

    /// Writes the body.
    pub fn finish(self, code: &mut CodeSection) {
        let mut function = Function::new(self.locals);
        for instruction in &self.code {
            function.instruction(instruction);
        }
        code.function(&function);
    }
}
