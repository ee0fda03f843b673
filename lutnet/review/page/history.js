// What was decided before this window was opened, and in it, so that it can be taken back. A step holds stamps:
// the package's journal keeps what they stand for.

export class History {
  constructor(onChange) {
    this.done = [];
    this.undone = [];
    this.onChange = onChange;
  }

  /** Set out from what the journal has. */
  load({ done, undone }) {
    this.done = done;
    this.undone = undone;
    this.onChange();
  }

  /** changes: [{ id, from, to }], stamps before and after. */
  add(changes) {
    this.done.push(changes);
    this.undone.length = 0;
    this.onChange();
  }

  /** The wishes that take the last step back (or, with `again`, do it once more); null where there is none. */
  wishes(again = false) {
    const step = (again ? this.undone : this.done).at(-1);
    return step ? step.map(({ id, from, to }) => ({ id, restore: again ? to : from, stamp: again ? from : to })) : null;
  }

  moved(again = false) {
    const [source, target] = again ? [this.undone, this.done] : [this.done, this.undone];
    target.push(source.pop());
    this.onChange();
  }
}
