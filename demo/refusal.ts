/** Why the demo cannot go on, in a sentence for the person at the terminal. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell';
}

/** The person pressed Ctrl-C, or the terminal went away. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
