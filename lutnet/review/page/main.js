// The page: what is at hand, what is shown of it, and what the buttons do.

import { api } from "./api.js";
import { History } from "./history.js";
import { listen, sheet } from "./keys.js";
import { Player } from "./player.js";
import { Plots } from "./plots.js";
import { Renderer, decodeStill, parseLattice, parseLut } from "./renderer.js";
import { Scopes } from "./scopes.js";
import { Sliders, isNeutral, neutral } from "./sliders.js";
import { MARKS, Strip } from "./strip.js";

const COARSEST = 0.5;
const SAVE_AFTER_MS = 250;
const LOOK_AGAIN_MS = 2000;
const SCOPES_SHARE = 1 / 20; // of the time, while playing; a change is measured at once
const CONFLICT = 409; // another window was faster
const WRONG = 400;
const OFFLINE = "The server does not answer: nothing is saved until it runs again.";
const LOW_CONFIDENCE = 0.6;
const KEPT_LUTS = 24;

const byId = (id) => document.getElementById(id);
const film = byId("film");

const page = {
  shots: new Map(),
  order: [],
  visible: [],
  id: null,
  details: null,
  luts: new Map(),
  lattices: new Map(),
  copied: null,
  cuts: null,
  asked: 0,
  saving: null,
  unsaved: new Map(), // what could not be saved, by shot
  sending: 0,
  queue: Promise.resolve(null),
};

const renderer = new Renderer(byId("picture"));
const scopes = new Scopes(byId("scopes"));
const plots = new Plots(byId("cube"), byId("curves"));
const history = new History(() => {
  byId("undo").disabled = !history.done.length;
  byId("redo").disabled = !history.undone.length;
});
const player = new Player(film, renderer, {
  onFrame: (measure) => { draw(); measureScopes(measure); },
  onState: () => { showTransport(); if (!player.playing && fineness < 1) draw(); },
  onLate: () => { fineness = Math.max(COARSEST, 0.8 * fineness); },
  onEnd: () => passEnd(),
  onWait: (text) => { if (byId("wait").textContent !== text) byId("wait").textContent = text; },
});
const strip = new Strip(byId("strip"), { onChoose: (id) => choose(id), thumb: (shot) => api.thumb(shot) });
let sliders = null;

// ---- drawing

let stage = { width: 64, height: 64 }; // in CSS pixels; asked for only when it changes, as the answer costs a layout
let placed = "";
let fineness = 1; // of the picture in motion, where the machine cannot keep up; what stands is always fine

function draw() {
  const dots = window.devicePixelRatio || 1;
  const fine = dots * (player.playing ? fineness : 1);
  renderer.draw([Math.max(64, stage.width * fine), Math.max(64, stage.height * fine)]);
  const { width, height } = byId("picture");
  const place = [width, height, stage.width, stage.height, renderer.view.layout, renderer.view.wipe, renderer.size[0]].join();
  if (place === placed) return;
  placed = place;
  placeCanvas();
  placeDivider();
}

/** As large as the stage allows, whatever the picture's own size. */
function placeCanvas() {
  const { style, width, height } = byId("picture");
  const scale = Math.min(stage.width / width, stage.height / height);
  style.width = `${width * scale}px`;
  style.height = `${height * scale}px`;
  style.left = `${(stage.width - width * scale) / 2}px`;
  style.top = `${(stage.height - height * scale) / 2}px`;
}

function placeDivider() {
  const divider = byId("divider");
  divider.hidden = renderer.view.layout !== "wipe" || !renderer.size[0];
  if (divider.hidden) return;
  const canvas = byId("picture");
  divider.style.left = `${canvas.offsetLeft + renderer.view.wipe * canvas.offsetWidth}px`;
  divider.style.top = `${canvas.offsetTop}px`;
  divider.style.height = `${canvas.offsetHeight}px`;
}

let restUntil = 0;
function measureScopes(now) {
  const start = performance.now();
  if (!now && start < restUntil) return;
  scopes.update(renderer);
  const end = performance.now();
  restUntil = end + (end - start) / SCOPES_SHARE;
}

