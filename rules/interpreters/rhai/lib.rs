//! Components in Rhai: the engine, and code that connects it to the library of a world.
//!
//! The value of the main script is a map with its exports. docs/interpreters.md describes what scripts see.

mod exports;
mod handles;
mod host;
mod memory;
mod messages;
mod modules;
mod values;

use exports::Exports;
use handles::Handle;
use host::Host;
use rhai::{Caches, Engine, GlobalRuntimeState, Scope, AST};
use std::rc::Rc;
use wit_dylib::{ExportFunc, Interpreter, Resource, Source, Sources, Value, World};

/// Nested calls of functions. The engine's own stack has room for more, that of a WebAssembly engine may not.
const MAX_CALLS: usize = 64;

/// Nesting of expressions in the source code.
const MAX_NESTING: usize = 64;

/// A script that is loaded.
struct Script {
    engine: Engine,
    /// What functions of the main script see: its other functions, and what it imports.
    global: GlobalRuntimeState,
    exports: Exports,
    host: Rc<Host>,
}

impl Script {
    /// Loads the scripts. Errors were reported.
    fn load(host: &Rc<Host>) -> Option<Script> {
        let Some(main) = host.sources.first() else {
            host.report("there is no script");
            return None;
        };
        let mut engine = Engine::new();
        engine.set_max_call_levels(MAX_CALLS);
        engine.set_max_expr_depths(MAX_NESTING, MAX_NESTING);
        engine.register_type_with_name::<Handle>("resource");
        let printing = host.clone();
        engine.on_print(move |text| printing.write(false, &format!("{text}\n")));
        let debugging = host.clone();
        engine.on_debug(move |text, source, at| {
            let source = source.unwrap_or_default();
            debugging.write(true, &format!("{source}:{at:?}: {text}\n"));
        });
        modules::register(&mut engine, host);
        let loaded = compile(&engine, main).and_then(|ast| {
            let mut global = engine.new_global_runtime_state();
            global.source = Some(main.name.into());
            global.lib.push(ast.shared_lib().clone());
            // The state keeps what the script imports, unlike that of `eval_ast`.
            #[allow(deprecated)]
            let value = engine.eval_statements_raw(
                &mut global,
                &mut Caches::new(),
                &mut Scope::new(),
                ast.statements(),
            );
            value.map(|value| (ast, global, value))
        });
        match loaded {
            Err(error) => {
                host.report_error(main.name, error, None);
                None
            }
            Ok((ast, global, value)) => Some(Script {
                exports: Exports::find(host, &ast, &value)?,
                engine,
                global,
                host: host.clone(),
            }),
        }
    }
}

/// Compiles a source.
fn compile(engine: &Engine, source: &Source) -> Result<AST, Box<rhai::EvalAltResult>> {
    let text = std::str::from_utf8(source.data).map_err(|_| "the script is not UTF-8")?;
    let mut ast = engine.compile(text)?;
    ast.set_source(source.name);
    Ok(ast)
}

impl Interpreter for Script {
    fn start(world: World, sources: Sources) -> Self {
        let host = Rc::new(Host::new(world, sources));
        let panicking = host.clone();
        messages::on_panic(panicking);
        let script = Script::load(&host);
        let Some(script) = script.filter(|_| host.is_fine()) else {
            messages::fail();
        };
        host.loading.set(false);
        script
    }

    fn call(&self, function: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        self.call_export(function, arguments)
    }

    fn destroy(&self, resource: Resource, rep: u32) {
        self.destroy_resource(resource, rep);
    }
}

wit_dylib::export!(Script);
