import { Thing, first, live, make, maybe, product, sum, swap } from "test:maps/things@1.0.0";

export function run() {
    const all = make([1, 2, 3]);
    const values = [all.length, sum(all), live(), sum([])];
    const one = first(all);
    values.push(one.number(), live(), first([]) === undefined ? 1 : 0);
    const both = swap({ first: one, second: new Thing(20) });
    values.push(both.first.number(), both.second.number(), maybe(both.second), maybe(undefined));
    values.push(product({ only: both.first, factor: 3 }));
    const single = swap({ first: both.first });
    values.push(single.first.number(), single.second === undefined ? 1 : 0);
    single.first[Symbol.dispose]();
    both.second[Symbol.dispose]();
    values.push(live());
    return values;
}
