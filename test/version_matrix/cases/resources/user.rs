use bindings::test::resources::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let mut lines = Vec::new();
        let a = Log::new("a");
        let b = Log::new("b");
        {
            let c = Log::new("c");
            let d = Log::new("d");
            lines.push(format!("{} {}", c.append("1"), d.append("")));
            lines.push(Log::both(&c, &d));
        }
        lines.push(format!("{:?}", dropped()));
        lines.push(format!("{} {}", a.append("x"), a.append("y")));
        lines.push(Log::both(&a, &b));
        lines.push(Log::both(&a, &a));
        lines.push(format!("{:?}", Log::consume(a)));
        lines.push(format!("{:?}", dropped()));
        drop(b);
        lines.push(format!("{:?}", dropped()));
        lines
    }
}

bindings::export!(User with_types_in bindings);
