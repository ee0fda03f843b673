// The page's elements by their ids, and names in little room.

export const byId = (id) => document.getElementById(id);

const TAIL = 8;

/** A name in what room there is: it is cut in its middle, as shots of one film differ at the end. */
export function showName(parent, name) {
  parent.classList.add("name");
  parent.replaceChildren(...[name.slice(0, -TAIL), name.slice(-TAIL)].map((text) => Object.assign(document.createElement("span"), { textContent: text })));
}
