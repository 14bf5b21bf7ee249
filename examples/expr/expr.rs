//! An interpreter for components: scripts are functions on numbers, which call each other and what the world imports.

mod syntax;

use std::collections::HashMap;
use syntax::{Expr, Function};
use wit_dylib::{ExportFunc, ImportFunc, Interpreter, Sources, Type, Value, World};

struct Script {
    functions: HashMap<String, Function>,
    imports: HashMap<&'static str, ImportFunc>,
}

/// Reports an error, and traps. At build time, the check of the script prints what was logged.
fn fail(message: &str) -> ! {
    wit_dylib::log(&format!("error: {message}\n"));
    std::process::abort()
}

impl Script {
    /// Checks that an expression calls only what is there, with the right number of arguments.
    fn check(&self, expr: &Expr) -> Result<(), String> {
        match expr {
            Expr::Number(_) | Expr::Param(_) => Ok(()),
            Expr::Op(_, left, right) => self.check(left).and_then(|()| self.check(right)),
            Expr::Call(name, args) => {
                let script = self.functions.get(name).map(|f| f.params.len());
                let import = self.imports.get(name.as_str()).map(|f| f.params().len());
                let builtin = (name == "abs").then_some(1);
                match script.or(import).or(builtin) {
                    None => Err(format!("there is no function `{name}`")),
                    Some(count) if count != args.len() => {
                        Err(format!("`{name}` takes {count} values, not {}", args.len()))
                    }
                    Some(_) => args.iter().try_for_each(|arg| self.check(arg)),
                }
            }
        }
    }

    fn eval(&self, expr: &Expr, params: &[f64]) -> f64 {
        match expr {
            Expr::Number(number) => *number,
            Expr::Param(index) => params[*index],
            Expr::Op(op, left, right) => {
                let (left, right) = (self.eval(left, params), self.eval(right, params));
                match op {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                }
            }
            Expr::Call(name, args) => {
                let args: Vec<f64> = args.iter().map(|arg| self.eval(arg, params)).collect();
                if let Some(function) = self.functions.get(name) {
                    return self.eval(&function.body, &args);
                }
                match self.imports.get(name.as_str()) {
                    Some(import) => match import.call(args.into_iter().map(Value::F64).collect()) {
                        Ok(Some(Value::F64(result))) => result,
                        other => panic!("{import:?} returned {other:?}"),
                    },
                    None => args[0].abs(),
                }
            }
        }
    }
}

fn is_numeric(mut params: impl Iterator<Item = Type>, result: Option<Type>) -> bool {
    params.all(|ty| ty == Type::F64) && result == Some(Type::F64)
}

impl Interpreter for Script {
    fn start(world: World, sources: Sources) -> Self {
        let mut script = Script {
            functions: HashMap::new(),
            imports: world.import_funcs().map(|f| (f.name(), f)).collect(),
        };
        let mut main = "";
        for source in sources.iter() {
            main = if main.is_empty() { source.name } else { main };
            let text = String::from_utf8_lossy(source.data);
            match syntax::parse(&text) {
                Ok(functions) => {
                    let named = functions.into_iter().map(|f| (f.name.clone(), f));
                    script.functions.extend(named);
                }
                Err((line, message)) => fail(&format!("{}:{line}: {message}", source.name)),
            }
        }
        for function in script.functions.values() {
            if let Err(message) = script.check(&function.body) {
                fail(&format!("{main}:{}: {message}", function.line));
            }
        }
        for import in world.import_funcs() {
            if !is_numeric(import.params(), import.result()) {
                fail(&format!("`{import:?}` has a type other than f64"));
            }
        }
        for export in world.export_funcs() {
            match script.functions.get(export.name()) {
                None => fail(&format!(
                    "{main}: the world exports `{export:?}`, but the script has no function `{}`",
                    export.name()
                )),
                Some(_) if !is_numeric(export.params(), export.result()) => {
                    fail(&format!("`{export:?}` has a type other than f64"));
                }
                Some(f) if f.params.len() != export.params().len() => fail(&format!(
                    "{main}:{}: `{}` takes {} values, but `{export:?}` has {}",
                    f.line,
                    f.name,
                    f.params.len(),
                    export.params().len(),
                )),
                Some(_) => {}
            }
        }
        script
    }

    fn call(&self, export: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        let numbers = arguments.iter().map(|value| match value {
            Value::F64(number) => *number,
            other => unreachable!("{}", other.kind()),
        });
        let numbers: Vec<f64> = numbers.collect();
        let function = &self.functions[export.name()];
        Some(Value::F64(self.eval(&function.body, &numbers)))
    }
}

wit_dylib::export!(Script);