function showLayout() {
  const { layout, against } = renderer.view;
  const two = layout === "wipe" || layout === "side";
  byId("wipe-row").style.visibility = layout === "wipe" ? "visible" : "hidden";
  byId("left-label").textContent = two || layout === "before" ? against : "";
  byId("right-label").textContent = layout === "before" ? "" : "after";
  for (const input of document.querySelectorAll("[name=layout]")) input.checked = input.value === layout;
  for (const input of document.querySelectorAll("[name=against]")) input.checked = input.value === against;
  draw();
}

function setLayout(layout) {
  renderer.view.layout = layout;
  showLayout();
}

function showTransport() {
  const { frame, frames, playing } = player;
  const place = byId("place");
  place.max = frames - 1;
  place.value = frame;
  place.disabled = !player.isFilm;
  const seconds = player.media?.rate ? ` · ${(frame / player.media.rate).toFixed(2)} s` : "";
  byId("clock").textContent = `${frame + 1} / ${frames}${seconds}`;
  byId("play").textContent = playing ? "Stop" : "Play";
  byId("play").setAttribute("aria-pressed", String(playing));
  byId("play").disabled = !player.isFilm;
}

// ---- the shot at hand

async function choose(id, { play = false } = {}) {
  if (!page.shots.has(id)) return;
  await saved();
  page.id = id;
  strip.choose(id);
  if (!page.unsaved.size) problem("");
  let details;
  try {
    details = await api.details(id);
  } catch (error) {
    return problem(error.message);
  }
  if (page.id !== id) return;
  page.details = details;
  learn([details]);
  showShot();
  renderer.through("into", await latticeOf(details.into));
  await applyGrade(details.grade);
  if (page.unsaved.get(id)?.controls) preview();
  if (page.id !== id) return;
  await player.open(page.shots.get(id), details, { play });
  showCuts();
}

function learn(outlines) {
  for (const outline of outlines) {
    const kept = {};
    for (const name of Object.keys(page.shots.get(outline.id) ?? outline)) kept[name] = outline[name];
    page.shots.set(outline.id, kept);
    strip.refresh(kept);
  }
  if (outlines.length) showTally();
}

