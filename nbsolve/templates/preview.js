
// The page is loaded again as soon as the server shows another version of it; where it has gone, until it is back.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => (root.dataset.theme = dark.matches ? "dark" : "light");
dark.addEventListener("change", theme);
theme();
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
for (;;) {
  try {
    const answer = await fetch(`/changes?after=${root.dataset.version}`);
    if (answer.ok && (await answer.text()) !== root.dataset.version) {
      location.reload();
      break;
    }
  } catch {
    await pause(0.5);
  }
}
