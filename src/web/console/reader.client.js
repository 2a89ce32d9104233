// Tells whether somebody is using the page: whatever changes its place meanwhile loses a press, an order or a text.

/** A list that takes one choice shows its first where none was drawn as chosen. */
const choiceDrawn = (options) =>
  options.findLast((option) => option.defaultSelected) ?? options.find((option) => !option.disabled);

function listDiffersFromDrawn(list) {
  const options = [...list.options];
  if (list.type === 'select-one') return options[list.selectedIndex] !== choiceDrawn(options);
  return options.some((option) => option.selected !== option.defaultSelected);
}

function differsFromDrawn(field) {
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement) return listDiffersFromDrawn(field);
  return field.value !== field.defaultValue;
}

globalThis.reader = (() => {
  const RESTS_AFTER_MS = 1_000;
  /** A page that was asked for and has not come after this long is not waited for any longer. */
  const COMES_WITHIN_MS = 30_000;
  /** A key that is held repeats itself many times a second: one that is silent this long was let go unheard. */
  const KEY_IS_SILENT_MS = 5_000;
  const pressed = new Set();
  /** Each key that is down, with when it was last heard of. */
  const keysDown = new Map();
  const written = new Set();
  let [movedAt, leftAt] = [-Infinity, -Infinity];

  const on = (names, work) => {
    const heard = (event) => {
      movedAt = performance.now();
      work(event);
    };
    for (const name of names) addEventListener(name, heard, { capture: true, passive: true });
  };

  on(['wheel', 'touchmove'], () => undefined);
  on(['pointermove'], ({ buttons, pointerId }) => {
    // A scroll bar tells that it is pressed, and not that it is let go.
    if (buttons === 0) pressed.delete(pointerId);
  });
  on(['pointerdown'], ({ pointerId }) => pressed.add(pointerId));
  on(['pointerup', 'pointercancel'], ({ pointerId }) => pressed.delete(pointerId));
  on(['keydown'], ({ code }) => keysDown.set(code, movedAt));
  on(['keyup'], ({ key, code }) => {
    keysDown.delete(code);
    // macOS tells no end of a key that was pressed together with Cmd.
    if (key === 'Meta' || /^(Meta|OS)/.test(code)) keysDown.clear();
  });
  on(['input'], ({ target }) => written.add(target));
  // A key or a button that is let go in another window sends no event to this page.
  addEventListener('blur', () => {
    pressed.clear();
    keysDown.clear();
  });
  const isHeld = (now) =>
    pressed.size > 0 || [...keysDown.values()].some((heardAt) => now - heardAt < KEY_IS_SILENT_MS);

  // An order or a link is on its way from here on: to ask for this page anew would overtake it.
  addEventListener('beforeunload', () => {
    leftAt = performance.now();
  });
  addEventListener('pageshow', () => {
    leftAt = -Infinity;
  });

  return {
    /** Nobody presses, moves towards something, or is on the way to another page. */
    isIdle: () => {
      const now = performance.now();
      return !isHeld(now) && now - movedAt >= RESTS_AFTER_MS && now - leftAt >= COMES_WITHIN_MS;
    },
    /** Something stands in a field that was not there when the page came. */
    hasWritten: () => [...written].some((field) => field.isConnected && differsFromDrawn(field)),
  };
})();
