/** An error at start that a person must repair; its message is one sentence. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
