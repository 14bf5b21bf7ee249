"use strict";
const search = document.getElementById("search");
const hits = document.getElementById("hits");
const tree = document.getElementById("tree");
const anchors = [...document.querySelectorAll("main [id]")].map((element) => element.id);

search.addEventListener("input", () => {
  const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  hits.hidden = !words.length;
  tree.hidden = words.length > 0;
  // Anchors that end in the word are names, and come first.
  const found = anchors.filter((anchor) => words.every((word) => anchor.toLowerCase().includes(word)));
  found.sort((a, b) => Number(b.toLowerCase().endsWith(words.at(-1) ?? "")) - Number(a.toLowerCase().endsWith(words.at(-1) ?? "")));
  hits.replaceChildren(...found.slice(0, 200).map((anchor) => {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = "#" + anchor;
    link.textContent = anchor;
    entry.append(link);
    return entry;
  }));
  if (words.length && !found.length) {
    const entry = document.createElement("li");
    entry.textContent = "No names match.";
    hits.append(entry);
  }
});
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") hits.querySelector("a")?.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && search.value) {
    search.value = "";
    search.dispatchEvent(new Event("input"));
  }
});
