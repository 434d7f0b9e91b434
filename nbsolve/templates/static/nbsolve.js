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
