// The page's elements by their ids.

export const byId = (id) => document.getElementById(id);
