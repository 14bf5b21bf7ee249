//! What scripts import: functions of the world, and other scripts.

use crate::handles::Handle;
use crate::host::Host;
use crate::values::{checked, contains_own, pascal_case, snake_case, to_script, to_wit, Mismatch};
use rhai::{
    is_valid_function_name, Blob, Dynamic, Engine, EvalAltResult, FnNamespace, FuncRegistration,
    ImmutableString, Map, Module, ModuleResolver, NativeCallContext, Position, RhaiFunc, Scope,
    Shared,
};
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wit_dylib::{FunctionKind, ImportFunc, Type, Value};

type Failure = Box<EvalAltResult>;
type Outcome = Result<Dynamic, Failure>;

/// An error of the script that is no thrown value: a `result` that the script returns cannot contain it.
fn bug(message: String) -> Failure {
    EvalAltResult::ErrorDotExpr(message, Position::NONE).into()
}

/// The name of a function for scripts: with an underscore if it is a keyword.
fn function_name(name: &str) -> String {
    let name = snake_case(name);
    match is_valid_function_name(&name) {
        true => name,
        false => name + "_",
    }
}

/// Registers the functions of the world itself, methods of resources, and the resolver of modules.
pub fn register(engine: &mut Engine, host: &Rc<Host>) {
    let mut global = Module::new();
    let mut methods = BTreeSet::new();
    for function in host.world.import_funcs() {
        let parts = function.parts();
        match parts.kind {
            FunctionKind::Method => {
                methods.insert((function_name(parts.name), function.params().len()));
            }
            FunctionKind::Free if function.interface().is_none() => {
                let name = function_name(parts.name);
                add_import(&mut global, FnNamespace::Global, &name, host, function);
            }
            _ => {}
        }
    }
    methods.insert(("close".to_string(), 1));
    for (name, count) in methods {
        add_method(&mut global, name, count, host);
    }
    engine.register_global_module(global.into());
    engine.set_module_resolver(Resolver(host.clone()));
}

/// The type of the values of Rhai that are passed for a type of WIT, or that of any value.
fn type_id(ty: Type) -> TypeId {
    match ty {
        Type::Bool => TypeId::of::<bool>(),
        Type::Char => TypeId::of::<char>(),
        Type::String | Type::Enum(_) => TypeId::of::<ImmutableString>(),
        Type::F32 | Type::F64 => TypeId::of::<rhai::FLOAT>(),
        Type::List(list) if list.ty() == Type::U8 => TypeId::of::<Blob>(),
        Type::List(_) | Type::Tuple(_) => TypeId::of::<rhai::Array>(),
        Type::Record(_) | Type::Flags(_) | Type::Variant(_) | Type::Result(_) => {
            TypeId::of::<Map>()
        }
        Type::Own(resource) | Type::Borrow(resource) if !resource.is_exported() => {
            TypeId::of::<Handle>()
        }
        Type::Option(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Map(_)
        | Type::Future(_)
        | Type::Stream(_) => TypeId::of::<Dynamic>(),
        _ => TypeId::of::<rhai::INT>(),
    }
}

/// Adds a function for arguments of the types, and for others, so that it can report which argument is wrong. Rhai finds
/// functions by the types of the arguments, and tries each combination of these and of any type.
fn add(
    module: &mut Module,
    namespace: FnNamespace,
    name: &str,
    types: &[TypeId],
    any: &[TypeId],
    func: impl Fn(&mut [&mut Dynamic]) -> Outcome + 'static,
) {
    let func = move |context: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
        func(args).map_err(|mut error| {
            let at = context.map_or(Position::NONE, |context| context.call_position());
            if error.position().is_none() {
                error.set_position(at);
            }
            error
        })
    };
    let func = Rc::new(func);
    for types in [types, any] {
        let func = RhaiFunc::Method {
            func: func.clone(),
            has_context: true,
            is_pure: true,
            is_volatile: true,
        };
        FuncRegistration::new(name)
            .with_namespace(namespace)
            .set_into_module_raw(module, types, func);
    }
}

fn add_import(
    module: &mut Module,
    namespace: FnNamespace,
    name: &str,
    host: &Rc<Host>,
    function: ImportFunc,
) {
    let types: Vec<TypeId> = function.params().map(type_id).collect();
    let any = vec![TypeId::of::<Dynamic>(); types.len()];
    let host = host.clone();
    add(module, namespace, name, &types, &any, move |args| {
        call(&host, function, args)
    });
}

/// Adds the methods with a name: which one is called depends on the resource.
fn add_method(module: &mut Module, name: String, count: usize, host: &Rc<Host>) {
    let mut types = vec![TypeId::of::<Dynamic>(); count];
    types[0] = TypeId::of::<Handle>();
    let named = host.world.import_funcs().filter(|function| {
        let parts = function.parts();
        parts.kind == FunctionKind::Method
            && function_name(parts.name) == name
            && function.params().len() == count
    });
    let named: Vec<_> = named.collect();
    let host = host.clone();
    let shown = name.clone();
    let func = move |args: &mut [&mut Dynamic]| {
        let handle = args[0].read_lock::<Handle>().map(|handle| handle.clone());
        let Some(handle) = handle else {
            return Err(bug("not a resource".to_string()));
        };
        let of_resource = |function: &&ImportFunc| matches!(function.params().next(), Some(Type::Borrow(resource)) if resource == handle.resource());
        if let Some(function) = named.iter().find(of_resource) {
            return call(&host, *function, args);
        }
        if shown == "close" {
            handle.close();
            return Ok(Dynamic::UNIT);
        }
        let class = pascal_case(handle.resource().name());
        Err(bug(format!("{class} has no method `{shown}`")))
    };
    add(module, FnNamespace::Global, &name, &types, &types, func);
}

