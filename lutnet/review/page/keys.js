// The keyboard: one table, which is also the help. A line may name several keys.

export const KEYS = [
  ["Space", "play, stop", "play"],
  ["j", "play backwards", "rewind"],
  ["k", "stop", "stop"],
  ["l", "play; again: twice as fast", "forward"],
  ["ArrowLeft", "one frame back", "frameBack"],
  ["ArrowRight", "one frame on", "frameOn"],
  ["Home", "first frame", "first"],
  ["End", "last frame", "last"],
  ["ArrowUp", "previous shot", "previous"],
  ["ArrowDown", "next shot", "next"],
  ["Shift+ArrowUp", "select the previous shot too", "selectPrevious"],
  ["Shift+ArrowDown", "select the next shot too", "selectNext"],
  ["Ctrl+a", "select all that are shown", "selectAll"],
  ["Escape", "select this shot alone", "selectOne"],
  ["a", "approve, and go to the next open shot", "approve"],
  ["r", "reject, and go to the next open shot", "reject"],
  ["x", "reset to what was proposed", "reset"],
  ["f", "correct what was found, and nothing else", "undoFound"],
  ["u Ctrl+z", "undo", "undo"],
  ["y Ctrl+y Ctrl+Shift+z", "redo", "redo"],
  ["w", "wipe", "wipe"],
  ["s", "side by side", "side"],
  ["b", "before, after", "before"],
  ["z", "nearer, whole (also the wheel; drag to move, with Shift in a wipe)", "zoom"],
  ["g", "compare with reference, with before", "against"],
  ["t", "LUT on, off", "lut"],
  ["[", "less strength", "weaker"],
  ["]", "more strength", "stronger"],
  ["c", "copy the grade", "copy"],
  ["v", "paste the grade", "paste"],
  ["n", "write a note (Escape leaves it)", "note"],
  ["?", "this sheet", "help"],
];

const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const OFF = "lutnet-keys-off";

/** As the table has it. A letter's case says nothing, and what Shift makes of other keys is their name. */
function chord({ key, ctrlKey, metaKey, shiftKey }) {
  const command = ctrlKey || metaKey;
  const name = key === " " ? "Space" : key.length === 1 ? key.toLowerCase() : key;
  return `${command ? "Ctrl+" : ""}${shiftKey && (command || key.length > 1) ? "Shift+" : ""}${name}`;
}

/** Listen for the whole page; `actions` by the names above. */
export function listen(actions) {
  const known = new Map(KEYS.flatMap(([keys, , name]) => keys.split(" ").map((key) => [key, actions[name]])));
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const { type } = event.target;
    const writing = event.target.matches("textarea, select, input:not([type=range]):not([type=checkbox]):not([type=radio])");
    if (writing) {
      const done = event.key === "Escape" || (event.key === "Enter" && event.target.matches("input"));
      if (done) event.target.blur();
      return;
    }
    const name = chord(event);
    if (event.altKey || (localStorage.getItem(OFF) && !name.startsWith("Ctrl+"))) return;
    // A slider that was moved keeps left and right, not what leads to the next shot: that must never change this one.
    const own = event.target.matches("input") && (type === "range" ? /^(ArrowLeft|ArrowRight|Home|End)$/ : /^(Arrow|Home|End)/).test(event.key);
    const pressed = event.target.matches("button, input[type=checkbox], input[type=radio]") && event.key === " ";
    const action = known.get(name);
    if (!action || own || pressed) return;
    event.preventDefault();
    action();
  });
}

/** `parts` as nodes, with a word between them. */
const joined = (parts, word, node) => parts.flatMap((part, index) => (index ? [word, node(part)] : [node(part)]));

function cap(key) {
  const made = document.createElement("kbd");
  made.textContent = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return made;
}

/** Keys that are pressed together. */
function together(keys) {
  const made = document.createElement("span");
  made.append(...joined(keys.split("+"), " + ", cap));
  return made;
}

function rows(keys) {
  const table = document.createElement("table");
  for (const [names, meaning] of keys) {
    const line = table.insertRow();
    line.insertCell().append(...joined(names.split(" "), " or ", together));
    line.insertCell().textContent = meaning;
  }
  return table;
}

/** Fill the help. */
export function sheet(dialog) {
  const title = document.createElement("h2");
  title.id = "sheet-title";
  title.textContent = "Keys";
  title.tabIndex = -1;
  title.autofocus = true; // or the first thing in it that takes the focus, at its end, would be scrolled to
  const half = Math.ceil(KEYS.length / 2);
  const tables = document.createElement("div");
  tables.className = "tables";
  tables.append(rows(KEYS.slice(0, half)), rows(KEYS.slice(half)));
  const label = document.createElement("label");
  const on = document.createElement("input");
  on.type = "checkbox";
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  label.append(on, " single keys work");
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const foot = document.createElement("div");
  foot.className = "row";
  foot.append(label, close);
  dialog.append(title, tables, foot);
}
