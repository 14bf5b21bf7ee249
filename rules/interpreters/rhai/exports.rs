//! Functions that scripts export to the world.

use crate::host::Host;
use crate::messages::{fail, Located};
use crate::values::{checked, pascal_case, snake_case, to_script, Mismatch};
use crate::Script;
use rhai::{Dynamic, EvalAltResult, FnPtr, Map, NativeCallContext, Position, AST};
use std::collections::HashMap;
use wit_dylib::{short_interface_name, ExportFunc, FunctionKind, Resource, Type, Value};

/// The function of the script for each export.
pub struct Exports(HashMap<ExportFunc, Callee>);

struct Callee {
    function: FnPtr,
    /// The number of arguments that it takes.
    count: usize,
    /// Where it is defined, for errors in its result.
    place: String,
}

impl Exports {
    /// Finds all exports in the value of the main script. Errors are reported.
    pub fn find(host: &Host, ast: &AST, value: &Dynamic) -> Option<Exports> {
        let Ok(exports) = value.as_map_ref() else {
            let (main, kind) = (host.main(), value.type_name());
            host.report(&format!("{main}: the value of the script is {kind}, but it has to be a map with its exports"));
            return None;
        };
        for function in host.world.import_funcs().filter(|f| f.is_async()) {
            report_async(host, &format!("imports `{function:?}`"));
        }
        let kinds = [
            ("futures", host.world.futures().count()),
            ("streams", host.world.streams().count()),
        ];
        for (kind, _) in kinds.into_iter().filter(|(_, count)| *count > 0) {
            let main = host.main();
            host.report(&format!(
                "{main}: the world has {kind}, which this interpreter does not support"
            ));
        }
        let mut found = HashMap::new();
        for function in host.world.export_funcs() {
            if function.is_async() {
                report_async(host, &format!("exports `{function:?}`"));
            } else if let Some(callee) = find(host, ast, &exports, function) {
                found.insert(function, callee);
            }
        }
        Some(Exports(found))
    }
}

fn report_async(host: &Host, what: &str) {
    let main = host.main();
    host.report(&format!(
        "{main}: the world {what} as an async function, which this interpreter does not support"
    ));
}

/// The value of an interface in the exports: by its name, the name without version, or the short name.
fn find_interface(exports: &Map, interface: &str) -> Option<Dynamic> {
    let without_version = interface
        .split_once('@')
        .map_or(interface, |(name, _)| name);
    let short = snake_case(short_interface_name(interface));
    let names = [interface, without_version, short.as_str()];
    names.iter().find_map(|name| exports.get(*name)).cloned()
}

/// Finds the function of an export. Errors are reported.
fn find(host: &Host, ast: &AST, exports: &Map, function: ExportFunc) -> Option<Callee> {
    let parts = function.parts();
    let mut object = String::new();
    let mut members = exports.clone();
    if let Some(interface) = function.interface() {
        object = snake_case(short_interface_name(interface));
        let Some(map) = find_interface(exports, interface).and_then(|v| v.try_cast::<Map>()) else {
            missing(host, &members, function, "", &object);
            return None;
        };
        members = map;
    }
    if parts.kind != FunctionKind::Free {
        let class = pascal_case(parts.resource);
        let Some(map) = members
            .get(class.as_str())
            .and_then(|v| v.clone().try_cast::<Map>())
        else {
            missing(host, &members, function, &object, &class);
            return None;
        };
        let dot = if object.is_empty() { "" } else { "." };
        object = format!("{object}{dot}{class}");
        add_destructor(host, function, &map);
        members = map;
    }
    let name = match parts.kind {
        FunctionKind::Constructor => "constructor".to_string(),
        _ => snake_case(parts.name),
    };
    match members
        .get(name.as_str())
        .and_then(|v| v.clone().try_cast::<FnPtr>())
    {
        Some(found) => callee(host, ast, function, &name, found),
        None => {
            missing(host, &members, function, &object, &name);
            None
        }
    }
}

/// Notes the function that is called when the host drops a resource.
fn add_destructor(host: &Host, function: ExportFunc, class: &Map) {
    let destructor = class
        .get("destructor")
        .and_then(|v| v.clone().try_cast::<FnPtr>());
    let parts = function.parts();
    let is_named = |resource: &Resource| {
        resource.is_exported()
            && resource.interface() == function.interface()
            && resource.name() == parts.resource
    };
    let resource = host.world.resources().find(is_named);
    if let Some((destructor, resource)) = destructor.zip(resource) {
        host.resources
            .destructors
            .borrow_mut()
            .insert(resource, destructor);
    }
}

/// Reports a function that the script does not have, and what it has.
fn missing(host: &Host, members: &Map, function: ExportFunc, object: &str, name: &str) {
    let main = host.main();
    let what = match object {
        "" => format!("the map of the script has no `{name}`"),
        object => format!("`{object}` has no function `{name}`"),
    };
    host.report(&format!(
        "{main}: the world exports `{function:?}`, but {what}"
    ));
    let names: Vec<String> = members.keys().map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => host.note("there is nothing"),
        false => host.note(&format!("there is {}", names.join(", "))),
    }
}

