import * as flows from "test:flow/flows@1.0.0";

export { flows };
