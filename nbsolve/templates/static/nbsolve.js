// A reason stands beside its line where there is room; on a phone, and beside long lines, each goes below its line. (The
// document has then been read, but the mathematics in it is not yet set.)
document.addEventListener("readystatechange", () => {
  if (document.readyState !== "interactive") return;
  const narrow = window.matchMedia("(max-width: 40rem)").matches;
  const longest = (_, rows) => rows.split("\\\\").reduce((a, b) => (a.length > b.length ? a : b));
  const signs = (line) =>
    line
      .replace(/&& .*$/, "")
      .replace(/\\begin\{cases\}(.*?)\\end\{cases\}/g, longest)
      .replace(/\\(tanh|sinh|cosh|sin|cos|arctan|ln|max|min)(?![a-zA-Z])/g, "$1")
      .replace(/\\(?:[a-zA-Z]+|.)|[{}_^&\s]/g, "").length;
  for (const equation of document.querySelectorAll(".bd-article div.math")) {
    const text = equation.textContent;
    if (!text.includes(" && ") || !(narrow || text.split("\n").some((line) => signs(line) > 40))) continue;
    equation.textContent = text.replace(
      /^(.*) && (.*\\text\{[^}]{4,}\}.*?)( \\\\(?:\[4pt\])?)?$/gm,
      (_, line, reason, end) => `${line} \\\\[1pt]\n&\\quad{\\small ${reason}}${end ? " \\\\[7pt]" : ""}`,
    );
  }
});

// On paper nothing scrolls: every equation learns how wide it is, in its own ems, and nbsolve.css then sets it as
// small as the sheet needs, whatever the sheet's size.
window.addEventListener("beforeprint", () => {
  for (const equation of document.querySelectorAll(".bd-article mjx-container[display='true']")) {
    const width = Math.max(...[...equation.children].map((child) => child.getBoundingClientRect().width));
    if (width > 0) {
      const ems = width / parseFloat(getComputedStyle(equation).fontSize);
      equation.style.setProperty("--nbsolve-ems", (ems + 0.5).toFixed(2));
    }
  }
});
