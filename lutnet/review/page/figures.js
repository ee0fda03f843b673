// What was found of a shot, and what its match is worth, in words.

/** A finding, as a line of a list. */
export function finding({ text, confidence }) {
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
}

const FOLLOWED = {
  pixels: "By the reference's pixels. ", look: "By the look that the reference seems to carry. ", nothing: "Not by the reference. ",
};

/** delta_e: of the grade that was proposed. grade: the one that was proposed. followed: what it goes by. */
export function differences({ before, cdl, cdl_lut: both, basis }, grade, followed) {
  const by = FOLLOWED[followed] ?? "";
  if (basis === "aligned") {
    return `${by}ΔE2000 ${before.toFixed(1)} before, ${cdl.toFixed(1)} with the CDL, ${both.toFixed(1)} with CDL and LUT, measured on corresponding pixels.`;
  }
  // Of a grade that nothing measures, only how far it goes is known: what is left of that way is no error.
  const share = grade.lut && before > 0 ? `; the CDL alone does ${Math.round(100 * Math.max(0, 1 - cdl / before))} % of it` : "";
  return `${by}Change ΔE2000 ${before.toFixed(1)}${share}`;
}
