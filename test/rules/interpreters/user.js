import { double } from "test:jobs/jobs@1.0.0";

export async function run(n) {
    return (await double(n)) + 1;
}
