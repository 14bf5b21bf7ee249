globalThis.loaded = (globalThis.loaded ?? 0) + 1;

export const shared = () => "shared";
export const count = () => globalThis.loaded;
