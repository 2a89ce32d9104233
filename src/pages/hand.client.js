// Tells whether somebody's hand is on the page: whatever changes its place under one loses a press, an order or a text.
const nameOfHold = (event) => event.code ?? `pointer ${event.pointerId}`;
const differsFromDrawn = (field) =>
  field.type === 'checkbox' || field.type === 'radio'
    ? field.checked !== field.defaultChecked
    : field.value !== field.defaultValue;

globalThis.hand = (() => {
  const RESTS_AFTER_MS = 1_000;
  /** A page that is asked for comes by then, or never. */
  const COMES_WITHIN_MS = 30_000;
  const held = new Set();
  const written = new Set();
  let [movedAt, leftAt] = [-Infinity, -Infinity];

  const on = (names, work) => {
    const heard = (event) => {
      movedAt = performance.now();
      work(event);
    };
    for (const name of names) addEventListener(name, heard, { capture: true, passive: true });
  };

  on(['pointermove', 'wheel', 'touchmove'], () => undefined);
  on(['pointerdown', 'keydown'], (event) => held.add(nameOfHold(event)));
  on(['pointerup', 'pointercancel', 'keyup'], (event) => held.delete(nameOfHold(event)));
  on(['input'], ({ target }) => written.add(target));
  // Whoever lets go elsewhere tells us nothing.
  addEventListener('blur', () => held.clear());
  // An order or a link is on its way from here on: to ask for this page anew would overtake it.
  addEventListener('beforeunload', () => {
    leftAt = performance.now();
  });
  addEventListener('pageshow', () => {
    leftAt = -Infinity;
  });

  return {
    /** Nobody presses, moves towards something, or is on the way to another page. */
    isStill: () => {
      const now = performance.now();
      return held.size === 0 && now - movedAt >= RESTS_AFTER_MS && now - leftAt >= COMES_WITHIN_MS;
    },
    /** Something stands in a field that was not there when the page came. */
    hasWritten: () => [...written].some((field) => field.isConnected && differsFromDrawn(field)),
  };
})();
