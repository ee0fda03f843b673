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
  return answer(await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: text }));
}

const part = encodeURIComponent;

export const api = {
  live: true,
  overview: async () => answer(await fetch("/api/package")),
  details: async (id) => answer(await fetch(`/api/shots/${part(id)}`)),
  preview: (id, controls) => post(`/api/shots/${part(id)}/preview`, controls),
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
