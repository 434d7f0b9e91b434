// Nothing here is needed for reading: copying an equation's LaTeX, and drawings that were made small to fit.

// Beside the link of an equation stands a button once somebody comes near: with the mouse, or with the keyboard, where
// the link is the equation's one stop and → leads from it to the button.
const copyButton = (equation) => {
  const there = equation.querySelector(".nbsolve-copy");
  if (there) return there;
  const button = document.createElement("button");
  button.className = "nbsolve-copy";
  button.type = "button";
  button.tabIndex = -1;
  button.title = "Copy the LaTeX of this equation";
  button.textContent = "LaTeX";
  button.addEventListener("click", async () => {
    const latex = equation.querySelector("annotation").textContent;
    try {
      await navigator.clipboard.writeText(latex);
    } catch {
      const area = document.createElement("textarea"); // a page that was opened as a file has no clipboard
      area.value = latex;
      equation.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "LaTeX"), 1500);
  });
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "Escape") equation.querySelector(".headerlink").focus();
  });
  equation.append(button);
  return button;
};

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const equation = event.target.closest?.(".nbsolve-equation");
    if (equation) copyButton(equation);
  });
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".nbsolve-equation > .headerlink");
  if (link && event.key === "ArrowRight") {
    event.preventDefault();
    copyButton(link.parentElement).focus();
  }
});

// What scrolls sideways can be scrolled with the keyboard; it is looked at when it comes near.
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries)
      if (isIntersecting && target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
  },
  { rootMargin: "500px" },
);
for (const box of document.querySelectorAll(".nbsolve-math")) near.observe(box);

// A tap on a drawing does what its box does: it shows it at its own size where it had to be made small.
document.addEventListener("click", (event) => {
  const drawing = event.target.closest?.("figure.nbsolve-drawing");
  const picture = event.target.closest?.("svg");
  const box = drawing?.querySelector("label > input");
  if (!picture || !box || event.target.closest("a")) return;
  if (box.checked || picture.clientWidth < picture.viewBox.baseVal.width - 1) box.checked = !box.checked;
});

// The list of problems: words to look for, besides the filters that the style sheet makes work; subjects of which
// nothing is left are not shown, and how much is left is said.
const filters = document.querySelector(".nbsolve-filters");
if (filters) {
  const words = document.createElement("input");
  words.type = "search";
  words.placeholder = "Words";
  words.setAttribute("aria-label", "Words in the list");
  const count = document.createElement("output");
  filters.append(words, count);
  const cards = [...document.querySelectorAll(".nbsolve-card")];
  const choose = () => {
    const wanted = words.value.toLowerCase().split(/\s+/);
    for (const card of cards) card.hidden = !wanted.every((word) => card.textContent.toLowerCase().includes(word));
    const isSeen = (card) => card.checkVisibility();
    for (const section of document.querySelectorAll("section:has(> .nbsolve-cards)")) {
      section.classList.remove("nbsolve-none");
      section.classList.toggle("nbsolve-none", ![...section.querySelectorAll(".nbsolve-card")].some(isSeen));
    }
    const left = cards.filter(isSeen).length;
    count.textContent = left === cards.length ? "" : `${left} of ${cards.length}`;
  };
  filters.addEventListener("input", choose);
  filters.addEventListener("submit", (event) => event.preventDefault());
  choose();
}
