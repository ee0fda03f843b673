// What was used with the mouse gives the keys back; what was reached with Tab keeps them.

const PRESSED = "button, [type=radio], [type=checkbox], #place, #wipe"; // the space bar and the arrows are the film's

export function giveBack() {
  document.addEventListener("click", (event) => { if (event.detail) event.target.closest?.(PRESSED)?.blur(); });
  // A list would take letters for its entries: A would choose, not approve.
  for (const list of document.querySelectorAll("select")) {
    let pointed = false;
    list.addEventListener("pointerdown", () => { pointed = true; });
    list.addEventListener("keydown", () => { pointed = false; });
    list.addEventListener("change", () => { if (pointed) list.blur(); });
  }
}