/// Calls an import with values of the script.
fn call(host: &Host, function: ImportFunc, args: &mut [&mut Dynamic]) -> Outcome {
    if host.loading.get() {
        return Err(bug(format!(
            "`{function:?}` cannot be called while the script is loaded; call it in an exported function"
        )));
    }
    let is_method = function.parts().kind == FunctionKind::Method;
    let explain = |i: usize, error: Mismatch| -> Failure {
        let what = match (is_method, i) {
            (true, 0) => "`this`".to_string(),
            (true, _) => format!("argument {i}"),
            (false, _) => format!("argument {}", i + 1),
        };
        bug(format!("{function:?}: {}", error.message(&what)))
    };
    // All are checked before the first resource is given away.
    for (i, ty) in function
        .params()
        .enumerate()
        .filter(|(_, ty)| contains_own(*ty))
    {
        to_wit(host, args[i], ty, false).map_err(|e| explain(i, e))?;
    }
    let mut arguments = Vec::with_capacity(args.len());
    let mut owned = Vec::new();
    for (i, ty) in function.params().enumerate() {
        match contains_own(ty) {
            // A place for it.
            true => {
                owned.push((i, ty));
                arguments.push(Value::Bool(true));
            }
            false => arguments.push(to_wit(host, args[i], ty, true).map_err(|e| explain(i, e))?),
        }
    }
    for (i, ty) in owned {
        arguments[i] = checked(host, args[i], ty).map_err(|e| explain(i, e))?;
    }
    match (function.call(arguments).map_err(bug)?, function.result()) {
        (Some(Value::Result(result)), Some(Type::Result(ty))) => {
            let payload = |value: Option<Box<Value>>, ty: Option<Type>| {
                let value = value.zip(ty);
                value.map_or(Dynamic::UNIT, |(value, ty)| to_script(host, *value, ty))
            };
            match result {
                Ok(value) => Ok(payload(value, ty.ok())),
                // What `catch` gets.
                Err(value) => {
                    let thrown = payload(value, ty.err());
                    Err(EvalAltResult::ErrorRuntime(thrown, Position::NONE).into())
                }
            }
        }
        (Some(value), Some(ty)) => Ok(to_script(host, value, ty)),
        _ => Ok(Dynamic::UNIT),
    }
}

/// Finds modules: interfaces that the world imports, and other scripts.
struct Resolver(Rc<Host>);

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        at: Position,
    ) -> Result<Shared<Module>, Failure> {
        let host = &self.0;
        if let Some(interface) = host.find_interface(path) {
            return Ok(interface_module(host, interface));
        }
        let name = match path.strip_prefix("//") {
            Some(label) => labelled(host, label),
            None => join(source.unwrap_or(host.main()), path),
        };
        match host.modules.borrow().get(&name) {
            Some(Some(module)) => return Ok(module.clone()),
            Some(None) => return Err(bug(format!("`{name}` imports itself"))),
            None => {}
        }
        let Some(script) = host.sources.iter().find(|script| script.name == name) else {
            let message = format!("there is no module `{path}`: the world imports no interface and there is no script `{name}`");
            return Err(EvalAltResult::ErrorDotExpr(message, at).into());
        };
        host.modules.borrow_mut().insert(name.clone(), None);
        let module = crate::compile(engine, script)
            .and_then(|ast| Module::eval_ast_as_new(Scope::new(), &ast, engine))
            .map_err(|e| EvalAltResult::ErrorInModule(name.clone(), e, at))?;
        let module = Shared::new(module);
        let loaded = Some(module.clone());
        host.modules.borrow_mut().insert(name, loaded);
        Ok(module)
    }
}

/// The path of a script that another one imports.
fn join(source: &str, path: &str) -> String {
    let mut folders: Vec<&str> = source.split('/').collect();
    folders.pop();
    for step in path.split('/') {
        match step {
            "." => {}
            ".." if folders.last().is_some_and(|folder| *folder != "..") => {
                folders.pop();
            }
            _ => folders.push(step),
        }
    }
    with_extension(folders.join("/"))
}

fn with_extension(path: String) -> String {
    match path.ends_with(".rhai") {
        true => path,
        false => path + ".rhai",
    }
}

/// The path of a script from its label without `//`, which is one of the main script's repository.
fn labelled(host: &Host, label: &str) -> String {
    let path = with_extension(
        label
            .replacen(':', "/", 1)
            .trim_start_matches('/')
            .to_string(),
    );
    // Paths in other repositories start with the repository's name.
    let repository = host.main().split_once('/').map_or("", |(first, _)| first);
    let external = format!("{repository}/{path}");
    let has = |name: &str| host.sources.iter().any(|script| script.name == name);
    match !has(&path) && has(&external) {
        true => external,
        false => path,
    }
}

/// The module of an interface: functions, constructors with the name of their resource, and a module for each resource with
/// static functions.
fn interface_module(host: &Rc<Host>, interface: &str) -> Shared<Module> {
    let mut module = Module::new();
    let mut classes: BTreeMap<String, Module> = BTreeMap::new();
    let functions = host.world.import_funcs();
    for function in functions.filter(|function| function.interface() == Some(interface)) {
        let parts = function.parts();
        let class = pascal_case(parts.resource);
        let (module, name) = match parts.kind {
            FunctionKind::Free => (&mut module, function_name(parts.name)),
            FunctionKind::Constructor => (&mut module, class),
            FunctionKind::Static => (classes.entry(class).or_default(), function_name(parts.name)),
            FunctionKind::Method => continue,
        };
        add_import(module, FnNamespace::Internal, &name, host, function);
    }
    for (name, class) in classes {
        module.set_sub_module(name, class);
    }
    module.build_index();
    module.into()
}
