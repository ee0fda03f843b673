// The server, as functions. Every answer is JSON; an error carries the server's own sentence.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function answer(response) {
  const isJson = (response.headers.get("content-type") || "").startsWith("application/json");
  const body = isJson ? await response.json() : { error: await response.text() };
  if (!response.ok) throw new Refused(body.error || response.statusText, response.status);
  return body;
}

async function post(path, body) {
  const text = JSON.stringify(body);
  const keepalive = text.length < 30_000; // what was changed last is sent even while the window closes
  return answer(await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: text, keepalive }));
}

const part = encodeURIComponent;

const server = {
  live: true,
  overview: async () => answer(await fetch("/api/package")),
  details: async (id) => answer(await fetch(`/api/shots/${part(id)}`)),
  preview: (id, controls) => post(`/api/shots/${part(id)}/preview`, controls),
  history: async () => answer(await fetch("/api/history")),
  version: async () => answer(await fetch("/api/version")),
  changes: (stamps) => post("/api/changes", stamps),
  decide: (wishes) => post("/api/decisions", wishes),
  write: () => post("/api/export", {}),
  cuts: async () => answer(await fetch("/api/cuts")),
  rematch: async (id, file) => {
    const headers = { "content-type": "application/octet-stream" };
    return answer(await fetch(`/api/shots/${part(id)}/rematch`, { method: "POST", headers, body: file }));
  },
  lut: async (digest) => {
    const response = await fetch(`/api/luts/${part(digest)}`);
    if (!response.ok) throw new Refused("a LUT is not at hand", response.status);
    return response.arrayBuffer();
  },
  lattice: async (name) => {
    const response = await fetch(`/api/lattices/${part(name)}`);
    if (!response.ok) throw new Refused("a colour transform is not at hand", response.status);
    return response.arrayBuffer();
  },
  thumb: (shot, place = "middle") => `/thumbs/${part(shot.id)}/${place}?v=${part(shot.stamp)}`,
  still: (id, place) => `/stills/${part(id)}/${place}`,
  media: (id) => `/media/${part(id)}`,
  proxy: (id) => `/proxies/${part(id)}`,
  reference: () => "/reference",
};

/** The same answers from a page that was written to be sent: it can be looked at, and nothing in it can be changed. */
function frozen(held) {
  const bytes = async (address) => (await fetch(address)).arrayBuffer();
  const shot = (id) => held.shots[id];
  const refuse = async () => { throw new Refused("This page is for looking only.", 403); };
  return {
    live: false,
    overview: async () => held.overview,
    details: async (id) => structuredClone(shot(id).details),
    preview: refuse,
    history: async () => ({ done: [], undone: [] }),
    version: async () => ({ version: "" }),
    changes: async () => [],
    decide: refuse,
    write: refuse,
    cuts: async () => ({ cuts: held.cuts, waiting: 0 }),
    rematch: refuse,
    lut: (digest) => bytes(held.luts[digest]),
    lattice: (name) => bytes(held.lattices[name]),
    thumb: ({ id }, place = "middle") => shot(id).thumbs[place] ?? "data:,",
    still: (id) => shot(id).still ?? "data:,",
    media: (id) => shot(id).film,
    proxy: (id) => shot(id).film,
    reference: () => held.reference ?? "data:,",
  };
}

const held = document.getElementById("frozen");
export const api = held ? frozen(JSON.parse(held.textContent)) : server;
