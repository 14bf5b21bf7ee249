must(failed.length === 0, "a script of the page fails: " + failed);
const box = (element) => element.getBoundingClientRect();
const within = (inner, outer, by) =>
  inner.left >= outer.left - by && inner.right <= outer.right + by && inner.top >= outer.top - by && inner.bottom <= outer.bottom + by;
must(document.documentElement.scrollWidth <= innerWidth, "the page is wider than the window");

// Every package is visible at first, and after "fit".
const visible = () => nodes.forEach((node, i) => {
  const seen = box(node);
  must(seen.width > 0 && seen.height > 0 && getComputedStyle(node).opacity === "1", `package ${i} is not visible`);
  must(within(seen, box(picture), 1), `package ${i} is outside of the picture`);
});
visible();
document.getElementById("full").click();
document.getElementById("fit").click();
visible();
document.getElementById("full").click();

// Texts are inside of their boxes, and boxes do not overlap.
for (const group of document.querySelectorAll(".node, .label")) {
  const rect = box(group.querySelector("rect"));
  for (const text of group.querySelectorAll("text")) {
    must(within(box(text), rect, 0.5), `text leaves its box: ${text.textContent}`);
    must(box(text).width > 0, `no text: ${text.textContent}`);
  }
}
const boxes = nodes.map((node) => box(node.querySelector("rect")));
boxes.forEach((a, i) => boxes.slice(0, i).forEach((b, j) =>
  must(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, `boxes ${i} and ${j} overlap`)));
for (const button of document.querySelectorAll("button")) {
  must(button.scrollWidth <= button.clientWidth + 1, `a button is too small for its text: ${button.textContent}`);
}

// Pointing at a package highlights its dependencies and dependents.
const busiest = nodes.map((_, i) => model.edges.filter((edge) => edge.from === i || edge.to === i).length);
const i = busiest.indexOf(Math.max(...busiest));
const lit = () => document.querySelectorAll(".edge.on").length;
nodes[i].dispatchEvent(new MouseEvent("mouseenter"));
must(lit() === busiest[i], `${lit()} of ${busiest[i]} edges are highlighted`);
nodes[i].dispatchEvent(new MouseEvent("mouseleave"));
must(lit() === 0 && !picture.classList.contains("some"), "the picture stays dimmed");

// The same by keyboard.
const key = (target, name) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
nodes[i].focus();
must(document.activeElement === nodes[i], "a package does not take the focus");
key(nodes[i], "Enter");
must(!details.hidden && details.textContent.includes(name(model.packages[i])), "no details");
must(details.querySelectorAll("li").length === busiest[i], "the details lack an edge");
must(details.scrollWidth <= details.clientWidth, "the details are too wide");
for (const code of details.querySelectorAll("code")) must(code.textContent.length > 0, "an edge uses nothing");
key(document.body, "Escape");
must(details.hidden, "Escape does not close the details");
key(document.body, "/");
must(document.activeElement === search, "`/` does not focus the search");

// Searching hides the packages that do not match.
search.value = name(model.packages[i]);
search.dispatchEvent(new Event("input"));
const left = buttons.filter((button) => !button.parentElement.hidden);
must(left.length >= 1 && left.length < buttons.length && left.some((button) => button.textContent === search.value), "the search finds another package");
search.value = "no such thing";
search.dispatchEvent(new Event("input"));
must(buttons.every((button) => button.parentElement.hidden), "the search finds a package that does not exist");
key(search, "Escape");
must(buttons.every((button) => !button.parentElement.hidden), "Escape does not close the search");

const colour = (element, property) => getComputedStyle(element)[property];
measured = {
  packages: nodes.length,
  page: colour(document.body, "backgroundColor"),
  picture: colour(svg, "backgroundColor"),
  text: colour(document.querySelector(".node .name"), "fill"),
};
