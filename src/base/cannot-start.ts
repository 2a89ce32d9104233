/** Thrown at start for something that a person must repair; its message is one sentence that says what to do. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
