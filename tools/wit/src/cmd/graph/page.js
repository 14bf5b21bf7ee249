"use strict";
const model = JSON.parse(document.getElementById("model").textContent);
const picture = document.getElementById("picture");
const svg = picture.querySelector("svg");
const details = document.getElementById("details");
const search = document.getElementById("search");
const found = document.getElementById("found");
const nodes = model.packages.map((_, i) => document.getElementById("p" + i));
const edges = model.edges.map((_, i) => document.getElementById("e" + i));
const labels = model.edges.map((_, i) => document.getElementById("l" + i));
const buttons = [...document.querySelectorAll("nav button")];
const name = (p) => p.name + (p.version ? "@" + p.version : "");
let chosen = null;

function element(tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Highlights some packages and edges, or none if both are empty. */
function show(packages, lines) {
  picture.classList.toggle("some", packages.size + lines.size > 0);
  nodes.forEach((node, i) => node.classList.toggle("on", packages.has(i)));
  edges.forEach((edge, i) => {
    edge.classList.toggle("on", lines.has(i));
    // The last element is drawn on top.
    if (lines.has(i) && edge !== edge.parentElement.lastElementChild) edge.parentElement.append(edge);
  });
  labels.forEach((label, i) => label && label.classList.toggle("on", lines.has(i)));
}

function around(i) {
  const packages = new Set([i]);
  const lines = new Set();
  model.edges.forEach((edge, n) => {
    if (edge.from !== i && edge.to !== i) return;
    lines.add(n);
    packages.add(edge.from).add(edge.to);
  });
  show(packages, lines);
}

function rest() {
  if (chosen !== null) return around(chosen);
  matches(false);
}

/** The uses of an edge: a line for each interface, with the types. */
function uses(edge) {
  const items = new Map();
  for (const use of edge.uses) {
    const types = items.get(use.item) ?? new Set();
    (use.types ?? []).forEach((type) => types.add(type));
    items.set(use.item, types);
  }
  return [...items].map(([item, types]) => (types.size ? `${item}.{${[...types].join(", ")}}` : item));
}

function list(title, lines, end) {
  if (!lines.length) return [];
  const all = element("ul");
  for (const edge of lines) {
    const entry = element("li");
    const button = element("button", name(model.packages[edge[end]]));
    button.type = "button";
    button.addEventListener("click", () => choose(edge[end], true));
    entry.append(button, ...uses(edge).map((line) => element("code", line)));
    all.append(entry);
  }
  return [element("h3", title), all];
}

function choose(i, move) {
  chosen = i;
  buttons.forEach((button, n) => (n === i ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current")));
  details.hidden = i === null;
  if (i === null) return rest();
  const package_ = model.packages[i];
  const parts = [element("h2", name(package_))];
  if (package_.label) parts.push(element("p", package_.label));
  if (package_.missing) parts.push(element("p", "This package is used but was not found."));
  for (const [kind, names] of [["interfaces", package_.interfaces], ["worlds", package_.worlds]]) {
    if (names.length) parts.push(element("p", kind + ": " + names.join(", ")));
  }
  parts.push(...list("uses", model.edges.filter((edge) => edge.from === i), "to"));
  parts.push(...list("used by", model.edges.filter((edge) => edge.to === i), "from"));
  details.replaceChildren(...parts);
  around(i);
  if (move) nodes[i].scrollIntoView({ block: "center", inline: "center" });
}

const texts = model.packages.map((p, i) =>
  [name(p), ...p.interfaces, ...p.worlds, ...model.edges.filter((e) => e.to === i).flatMap((e) => e.uses.flatMap((u) => u.types ?? []))]
    .join("\n").toLowerCase());

function matches(move) {
  const text = search.value.trim().toLowerCase();
  const hits = new Set();
  texts.forEach((all, i) => {
    const hit = all.includes(text);
    buttons[i].parentElement.hidden = !hit;
    if (hit) hits.add(i);
  });
  found.textContent = text ? `${hits.size} of ${model.packages.length}` : "";
  show(text ? hits : new Set(), new Set());
  if (text && !hits.size) picture.classList.add("some");
  const [first] = hits;
  if (move && text && first !== undefined) nodes[first].scrollIntoView({ block: "center", inline: "center" });
}

nodes.forEach((node, i) => {
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", name(model.packages[i]));
  node.addEventListener("mouseenter", () => around(i));
  node.addEventListener("mouseleave", rest);
  node.addEventListener("focus", () => around(i));
  node.addEventListener("blur", rest);
  node.addEventListener("click", (event) => { event.stopPropagation(); choose(chosen === i ? null : i, false); });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(chosen === i ? null : i, false);
  });
});
// The picture contains buttons, so it is not an image for screen readers.
svg.setAttribute("role", "group");
edges.forEach((edge, i) => {
  const both = new Set([model.edges[i].from, model.edges[i].to]);
  for (const part of [edge, labels[i]]) {
    part?.addEventListener("mouseenter", () => show(both, new Set([i])));
    part?.addEventListener("mouseleave", rest);
  }
});
buttons.forEach((button, i) => button.addEventListener("click", () => choose(i, true)));
picture.addEventListener("click", () => choose(null, false));
search.addEventListener("input", () => { chosen = null; details.hidden = true; matches(true); });
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const first = buttons.findIndex((button) => !button.parentElement.hidden);
  if (first >= 0) choose(first, true);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    search.value = "";
    matches(false);
    choose(null, false);
  } else if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  }
});

const [width, height] = ["width", "height"].map((side) => svg[side].baseVal.value);
let scale = 1;
function zoom(to) {
  scale = Math.min(4, Math.max(0.05, to));
  svg.setAttribute("width", width * scale);
  svg.setAttribute("height", height * scale);
}
/** Whether the picture follows the size of the window. */
let fitted = true;
function fit() {
  fitted = true;
  zoom(Math.min(1, (picture.clientWidth - 24) / width, (picture.clientHeight - 24) / height));
}
function resize(to) {
  fitted = false;
  zoom(to);
}
document.getElementById("fit").addEventListener("click", fit);
document.getElementById("full").addEventListener("click", () => resize(1));
document.getElementById("in").addEventListener("click", () => resize(scale * 1.25));
document.getElementById("out").addEventListener("click", () => resize(scale / 1.25));
window.addEventListener("resize", () => fitted && fit());
fit();