/// Describes a function of the script. Rejects one with more parameters than WIT has.
fn callee(
    host: &Host,
    ast: &AST,
    export: ExportFunc,
    name: &str,
    function: FnPtr,
) -> Option<Callee> {
    let is_method = export.parts().kind == FunctionKind::Method;
    let given = export.params().len() - usize::from(is_method);
    let bound = function.curry().len();
    let definitions: Vec<_> = ast
        .iter_fn_def()
        .filter(|definition| definition.name == function.fn_name())
        .map(|definition| {
            (
                definition.params.len() - bound,
                definition.body.start_position(),
            )
        })
        .collect();
    let best = definitions
        .iter()
        .filter(|(count, _)| *count <= given)
        .max_by_key(|(count, _)| *count);
    let main = host.main();
    match (best, definitions.first()) {
        (None, Some((count, at))) => {
            let line = at
                .line()
                .map_or_else(String::new, |line| format!("{line}: "));
            host.report(&format!(
                "{main}:{line}the function `{name}` takes {count} parameters, but `{export:?}` has {given}"
            ));
            None
        }
        (best, _) => Some(Callee {
            count: best.map_or(given, |(count, _)| *count),
            place: match best.and_then(|(_, at)| at.line()) {
                Some(line) => format!("{main}:{line}: "),
                None => format!("{main}: "),
            },
            function,
        }),
    }
}

impl Script {
    /// Calls a function of the script.
    fn invoke(
        &self,
        function: &FnPtr,
        this: Option<&mut Dynamic>,
        mut arguments: Vec<Dynamic>,
    ) -> Result<Dynamic, Box<EvalAltResult>> {
        let name = function.fn_name();
        let source = Some(self.host.main());
        let context =
            NativeCallContext::from((&self.engine, name, source, &self.global, Position::NONE));
        function.call_raw(&context, this, arguments.as_mut_slice())
    }

    /// Calls the function of an export. An error that the script has not caught is reported, and traps.
    pub fn call_export(&self, export: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        let host = &*self.host;
        let loans = host.resources.num_loans();
        let Some(callee) = self.exports.0.get(&export) else {
            unreachable!("all exports are found")
        };
        let arguments = arguments.into_iter().zip(export.params());
        let mut arguments: Vec<_> = arguments
            .map(|(value, ty)| to_script(host, value, ty))
            .collect();
        let is_method = export.parts().kind == FunctionKind::Method;
        let mut this = is_method.then(|| arguments.remove(0));
        arguments.truncate(callee.count);
        let returned = self.invoke(&callee.function, this.as_mut(), arguments);
        let result = self.result(export, callee, returned);
        host.resources.end_loans(loans);
        result
    }

    /// The result of an export. In a `result`, a value that the script throws is the error.
    fn result(
        &self,
        export: ExportFunc,
        callee: &Callee,
        returned: Result<Dynamic, Box<EvalAltResult>>,
    ) -> Option<Value> {
        let host = &*self.host;
        let wrong = |place: &str, what: &str, error: Mismatch| -> Option<Value> {
            host.report(&format!("{place}{export:?}: {}", error.message(what)));
            fail()
        };
        let payload = |value: &Dynamic, ty: Option<Type>| {
            ty.map(|ty| checked(host, value, ty).map(Box::new))
                .transpose()
        };
        match (returned, export.result()) {
            (Ok(_), None) => None,
            (Ok(value), Some(Type::Result(ty))) => match payload(&value, ty.ok()) {
                Ok(value) => Some(Value::Result(Ok(value))),
                Err(e) => wrong(&callee.place, "result", e),
            },
            (Ok(value), Some(ty)) => match checked(host, &value, ty) {
                Ok(value) => Some(value),
                Err(e) => wrong(&callee.place, "result", e),
            },
            (Err(error), Some(Type::Result(ty))) if thrown(&error).is_some() => {
                let value = thrown(&error).cloned().unwrap_or_default();
                match payload(&value, ty.err()) {
                    Ok(value) => Some(Value::Result(Err(value))),
                    Err(e) => wrong(&Located::of(host.main(), error).place(), "error", e),
                }
            }
            (Err(error), _) => {
                // Rhai does not say where the stack overflows.
                let at = callee.place.trim_end_matches(": ");
                let during = format!("in a call of the export `{export:?}`, which is at {at}");
                host.report_error(host.main(), error, Some(&during));
                fail()
            }
        }
    }

    /// Forgets a resource that the host drops, and calls the destructor.
    pub fn destroy_resource(&self, resource: Resource, rep: u32) {
        let Some(mut value) = self.host.resources.release(rep) else {
            return;
        };
        let destructor = self
            .host
            .resources
            .destructors
            .borrow()
            .get(&resource)
            .cloned();
        if let Some(destructor) = destructor {
            if let Err(error) = self.invoke(&destructor, Some(&mut value), Vec::new()) {
                self.host.report_error(
                    self.host.main(),
                    error,
                    Some("in `destructor` of a resource"),
                );
                fail();
            }
        }
    }
}

/// The value that a script has thrown.
fn thrown(error: &EvalAltResult) -> Option<&Dynamic> {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => Some(value),
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) => thrown(inner),
        _ => None,
    }
}
