must(failed.length === 0, "a script of the page fails: " + failed);
must(document.documentElement.scrollWidth <= innerWidth, "the page is wider than the window");
const main = document.querySelector("main");
const area = main.getBoundingClientRect();
const packages = [...document.querySelectorAll(".package > h2")];
for (const heading of packages) {
  const seen = heading.getBoundingClientRect();
  must(seen.width > 0 && seen.height > 0, `${heading.id} is not visible`);
}
for (const element of main.querySelectorAll("*")) {
  const seen = element.getBoundingClientRect();
  must(seen.right <= area.right + 0.5 || element.closest("table, .docs pre"), `outside of the page: ${element.textContent.slice(0, 80)}`);
}
for (const element of document.querySelectorAll("article > pre, h1, h2, h3, dd, nav li")) {
  must(element.scrollWidth <= element.clientWidth + 1 || getComputedStyle(element).display === "inline", `too wide: ${element.textContent.slice(0, 80)}`);
}

// Every link has a visible target.
for (const link of document.querySelectorAll("a[href^='#']")) {
  const target = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
  must(target && target.getClientRects().length > 0, `${link.getAttribute("href")} has no visible target`);
}

const key = (target, name) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
key(document.body, "/");
must(document.activeElement === search, "`/` does not focus the search");
const wanted = packages.at(-1).id;
search.value = wanted;
search.dispatchEvent(new Event("input"));
must(!hits.hidden && tree.hidden && hits.querySelector("a").textContent === wanted, "the search finds another package");
key(search, "Enter");
must(decodeURIComponent(location.hash) === "#" + wanted, "Enter goes to another package");
key(search, "Escape");
must(hits.hidden && !tree.hidden, "Escape does not close the search");

measured = {
  packages: packages.length,
  page: getComputedStyle(document.body).backgroundColor,
  text: getComputedStyle(document.body).color,
};
