// Where this window was, so that a reload in the middle of the work comes back to it. Other windows have their own.

const KEY = "lutnet-place";

/** { id, filter, order }, as far as they are known. */
export function recalled() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
}

export function remember(part) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...recalled(), ...part }));
}