function showShot() {
  const { details } = page;
  byId("name").textContent = details.name;
  byId("facts").textContent = [details.file, `${details.seconds.toFixed(2)} s`, details.scene && `scene ${details.scene}`, details.skipped].filter(Boolean).join(" · ");
  showStanding();
  const said = byId("said");
  said.replaceChildren(...details.sentences.map(({ text, confidence }) => {
    const line = document.createElement("li");
    const share = document.createElement("span");
    share.textContent = `${Math.round(100 * confidence)} %`;
    const meter = document.createElement("meter");
    meter.value = confidence;
    meter.setAttribute("aria-label", "confidence");
    const words = document.createElement("span");
    words.textContent = text;
    line.append(words, share, meter);
    return line;
  }));
  byId("measured").textContent = details.delta_e ? differences(details.delta_e) : "";
  byId("warned").replaceChildren(...details.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  byId("note").value = page.unsaved.get(page.id)?.note ?? details.note;
  showControls();
}

function differences({ before, cdl, cdl_lut: both, basis }) {
  const numbers = `ΔE2000 ${before.toFixed(1)} before, ${cdl.toFixed(1)} with the CDL, ${both.toFixed(1)} with CDL and LUT`;
  return basis === "aligned" ? `${numbers}, measured on corresponding pixels.` : `${numbers}: how the change splits, no accuracy.`;
}

function showStanding() {
  const shot = page.shots.get(page.id);
  byId("standing").textContent = MARKS[shot.status];
  byId("standing").className = shot.status;
  const graded = shot.status !== "skipped";
  for (const id of ["approve", "reject", "reset", "copy", "note", "lut", "look", "reference"]) byId(id).disabled = !graded;
  byId("paste").disabled = !graded || !page.copied;
}

function showControls() {
  const controls = page.unsaved.get(page.id)?.controls ?? page.details.controls ?? neutral();
  sliders.show(controls, page.details.grade.cdl);
  byId("lut").checked = controls.lut;
  byId("look").value = controls.look;
  byId("mix").value = controls.look_mix;
}

async function applyGrade(grade) {
  const lut = grade.lut ? await lutOf(grade.lut.digest) : null;
  renderer.grade(grade.cdl, lut);
  page.details.grade = grade;
  sliders.showCdl(grade.cdl);
  byId("lut-facts").textContent = grade.lut ? `${grade.lut.size} points` : "none in use";
  measureScopes(true); // before the large picture: the card works in order, and the scopes would wait for it
  draw();
  requestAnimationFrame(() => plots.update(renderer));
}

async function lutOf(digest) {
  if (!page.luts.has(digest)) {
    page.luts.set(digest, parseLut(await api.lut(digest)));
    if (page.luts.size > KEPT_LUTS) page.luts.delete(page.luts.keys().next().value);
  }
  return page.luts.get(digest);
}

async function latticeOf(name) {
  if (!name) return null;
  if (!page.lattices.has(name)) page.lattices.set(name, parseLattice(await api.lattice(name)));
  return page.lattices.get(name);
}

// ---- changing

/** Ask for the grade of the controls: one question at a time, and the latest is always asked. */
async function preview() {
  page.asked += 1;
  if (page.previewing) return;
  page.previewing = true;
  try {
    for (let asked = -1; asked !== page.asked;) {
      asked = page.asked;
      const id = page.id;
      const grade = await api.preview(id, sliders.controls);
      if (page.id === id) await applyGrade(grade);
    }
    problem("");
  } catch (error) {
    problem(error.message);
  } finally {
    page.previewing = false;
  }
}

function onControls() {
  if (!page.details) return;
  preview();
  saveSoon({ controls: structuredClone(sliders.controls) });
}

/** Save a little after the last movement: a drag is one decision, not a hundred. */
function saveSoon(change) {
  clearTimeout(page.saving?.timer);
  const merged = { ...page.unsaved.get(page.id), ...page.saving?.change, ...change, based: page.details.based };
  const id = page.id;
  page.unsaved.delete(id);
  page.saving = { id, change: merged, timer: setTimeout(() => saved(), SAVE_AFTER_MS) };
}

/** Save what waits to be saved. What cannot be (a full disk, a server that is gone) is kept, and tried again. */
async function saved() {
  if (!page.saving) return;
  const { id, change, timer } = page.saving;
  clearTimeout(timer);
  page.saving = null;
  await save(id, change);
}

async function save(id, change) {
  const note = change.note ?? page.shots.get(id).note;
  let wish = { id, note, keep: true };
  if (change.controls) {
    const still = isNeutral(change.controls) && !change.based;
    wish = { id, note, ...(still ? { status: "proposed" } : { status: "changed", controls: change.controls }) };
  }
  page.unsaved.set(id, change);
  const error = await decide([wish]);
  if (error && error.status !== CONFLICT && error.status !== WRONG) return problem(`Not saved yet, and tried again: ${error.message}`);
  if (page.unsaved.get(id) === change) page.unsaved.delete(id);
}

async function saveAgain() {
  if (page.saving || page.sending) return;
  for (const [id, change] of page.unsaved) await save(id, change);
}

/** Send decisions, one after the other: each states the stamp that the one before it left. Null: on the server's disk; else the error. */
function decide(wishes, remember = true) {
  page.sending += 1;
  page.queue = page.queue.then(() => send(wishes, remember)).finally(() => { page.sending -= 1; });
  return page.queue;
}

async function send(wishes, remember) {
  const before = new Map(wishes.map(({ id }) => [id, page.shots.get(id).stamp]));
  try {
    const outlines = await api.decide(wishes.map((wish) => ({ stamp: before.get(wish.id), ...wish })));
    learn(outlines);
    const changes = outlines.map(({ id, stamp }) => ({ id, from: before.get(id), to: stamp })).filter(({ from, to }) => from !== to);
    if (remember && changes.length) history.add(changes);
    problem("");
    showStanding();
    return null;
  } catch (error) {
    problem(error instanceof TypeError ? OFFLINE : error.message);
    setTimeout(lookAgain, 0); // shows what stands instead
    return error;
  }
}

async function settle(status) {
  await saved();
  const shot = page.shots.get(page.id);
  if (shot.status === "skipped") return;
  const keeps = status === "approved" && shot.status === "changed"; // what was changed by hand stands already
  if (keeps || !(await decide([{ id: page.id, status, note: byId("note").value }]))) nextOpen();
}

function nextOpen() {
  const at = page.visible.findIndex(({ id }) => id === page.id);
  const rest = [...page.visible.slice(at + 1), ...page.visible.slice(0, Math.max(at, 0))];
  const open = rest.find(({ id }) => page.shots.get(id).status === "proposed");
  if (open) choose(open.id);
  else reload();
}

async function reset() {
  clearTimeout(page.saving?.timer);
  page.saving = null;
  page.unsaved.delete(page.id);
  if (!(await decide([{ id: page.id, status: "proposed", note: byId("note").value }]))) reload();
}

async function reload() {
  const id = page.id;
  const details = await api.details(id);
  if (page.id !== id) return;
  page.details = details;
  learn([details]);
  showShot();
  await applyGrade(details.grade);
  showCuts();
}

async function step(again) {
  await saved();
  const wishes = history.wishes(again);
  if (!wishes) return;
  if (await decide(wishes, false)) return;
  history.moved(again);
  if (wishes.some(({ id }) => id === page.id)) reload();
  else choose(wishes[0].id);
}

async function copy() {
  await saved();
  page.copied = page.id;
  problem("");
  byId("paste").textContent = `Paste from ${page.shots.get(page.copied).name}`;
  showStanding();
}

async function paste() {
  if (!page.copied || page.copied === page.id) return;
  await saved();
  if (!(await decide([{ id: page.id, status: "changed", copy: page.copied, note: byId("note").value }]))) reload();
}

async function rematch(file) {
  if (!file) return;
  await saved();
  const id = page.id;
  byId("wait").textContent = "Matching…";
  try {
    const outline = await api.rematch(id, file);
    history.add([{ id, from: page.shots.get(id).stamp, to: outline.stamp }]);
    learn([outline]);
    renderer.uploadReference(await decodeStill(file));
    byId("against-reference").disabled = false;
    if (page.id === id) await reload();
  } catch (error) {
    problem(error.message);
  } finally {
    byId("wait").textContent = "";
    byId("reference").value = "";
  }
}

function problem(text) {
  byId("problem").textContent = text;
}

// ---- the timeline

const FILTERS = [
  ["all", "all shots", () => true],
  ["open", "open", (shot) => shot.status === "proposed"],
  ["approved", "approved", (shot) => shot.status === "approved"],
  ["changed", "changed", (shot) => shot.status === "changed"],
  ["rejected", "rejected", (shot) => shot.status === "rejected"],
  ["low", "low confidence", (shot) => shot.confidence !== null && shot.confidence < LOW_CONFIDENCE],
  ["noted", "with a note", (shot) => shot.note !== ""],
  ["skipped", "skipped", (shot) => shot.status === "skipped"],
];
const ORDERS = [
  ["timeline", "of the timeline", null],
  ["unsure", "least confident first", (shot) => shot.confidence ?? 2],
  ["scenes", "scene by scene", (shot) => shot.scene ?? Infinity],
  ["cuts", "worst cuts first", (shot) => -(page.cuts?.[shot.id] ?? -1)],
];

function fillChoices(corrections) {
  const scenes = new Map();
  for (const { scene } of page.shots.values()) if (scene !== null) scenes.set(scene, (scenes.get(scene) ?? 0) + 1);
  const some = scenes.size > 1 ? [...scenes].toSorted(([one], [two]) => one - two) : [];
  for (const [scene, count] of some) FILTERS.push([`scene-${scene}`, `scene ${scene} (${count})`, (shot) => shot.scene === scene]);
  for (const { name } of corrections) FILTERS.push([`fault-${name}`, `fault: ${name.replace("_", " ")}`, (shot) => shot.faults.includes(name)]);
  byId("filter").replaceChildren(...FILTERS.map(([value, text]) => new Option(text, value)));
  byId("order").replaceChildren(...ORDERS.map(([value, text]) => new Option(text, value)));
}

async function arrange() {
  const [, , wanted] = FILTERS.find(([value]) => value === byId("filter").value);
  const [order, , weight] = ORDERS.find(([value]) => value === byId("order").value);
  if (order === "cuts") await measureCuts();
  page.visible = page.order.map((id) => page.shots.get(id)).filter(wanted);
  if (weight) page.visible = page.visible.toSorted((one, two) => weight(one) - weight(two));
  strip.show([...page.visible], page.id);
  showTally();
}

async function measureCuts() {
  byId("tally").textContent = "Measuring the cuts…";
  for (;;) {
    const { jumps, waiting } = await api.cuts();
    page.cuts = jumps;
    if (!waiting) return;
    byId("tally").textContent = `Measuring the cuts: ${waiting} pictures to go…`;
    await new Promise((go) => setTimeout(go, 500));
  }
}

function showTally() {
  const counts = {};
  for (const shot of page.shots.values()) counts[shot.status] = (counts[shot.status] ?? 0) + 1;
  const parts = Object.keys(MARKS).filter((status) => counts[status]).map((status) => `${counts[status]} ${MARKS[status].slice(2)}`);
  byId("tally").textContent = `${page.visible.length} of ${page.shots.size} shots shown: ${parts.join(", ")}`;
}

function neighbour(way) {
  const at = page.visible.findIndex(({ id }) => id === page.id);
  return page.visible[at + way]?.id;
}

/** The shots before and after on the same track, as they were edited. */
function neighbours(shot) {
  const track = page.order.map((id) => page.shots.get(id)).filter((each) => each.track === shot.track && each.status !== "skipped");
  const at = track.findIndex(({ id }) => id === shot.id);
  return at < 0 ? [] : [[track[at - 1], shot], [shot, track[at + 1]]].filter(([one, two]) => one && two);
}

function showCuts() {
  const shot = page.shots.get(page.id);
  byId("cuts").replaceChildren(...neighbours(shot).map(([one, two]) => {
    const figure = document.createElement("figure");
    const pair = document.createElement("div");
    pair.className = "pair";
    pair.append(still(one, "last"), still(two, "first"));
    const caption = document.createElement("figcaption");
    const jump = page.cuts?.[two.id];
    caption.textContent = `${one.name} | ${two.name}${jump === undefined ? "" : ` · ΔE ${jump.toFixed(1)}`}`;
    figure.append(pair, caption);
    return figure;
  }));
}

function still(shot, place) {
  return Object.assign(document.createElement("img"), { src: api.thumb(shot, place), alt: `${place} frame of ${shot.name}`, loading: "lazy" });
}

function passEnd() {
  const next = byId("through").checked ? neighbour(1) : null;
  if (next) choose(next, { play: true });
  else {
    player.seek(0);
    film.play().catch(() => {});
  }
}

/** See what other windows decided. */
async function lookAgain() {
  if ((document.hidden && page.details) || page.sending) return;
  try {
    const { version } = await api.version();
    if (byId("problem").textContent === OFFLINE) problem("");
    await saveAgain();
    if (version === page.version) return;
    const stamps = {};
    for (const shot of page.shots.values()) stamps[shot.id] = shot.stamp;
    const changed = await api.changes(stamps);
    if (page.sending) return; // what came back may be our own, on its way
    page.version = version;
    learn(changed);
    if (changed.some(({ id }) => id === page.id) && !page.saving && !page.unsaved.has(page.id)) await reload();
  } catch (error) {
    if (error instanceof TypeError) problem(OFFLINE);
  }
}
// ---- wiring

async function write() {
  await saved();
  byId("export").disabled = true;
  try {
    const { written } = await api.write();
    byId("tally").textContent = written ? `Files written anew: ${written} clips had changed.` : "The files were up to date.";
  } catch (error) {
    problem(error.message);
  } finally {
    byId("export").disabled = false;
  }
}

function wire() {
  const click = (id, act) => byId(id).addEventListener("click", act);
  const go = (way) => { const id = neighbour(way); if (id) choose(id); };
  const actions = {
    play: () => (player.playing ? player.pause() : player.play()),
    rewind: () => player.rewind(),
    stop: () => player.pause(),
    forward: () => player.play(player.playing && film.playbackRate === 1 ? 2 : 1),
    frameBack: () => { player.pause(); player.seek(player.frame - 1); },
    frameOn: () => { player.pause(); player.seek(player.frame + 1); },
    first: () => player.seek(0),
    last: () => player.seek(player.frames - 1),
    previous: () => go(-1),
    next: () => go(1),
    approve: () => settle("approved"),
    reject: () => settle("rejected"),
    reset,
    undo: () => step(false),
    redo: () => step(true),
    wipe: () => setLayout(renderer.view.layout === "wipe" ? "after" : "wipe"),
    side: () => setLayout(renderer.view.layout === "side" ? "after" : "side"),
    before: () => setLayout(renderer.view.layout === "before" ? "after" : "before"),
    against: () => { if (!byId("against-reference").disabled) { renderer.view.against = renderer.view.against === "before" ? "reference" : "before"; showLayout(); } },
    lut: () => byId("lut").click(),
    weaker: () => sliders.nudgeStrength(-0.05),
    stronger: () => sliders.nudgeStrength(0.05),
    copy,
    paste,
    note: () => byId("note").focus(),
    help: () => byId("sheet").showModal(),
  };
  for (const id of ["play", "previous", "next", "approve", "reject", "reset", "undo", "redo", "copy", "paste", "help"]) click(id, actions[id]);
  click("export", write);
  listen(actions);
  byId("place").addEventListener("input", () => { player.pause(); player.seek(Number(byId("place").value)); });
  byId("wipe").addEventListener("input", () => { renderer.view.wipe = Number(byId("wipe").value); draw(); });
  wipeByPointer();
  for (const input of document.querySelectorAll("[name=layout]")) input.addEventListener("change", () => setLayout(input.value));
  for (const input of document.querySelectorAll("[name=against]")) input.addEventListener("change", () => { renderer.view.against = input.value; showLayout(); });
  for (const id of ["filter", "order"]) byId(id).addEventListener("change", () => { byId(id).blur(); arrange(); });
  // A button that was clicked must not take the space bar from the film; one that was reached with Tab keeps it.
  document.addEventListener("click", (event) => { if (event.detail) event.target.closest?.("button, [type=radio], [type=checkbox]")?.blur(); });
  byId("lut").addEventListener("change", () => { sliders.controls.lut = byId("lut").checked; onControls(); });
  byId("look").addEventListener("change", () => { sliders.controls.look = byId("look").value; onControls(); });
  byId("mix").addEventListener("input", () => { sliders.controls.look_mix = Number(byId("mix").value); onControls(); });
  byId("note").addEventListener("input", () => saveSoon({ note: byId("note").value }));
  byId("reference").addEventListener("change", (event) => rematch(event.target.files[0]));
  dropped(byId("drop"));
  addEventListener("pagehide", () => saved());
  addEventListener("beforeunload", (event) => { if (page.unsaved.size) event.preventDefault(); });
  new ResizeObserver(([{ contentRect }]) => { stage = contentRect; fineness = 1; draw(); }).observe(byId("stage"));
  if (api.live) setInterval(lookAgain, LOOK_AGAIN_MS);
}

function wipeByPointer() {
  const canvas = byId("picture");
  const move = (event) => {
    if (renderer.view.layout !== "wipe" || !event.buttons) return;
    const box = canvas.getBoundingClientRect();
    renderer.view.wipe = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    byId("wipe").value = renderer.view.wipe;
    draw();
  };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); move(event); });
  canvas.addEventListener("pointermove", move);
}

function dropped(target) {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    target.addEventListener(kind, (event) => {
      event.preventDefault();
      target.classList.toggle("over", kind === "dragover");
      if (kind === "drop") rematch(event.dataTransfer.files[0]);
    });
  }
}

async function showReference(found) {
  byId("against-reference").disabled = !found;
  if (found) renderer.uploadReference(await decodeStill(await (await fetch(api.reference())).blob()));
}

async function start() {
  if (!api.live) document.body.classList.add("frozen");
  if (api.live && location.search) window.history.replaceState(null, "", location.pathname); // the token is in a cookie by now
  sheet(byId("sheet"));
  const [overview, steps] = await Promise.all([api.overview(), api.history()]);
  history.load(steps);
  document.title = `${overview.name} · lutnet review`;
  byId("title").textContent = overview.name;
  for (const shot of overview.shots) page.shots.set(shot.id, shot);
  renderer.through("view", await latticeOf(overview.view));
  page.order = overview.shots.map(({ id }) => id);
  sliders = new Sliders({ sliders: byId("sliders"), wheels: byId("wheels"), table: byId("cdl"), corrections: overview.corrections, onInput: onControls });
  fillChoices(overview.corrections);
  byId("look").replaceChildren(new Option("none", ""), ...overview.looks.map((name) => new Option(name.replaceAll("_", " "), name)));
  byId("looks").hidden = !overview.looks.length;
  wire();
  await arrange();
  showLayout();
  const first = overview.shots.find(({ status }) => status === "proposed") ?? overview.shots[0];
  const reference = showReference(overview.still);
  if (first) await choose(first.id);
  await reference;
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => problem(error.message));

// For the tests, which read the canvas back, and for anyone who looks under the bonnet.
window.lutnet = { page, renderer, player, scopes, history, draw, sliders: () => sliders };
